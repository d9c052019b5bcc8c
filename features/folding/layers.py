"""Known words whose characters wear different disguises, one each: 原/廠 as 傆/厂, 月中liu for 肿瘤.

One view undoes every disguise at once: gaps are dropped, parts joined, radicals put round a character taken off,
and everything is read by its sound.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from features.folding.commonness import COMMON, commonness
from features.folding.draft import Edit
from features.folding.gaps import GAP
from features.folding.homophones import RUN, SoundView
from features.folding.known import CONTEXT, HAN
from features.folding.shapes import RADICALS, splits
from features.tokens import words as segment

PAIR = 2  # parts of a character that are written side by side
LONG = 3  # characters of a word, some of which may be exchanged for others of the same sound
UNIQUE = 4  # characters of a word that is known by its sounds alone
SHREDDED = re.compile(rf"[^\w\s]{{1,2}}[{HAN}][^\w\s]{{1,2}}[{HAN}a-z]")  # begins with what is rare: it is quick


class Piece(NamedTuple):
    """A stretch of the text that stands for one character, what it reads as, and how that was seen."""

    start: int
    end: int
    char: str  # empty: a syllable, which has only a sound
    transform: str


@dataclass(frozen=True, slots=True)
class LayeredWords:
    """Finds words in the combined view. Only texts that show parts, radicals or shreds are looked at."""

    sounds: SoundView
    joined: AhoCorasick
    parts: tuple[str, ...]  # by their number in `joined`
    whole: Mapping[str, str]  # parts -> character
    bare: Mapping[str, str]  # uncommon character -> the common one inside
    guard: re.Pattern[str]  # parts that are no common characters
    uncommon: re.Pattern[str]  # any character of `bare`
    inner: Mapping[int, str]  # the sounds, those of `bare` as of what is inside

    @classmethod
    def build(cls, known: Iterable[str], sounds: SoundView) -> "LayeredWords":
        """Compile from the characters of the known words."""
        chars = sorted({char for word in known for char in word if "\u4e00" <= char <= "\u9fff"})
        whole: dict[str, str] = {}
        for char in chars:
            for split in splits(char):
                if len(split) == PAIR:
                    whole.setdefault(split, char)
        bare = _bare(frozenset(chars))
        odd = {part for split in whole for part in split if commonness(part) != COMMON and part not in chars}
        guard = re.compile(f"[{''.join(sorted(odd - bare.keys()))}]")
        uncommon = re.compile(f"[{''.join(sorted(bare))}]")
        inner = sounds.sounds | {ord(char): sounds.sounds[ord(base)] for char, base in bare.items()}
        joined = AhoCorasick(list(whole), matchkind=MatchKind.LeftmostLongest)
        return cls(sounds, joined, tuple(whole), whole, bare, guard, uncommon, inner)

    def edits(self, text: str) -> list[Edit]:
        """What to change so that the words read as themselves. Linear in the text."""
        if not self._worth_reading(text):
            return []
        pieces = list(self._pieces(text, self.joined.find_matches_as_indexes(text)))
        view = "".join(
            piece.char.translate(self.sounds.sounds) or self.sounds.syllables[text[piece.start : piece.end]]
            for piece in pieces
        )
        edits: list[Edit] = []
        reach = 0
        hits = self.sounds.automaton.find_matches_as_indexes(view, overlapping=True)
        for index, first, last in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
            worn = pieces[first:last]
            if worn[0].start < reach:
                continue
            word = min(self.sounds.words[index], key=lambda w: _exchanged(worn, w))
            if self._disguised(text, worn, word):
                edits.extend(_changes(text, worn, word))
                reach = worn[-1].end
        return edits

    def _worth_reading(self, text: str) -> bool:
        """Whether something shows that no common word has, and uncommon characters alone read as a known word."""
        if self.guard.search(text) or SHREDDED.search(text):
            return True
        places = [match.start() for match in self.uncommon.finditer(text)]
        hits = (
            self.sounds.automaton.find_matches_as_indexes(text.translate(self.inner), overlapping=True)
            if places
            else ()
        )
        return any(start <= place < end for _, start, end in hits for place in places)

    def _pieces(self, text: str, joins: list[tuple[int, int, int]]) -> Iterator[Piece]:
        """The text in pieces, gaps left out."""
        known: dict[int, Piece] = {}
        for match in RUN.finditer(text):
            at = match.start()
            for syllable in self.sounds.spelled(match[0]):
                if len(syllable) > 1:
                    known[at] = Piece(at, at + len(syllable), "", "pinyin")
                at += len(syllable)
        known.update((start, Piece(start, end, self.whole[self.parts[i]], "split")) for i, start, end in joins)
        known.update((m.start(), Piece(*m.span(), "", "separator")) for m in GAP.finditer(text))
        at = 0
        while at < len(text):
            char = text[at]
            inner = self.bare.get(char)
            piece = known.get(at) or Piece(at, at + 1, inner or char, "lookalike" if inner else "")
            if piece.transform != "separator":
                yield piece
            at = piece.end

    def _disguised(self, text: str, worn: list[Piece], word: str) -> bool:
        """Whether the pieces are the word in disguise, and no accident."""
        worse = _exchanged(worn, word)
        covered = {piece.transform for piece in worn} - {"", "pinyin"}
        size = len(word)
        if text[worn[0].start : worn[-1].end] in self.sounds.ordinary:
            return False
        shredded = sum(a.end < b.start for a, b in pairwise(worn)) == size - 1
        if not covered and not (shredded and (worse or any(piece.transform for piece in worn))):
            return False
        if any(piece.transform == "split" and piece.char != char for piece, char in zip(worn, word, strict=True)):
            return False
        if worse and size < UNIQUE and (size < LONG or worse == size):
            return False
        return size >= UNIQUE or not self._ordinary(text, worn, word)

    def _ordinary(self, text: str, worn: list[Piece], word: str) -> bool:
        """Whether a changed character belongs to an ordinary word, as written."""
        changed = [
            piece.start
            for piece, char in zip(worn, word, strict=True)
            if piece.transform in {"", "lookalike"} and text[piece.start] != char
        ]
        at = left = max(0, worn[0].start - CONTEXT)
        for one in segment(text[left : worn[-1].end + CONTEXT]) if changed else ():
            if len(one) > 1 and any(at <= i < at + len(one) for i in changed):
                return True
            at += len(one)
        return False


def _bare(known: frozenset[str]) -> dict[str, str]:
    """Uncommon characters made of a radical and a character of a known word."""
    bare: dict[str, str] = {}
    for char in map(chr, range(0x4E00, 0xA000)):
        if char in known or commonness(char) == COMMON:
            continue
        inner = {part for split in splits(char) if len(split) == PAIR for part in split if part in known}
        best = sorted(inner - RADICALS) or sorted(inner)
        if best:
            bare[char] = best[0]
    return bare


def _exchanged(worn: list[Piece], word: str) -> int:
    """How many characters merely sound like those of the word."""
    return sum(piece.char not in ("", char) for piece, char in zip(worn, word, strict=True))


def _changes(text: str, worn: list[Piece], word: str) -> Iterator[Edit]:
    last = worn[0].start
    for piece, char in zip(worn, word, strict=True):
        if piece.start > last:
            yield Edit(last, piece.start, "", "separator")
        if text[piece.start : piece.end] != char:
            yield Edit(piece.start, piece.end, char, piece.transform if piece.char in ("", char) else "homophone")
        last = piece.end
