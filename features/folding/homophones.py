"""The sound view: known words in other characters, or syllables, of the same sound (爱码仕, 羊抬素, MEI白)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from features.folding.accidents import crossed, rarity
from features.folding.commonness import RARE, commonness
from features.folding.draft import Edit, Span
from features.folding.known import HAN, HAS_HAN
from features.folding.readings import in_syllables, readings, sound_signs

SYLLABLES = 2  # of the word, at least
SYLLABLES_OF_FAMILIAR = 3  # when characters found in everyday texts were exchanged
WORD_COST, EXCHANGE_COST = 9.6, 3.0  # of reading a stretch as a known word, as -log of its share of running words
ONE_SURE, BOTH_SURE, BOTH_LIKELY = 6.5, 7.0, 0.0  # how much cheaper that is than the stretch as written
NAME_SURE = 9.0  # the same for names of brands, which are as short and mean nothing
SYLLABLES_SPELLED, LETTERS_SPELLED = 3, 5  # when nothing Chinese is left of the word, either
SYLLABLES_UNIQUE = 4  # so many sounds in a row are no accident, whatever the characters
LETTERS_IN_RUN = 10  # when more letters touch them
LETTERS_APART = 6  # of a word of two syllables in such a run, when all of the run is pinyin
CUT = re.compile("[a-z]{2}")
SOUNDED = re.compile(f"[{HAN}0-9a-z%:.+]+")
LONGEST_RUN = 48
RUN = re.compile(f"[a-z]{{2,{LONGEST_RUN}}}")
LETTERS = re.compile("[a-z]{2}")
TOUCHING = re.compile(f"[{HAN}][a-z]{{2}}|[a-z]{{2}}[{HAN}]|[a-z]{{6}}")


NO, LIKELY, SURE = range(3)  # a likely word is believed when another one, or another disguise, speaks for it


class Heard(NamedTuple):
    """A known word heard in a stretch of the text, and the edits that make it read so."""

    start: int
    end: int
    edits: list[Edit]


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
    names: frozenset[str]  # known words that are names of brands
    telling: AhoCorasick  # the other known words: one of them makes a likely one credible

    @classmethod
    def build(
        cls, known: Iterable[str], listed: Mapping[str, str], ordinary: Iterable[str], names: Iterable[str] = ()
    ) -> "SoundView":
        """Compile the known words that hold two Chinese characters, or more."""
        known = frozenset(known)
        latin = frozenset(word.replace(sign, "") for word in known if word.isascii() for sign in " -'")
        syllables, sounds = sound_signs()
        by_sound: dict[str, list[str]] = {}
        for word in sorted(known):
            if SOUNDED.fullmatch(word) and syllables_of(word) >= SYLLABLES:
                by_sound.setdefault(word.translate(sounds), []).append(word)
        words = tuple(map(tuple, by_sound.values()))
        spelled = lru_cache(maxsize=16384)(partial(in_syllables, frozenset(syllables)))
        automaton = AhoCorasick(list(by_sound))
        named = frozenset(names)
        telling = AhoCorasick(sorted(word for word in known - named if syllables_of(word) >= SYLLABLES))
        ordinary = frozenset(ordinary)
        return cls(sounds, syllables, spelled, automaton, words, listed, ordinary, latin, named, telling)

    def edits(self, text: str, *, suspected: bool = False) -> list[Edit]:
        """What to change so that the words read as themselves. Linear in the text.

        `suspected`: the text wears other disguises, so that a likely word is believed without company.
        """
        view, places = self._view(text)
        hits = self.automaton.find_matches_as_indexes(view, overlapping=True)
        if not hits:
            return []
        sure: list[Heard] = []
        likely: list[Heard] = []
        for index, first, last in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
            spans = places[first:last] if places else [(i, i + 1) for i in range(first, last)]
            start, end = spans[0][0], spans[-1][1]
            if text[start:end] in self.words[index] or text[start:end] in self.ordinary:
                continue
            grade, heard = self._hear(text, spans, self.words[index])
            kept = sure if grade == SURE else likely
            if grade and (not kept or start >= kept[-1].end):
                kept.append(heard)
        if likely and (suspected or sure or len({text[a:b] for a, b, _ in likely}) > 1 or self._in_company(text)):
            taken = {place for a, b, _ in sure for place in range(a, b)}
            sure += [heard for heard in likely if taken.isdisjoint(range(heard.start, heard.end))]
        return [edit for heard in sure for edit in heard.edits]

    def view(self, text: str) -> str:
        """The text as sounds, one sign for each."""
        return self._view(text)[0]

    def _in_company(self, text: str) -> bool:
        return bool(self.telling.find_matches_as_indexes(text))

    def _hear(self, text: str, spans: list[Span], words: tuple[str, ...]) -> tuple[int, Heard]:
        """The word that these sounds are most surely, and how sure that is."""
        start, end = spans[0][0], spans[-1][1]
        best = NO, Heard(start, end, [])
        for word in words:
            changes = [(span, char) for span, char in zip(spans, word, strict=True) if text[slice(*span)] != char]
            grade = self._disguised(text, (start, end), changes, word)
            if grade > best[0]:
                best = grade, Heard(start, end, [Edit(*span, char, _transform(span)) for span, char in changes])
        return best

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

    def _disguised(self, text: str, whole: Span, changes: list[tuple[Span, str]], word: str) -> int:
        """How surely nobody would write this by accident: something of the word stands, no ordinary word is in it."""
        (start, end), size = whole, syllables_of(word)
        exchanged = [a for (a, b), _ in changes if b - a == 1]
        if _cuts_latin(text, start, end):
            return SURE * (not exchanged and self._in_run(text, whole, size))
        if exchanged:
            return self._exchanged(text, whole, changes, exchanged, word)
        spelled = size >= SYLLABLES_SPELLED or end - start >= LETTERS_SPELLED
        return SURE * (len(changes) < size or (spelled and text[start:end] not in self.latin))

    def _in_run(self, text: str, whole: Span, size: int) -> bool:
        """Whether syllables with further letters beside them may be the word."""
        start, end = whole
        if size >= SYLLABLES_SPELLED:
            return end - start >= LETTERS_IN_RUN
        near = text[max(0, start - LONGEST_RUN) : end + LONGEST_RUN]
        run = next((m[0] for m in RUN.finditer(near) if text[start:end] in m[0]), "")
        return (
            end - start >= LETTERS_APART
            and len(run) >= LETTERS_IN_RUN
            and all(len(syllable) > 1 for syllable in self.spelled(run))
        )

    def _exchanged(
        self, text: str, whole: Span, changes: list[tuple[Span, str]], exchanged: list[int], word: str
    ) -> int:
        """The same for a word in which characters were exchanged for others."""
        size = syllables_of(word)
        if size >= SYLLABLES_UNIQUE:
            return SURE * (not crossed(text, whole, exchanged if len(exchanged) == 1 else ()))
        if size >= SYLLABLES_OF_FAMILIAR:
            return SURE * (not crossed(text, whole, exchanged))
        if len(exchanged) < size and all(self._odd(text[a], char) for (a, b), char in changes if b - a == 1):
            return SURE * (not crossed(text, whole, exchanged))
        if crossed(text, whole, range(*whole)):
            return NO
        return _pair(text[slice(*whole)], len(exchanged), name=word in self.names)

    def _odd(self, char: str, reading: str) -> bool:
        return commonness(char) == RARE or reading in self.listed.get(char, "")


def syllables_of(word: str) -> int:
    """How many Chinese characters a word holds."""
    return len(HAS_HAN.findall(word))


def _pair(written: str, exchanged: int, *, name: bool) -> int:
    """How surely two characters, each a word of its own, are a known word with one or both of them exchanged."""
    gain = sum(map(rarity, written)) - WORD_COST - EXCHANGE_COST * exchanged
    if name:
        return SURE * (exchanged == 1 and gain > NAME_SURE)
    if len(written) > SYLLABLES:  # the other one is spelled
        return LIKELY
    if exchanged == 1:
        return SURE if gain > ONE_SURE else LIKELY
    return SURE if gain > BOTH_SURE else LIKELY * (gain > BOTH_LIKELY)


def _cuts_latin(text: str, start: int, end: int) -> bool:
    """Whether a longer run of Latin letters is cut at either end (小mi out of 小mini)."""
    return bool(CUT.match(text[max(0, start - 1) : start + 1]) or CUT.match(text[end - 1 : end + 1]))


def _transform(span: Span) -> str:
    return "homophone" if span[1] - span[0] == 1 else "pinyin"


def spelled_once(words: Iterable[str]) -> Iterator[str]:
    """The words with one character spelled out: 消炎 -> xiao炎, 消yan."""
    for word in words:
        for i, char in enumerate(word):
            for reading in readings(char)[:1]:
                if len(reading) > 1:
                    yield word[:i] + reading + word[i + 1 :]
