"""Known words whose characters wear different disguises, one each: 原/廠 as 傆/厂, 月中liu for 肿瘤, 峭.YAN for 消炎.

The text is read in pieces, gaps and repeats left out. A piece may stand for a character by what it is, what is inside
it, its sound, its syllable or its shape; a walk through the known words keeps what fits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from features.folding.accidents import crossed
from features.folding.commonness import COMMON, commonness
from features.folding.draft import Edit
from features.folding.gaps import GAP, SIGN, SIGNS, STUTTER
from features.folding.homophones import RUN, SoundView
from features.folding.known import HAN
from features.folding.lexicon import sound
from features.folding.likenesses import ShapeView
from features.folding.shapes import RADICALS, splits

TORN = re.compile(rf"[/*.·|~^_+-](?<=[{HAN}].)[{HAN}a-z]|([{HAN}])\1")  # a sign inside, or a character twice
BRACKET = re.compile(r"[\[\](){}<>【】《》「」『』〔〕,。;:!?]")  # two things are told apart
PAIR = 2  # parts of a character that are written side by side
LONG = 3  # characters of a word, some of which may be exchanged for others of the same sound or shape
UNIQUE = 4  # characters of a word that is known by its sounds or shapes alone
SIDES = RADICALS | set("才草玉示衣犬金食")  # parts that stand for a radical
READ = 1_000  # pieces; nobody wears so many disguises in longer texts
SHREDDED = re.compile(rf"{SIGN}{{1,2}}[{HAN}]{SIGN}{{1,2}}[{HAN}a-z]")  # begins with what is rare: it is quick


class Piece(NamedTuple):
    """A stretch of the text that stands for one character, what it reads as, and how that was seen."""

    start: int
    end: int
    chars: str  # any of these; empty: a syllable, which has only a sound
    transform: str
    signs: str  # of its sound and its shape


@dataclass(slots=True)
class Node:
    """A beginning of known words; `following` leads on by the signs of the next character."""

    words: list[str] = field(default_factory=list)
    following: dict[str, list["Node"]] = field(default_factory=dict)
    chars: dict[str, "Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayeredWords:
    """Walks through the known words. Only texts that show parts, radicals, shreds or other disguises are looked at."""

    sounds: SoundView
    shapes: ShapeView
    root: Node
    joined: AhoCorasick
    parts: tuple[str, ...]  # by their number in `joined`
    whole: Mapping[str, str]  # parts -> character
    bare: Mapping[str, str]  # uncommon character -> the common ones inside, the likeliest first
    guard: re.Pattern[str]  # parts that are no common characters
    uncommon: re.Pattern[str]  # any character of `bare`
    inner: Mapping[int, str]  # the sounds, those of `bare` as of what is inside

    @classmethod
    def build(cls, known: Iterable[str], sounds: SoundView, shapes: ShapeView) -> "LayeredWords":
        """Compile from the known words and their characters."""
        known = sorted(known)
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
        inner = sounds.sounds | {ord(char): sounds.sounds[ord(base[0])] for char, base in bare.items()}
        joined = AhoCorasick(list(whole), matchkind=MatchKind.LeftmostLongest)
        root = Node()
        for words in sounds.words:
            for word in words:
                _plant(root, word, sounds.sounds, shapes.bodies)
        return cls(sounds, shapes, root, joined, tuple(whole), whole, bare, guard, uncommon, inner)

    def edits(self, text: str, *, suspected: bool = False) -> list[Edit]:
        """What to change so that the words read as themselves. Linear in the text.

        `suspected`: the text wears other disguises.
        """
        if not (suspected or self._worth_reading(text)):
            return []
        pieces = list(self._pieces(text, self.joined.find_matches_as_indexes(text)))[:READ]
        edits: list[Edit] = []
        at = 0
        while at < len(pieces):
            worn = max(self._walk(text, pieces, at), key=lambda found: len(found[1]), default=None)
            if worn:
                edits.extend(_changes(text, *worn))
            at += len(worn[0]) if worn else 1
        return edits

    def _worth_reading(self, text: str) -> bool:
        """Whether something shows that no common word has, or what is disguised alone reads as a known word."""
        if self.guard.search(text) or SHREDDED.search(text) or (TORN.search(text) and self._hides_word(text)):
            return True
        places = [match.start() for match in self.uncommon.finditer(text)]
        hits = (
            self.sounds.automaton.find_matches_as_indexes(text.translate(self.inner), overlapping=True)
            if places
            else ()
        )
        return any(start <= place < end for _, start, end in hits for place in places)

    def _hides_word(self, text: str) -> bool:
        """Whether more words are heard or seen once signs and repeats are left out."""
        bare = STUTTER.sub(r"\1", SIGNS.sub("", text))
        heard, seen = self.sounds.automaton.find_matches_as_indexes, self.shapes.automaton.find_matches_as_indexes
        hits = len(heard(self.sounds.view(bare), overlapping=True))
        if hits and hits > len(heard(self.sounds.view(text), overlapping=True)):
            return True
        bodies = self.shapes.bodies
        hits = len(seen(bare.translate(bodies), overlapping=True))
        return hits > 0 and hits > len(seen(text.translate(bodies), overlapping=True))

    def _walk(self, text: str, pieces: list[Piece], first: int) -> Iterator[tuple[list[Piece], str]]:
        """Words in disguise that begin with this piece."""
        nodes = [self.root]
        for at in range(first, len(pieces)):
            nodes = [after for node in nodes for sign in pieces[at].signs for after in node.following.get(sign, ())]
            if not nodes:
                return
            worn = pieces[first : at + 1]
            for word in dict.fromkeys(word for node in nodes for word in node.words):
                if self._disguised(text, worn, word):
                    yield worn, word

    def _pieces(self, text: str, joins: list[tuple[int, int, int]]) -> Iterator[Piece]:
        """The text in pieces, gaps and repeats left out."""
        known: dict[int, Piece] = {}
        for match in RUN.finditer(text):
            at = match.start()
            for syllable in self.sounds.spelled(match[0]):
                if len(syllable) > 1:
                    known[at] = Piece(at, at + len(syllable), "", "pinyin", self.sounds.syllables[syllable])
                at += len(syllable)
        for i, start, end in joins:
            known[start] = self._piece(start, end, self.whole[self.parts[i]], "split")
        known.update((m.start(), Piece(*m.span(), "", "separator", "")) for m in GAP.finditer(text))
        at = 0
        last = ""
        while at < len(text):
            char = text[at]
            inner = self.bare.get(char)
            piece = known.get(at) or self._piece(at, at + 1, inner or char, "lookalike" if inner else "")
            at = piece.end
            if piece.transform == "separator" or (piece.chars and piece.chars == last and not char.isdigit()):
                continue
            last = piece.chars
            yield piece

    def _piece(self, start: int, end: int, chars: str, transform: str) -> Piece:
        sounds, bodies = self.sounds.sounds, self.shapes.bodies
        signs = (sign for char in chars for sign in (sounds.get(ord(char), char), bodies.get(ord(char), "")))
        return Piece(start, end, chars, transform, "".join(dict.fromkeys(signs)))

    def _disguised(self, text: str, worn: list[Piece], word: str) -> bool:
        """Whether the pieces are the word in disguise, and no accident."""
        size, worse = len(word), _exchanged(worn, word)
        written = text[worn[0].start : worn[-1].end]
        if written == word or written in self.sounds.ordinary:
            return False
        gaps = sum(a.end < b.start for a, b in pairwise(worn))
        shown = gaps + sum(bool(piece.transform) for piece in worn)  # disguises that are no mere exchange
        if not shown or (shown == gaps < size - 1 and not worse):
            return False
        if any(piece.transform == "split" and piece.chars != char for piece, char in zip(worn, word, strict=True)):
            return False
        if all(piece.transform in {"", "pinyin"} for piece in worn) and not gaps:
            return False  # what the sound view judges
        if worse and size < UNIQUE and (worse == size or BRACKET.search(written)):
            return False
        changed = [piece.start for piece, char in zip(worn, word, strict=True) if _replaced(text, piece, char)]
        return not crossed(text, (worn[0].start, worn[-1].end), changed) or (size >= UNIQUE and worse < size)


def _plant(root: Node, word: str, sounds: Mapping[int, str], bodies: Mapping[int, str]) -> None:
    node = root
    for char in word:
        if (after := node.chars.get(char)) is None:
            after = node.chars[char] = Node()
            for sign in dict.fromkeys((sounds.get(ord(char), char), bodies.get(ord(char), ""))):
                if sign:
                    node.following.setdefault(sign, []).append(after)
        node = after
    node.words.append(word)


def _replaced(text: str, piece: Piece, char: str) -> bool:
    """Whether the piece is a Chinese character in the place of another one."""
    return piece.transform in {"", "lookalike"} and text[piece.start] != char


def _bare(known: frozenset[str]) -> dict[str, str]:
    """Uncommon characters made of a radical and a character of a known word."""
    bare: dict[str, str] = {}
    for char in map(chr, range(0x4E00, 0xA000)):
        if char in known or commonness(char) == COMMON:
            continue
        inner = {part for split in splits(char) if len(split) == PAIR for part in split if part in known}
        if inner:  # the part that gives the sound, then those that are no radicals
            bare[char] = "".join(sorted(inner, key=lambda part: (sound(part) != sound(char), part in SIDES, part)))
    return bare


def _exchanged(worn: list[Piece], word: str) -> int:
    """How many characters merely sound or look like those of the word."""
    return sum(bool(piece.chars) and char not in piece.chars for piece, char in zip(worn, word, strict=True))


def _changes(text: str, worn: list[Piece], word: str) -> Iterator[Edit]:
    last = worn[0].start
    for piece, char in zip(worn, word, strict=True):
        if piece.start > last:
            name = "repeated" if set(text[last : piece.start]) <= {text[last - 1 : last]} else "separator"
            yield Edit(last, piece.start, "", name)
        if text[piece.start : piece.end] != char:
            told = not piece.chars or char in piece.chars
            yield Edit(piece.start, piece.end, char, piece.transform if told else _kind(piece, char))
        last = piece.end


def _kind(piece: Piece, char: str) -> str:
    return "homophone" if sound(char) in map(sound, piece.chars) else "lookalike"
