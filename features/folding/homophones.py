"""The sound view: known words in other characters, or syllables, of the same sound (爱码仕, 羊抬素, MEI白)."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from ahocorasick_rs import AhoCorasick

from features.folding.commonness import RARE, commonness
from features.folding.draft import Edit, Span
from features.folding.known import CONTEXT, HAN
from features.folding.readings import in_syllables, readings, sound_signs
from features.tokens import words as segment

SYLLABLES = 2  # of the word, at least
SYLLABLES_OF_FAMILIAR = 3  # when a character found in everyday texts was exchanged
SYLLABLES_SPELLED, LETTERS_SPELLED = 3, 5  # when nothing Chinese is left of the word, either
SYLLABLES_UNIQUE = 4  # so many sounds in a row are no accident, whatever the characters
LETTERS_IN_RUN = 10  # when more letters touch them
CUT = re.compile("[a-z]{2}")
RUN = re.compile("[a-z]{2,48}")
LETTERS = re.compile("[a-z]{2}")
TOUCHING = re.compile(f"[{HAN}][a-z]{{2}}|[a-z]{{2}}[{HAN}]|[a-z]{{6}}")


@dataclass(frozen=True, slots=True)
class SoundView:
    """One automaton over the sounds of the known words."""

    sounds: dict[int, str]
    syllables: Mapping[str, str]  # syllable -> its sign
    spelled: Callable[[str], tuple[str, ...]]  # a run of letters as syllables, remembered
    automaton: AhoCorasick
    words: tuple[tuple[str, ...], ...]
    listed: Mapping[str, str]  # character -> the characters it is known to stand for
    ordinary: frozenset[str]
    latin: frozenset[str]  # known words in Latin letters, which are no pinyin: huawei

    @classmethod
    def build(cls, known: Iterable[str], listed: Mapping[str, str], ordinary: Iterable[str]) -> "SoundView":
        """Compile the known words written wholly in Chinese characters."""
        known = frozenset(known)
        latin = frozenset(word.replace(sign, "") for word in known if word.isascii() for sign in " -'")
        syllables, sounds = sound_signs()
        by_sound: dict[str, list[str]] = {}
        for word in sorted(known):
            if len(word) >= SYLLABLES and all("\u3400" <= char <= "\u9fff" for char in word):
                by_sound.setdefault(word.translate(sounds), []).append(word)
        words = tuple(map(tuple, by_sound.values()))
        spelled = lru_cache(maxsize=16384)(partial(in_syllables, frozenset(syllables)))
        return cls(sounds, syllables, spelled, AhoCorasick(list(by_sound)), words, listed, frozenset(ordinary), latin)

    def edits(self, text: str) -> list[Edit]:
        """What to change so that the words read as themselves. Linear in the text."""
        view, places = self._view(text)
        hits = self.automaton.find_matches_as_indexes(view, overlapping=True)
        edits: list[Edit] = []
        reach = 0
        for index, first, last in sorted(hits, key=lambda hit: (hit[1], -hit[2])) if len(hits) > 1 else hits:
            spans = places[first:last] if places else [(i, i + 1) for i in range(first, last)]
            start, end = spans[0][0], spans[-1][1]
            if start < reach or text[start:end] in self.words[index]:
                continue
            for word in self.words[index]:
                changes = [(span, char) for span, char in zip(spans, word, strict=True) if text[slice(*span)] != char]
                if self._disguised(text, (start, end), changes, len(word)):
                    edits.extend(Edit(*span, char, _transform(span)) for span, char in changes)
                    reach = end
                    break
        return edits

    def _view(self, text: str) -> tuple[str, list[Span]]:
        """The text as sounds; with the span of every sound when syllables were spelled out, else no spans."""
        if not LETTERS.search(text) or not TOUCHING.search(text):
            return text.translate(self.sounds), []
        runs = [(m.start(), spelled) for m in RUN.finditer(text) if (spelled := self.spelled(m[0]))]
        if not runs:
            return text.translate(self.sounds), []
        signs: list[str] = []
        places: list[Span] = []
        at = 0
        for start, spelled in runs:
            signs.append(text[at:start].translate(self.sounds))
            places.extend((i, i + 1) for i in range(at, start))
            at = start
            for syllable in spelled:
                signs.append(self.syllables[syllable] if len(syllable) > 1 else syllable)
                places.append((at, at + len(syllable)))
                at += len(syllable)
        signs.append(text[at:].translate(self.sounds))
        places.extend((i, i + 1) for i in range(at, len(text)))
        return "".join(signs), places

    def _disguised(self, text: str, whole: Span, changes: list[tuple[Span, str]], size: int) -> bool:
        """Whether nobody would write this by accident: something of the word stands, and no ordinary word is in it."""
        start, end = whole
        if text[start:end] in self.ordinary:
            return False
        exchanged = [a for (a, b), _ in changes if b - a == 1]
        if _cuts_latin(text, start, end):
            return size >= SYLLABLES_SPELLED and not exchanged and end - start >= LETTERS_IN_RUN
        if exchanged:
            return self._exchanged(text, whole, changes, exchanged)
        spelled = size >= SYLLABLES_SPELLED or end - start >= LETTERS_SPELLED
        return len(changes) < size or (spelled and text[start:end] not in self.latin)

    def _exchanged(self, text: str, whole: Span, changes: list[tuple[Span, str]], exchanged: list[int]) -> bool:
        """The same for a word in which characters were exchanged for others."""
        size = whole[1] - whole[0] - sum(b - a - 1 for (a, b), _ in changes)
        if size >= SYLLABLES_UNIQUE:
            return not _crossed(text, whole, exchanged if len(exchanged) == 1 else ())
        if len(exchanged) == size:
            return False
        if size >= SYLLABLES_OF_FAMILIAR:
            return not _crossed(text, whole, range(*whole))
        rare = all(
            commonness(text[a]) == RARE or char in self.listed.get(text[a], "")
            for (a, b), char in changes
            if b - a == 1
        )
        return rare and not _crossed(text, whole, exchanged)


def _cuts_latin(text: str, start: int, end: int) -> bool:
    """Whether a longer run of Latin letters is cut at either end (小mi out of 小mini)."""
    return bool(CUT.match(text[max(0, start - 1) : start + 1]) or CUT.match(text[end - 1 : end + 1]))


def _around(text: str, whole: Span) -> Iterator[tuple[int, str]]:
    at = max(0, whole[0] - CONTEXT)
    for word in segment(text[at : whole[1] + CONTEXT]):
        yield at, word
        at += len(word)


def _crossed(text: str, whole: Span, places: Collection[int]) -> bool:
    """Whether an ordinary word reaches over either end, or is found at these places."""
    return any(
        any(at < edge < at + len(word) for edge in whole)
        or (len(word) > 1 and any(at <= i < at + len(word) for i in places))
        for at, word in _around(text, whole)
    )


def _transform(span: Span) -> str:
    return "homophone" if span[1] - span[0] == 1 else "pinyin"


def spelled_once(words: Iterable[str]) -> Iterator[str]:
    """The words with one character spelled out: 消炎 -> xiao炎, 消yan."""
    for word in words:
        for i, char in enumerate(word):
            for reading in readings(char)[:1]:
                if len(reading) > 1:
                    yield word[:i] + reading + word[i + 1 :]
