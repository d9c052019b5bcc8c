"""The sound view: known words whose characters were exchanged for others of the same sound (爱马屎, 羊抬素)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from features.folding.commonness import COMMON, commonness
from features.folding.draft import Edit
from features.folding.known import CONTEXT, HAN
from features.folding.readings import sound_table
from features.tokens import words as segment

SYLLABLES = 2  # of the word, at least
SYLLABLES_OF_COMMON = 3  # when a common character was exchanged


@dataclass(frozen=True, slots=True)
class SoundView:
    """One automaton over the sounds of the known words."""

    sounds: Mapping[int, str]
    automaton: AhoCorasick
    words: tuple[tuple[str, ...], ...]
    ordinary: frozenset[str]

    @classmethod
    def build(cls, known: Iterable[str], ordinary: Iterable[str]) -> "SoundView":
        """Compile the known words written wholly in Chinese characters."""
        sounds = sound_table()
        by_sound: dict[str, list[str]] = {}
        for word in sorted(known):
            if len(word) >= SYLLABLES and all("\u3400" <= char <= "\u9fff" for char in word):
                by_sound.setdefault(word.translate(sounds), []).append(word)
        return cls(sounds, AhoCorasick(list(by_sound)), tuple(map(tuple, by_sound.values())), frozenset(ordinary))

    def edits(self, text: str) -> list[Edit]:
        """Characters to exchange back. Linear in the text."""
        hits = self.automaton.find_matches_as_indexes(text.translate(self.sounds), overlapping=True)
        edits: list[Edit] = []
        reach = 0
        for index, start, end in sorted(hits, key=lambda hit: (hit[1], -hit[2])) if len(hits) > 1 else hits:
            written = text[start:end]
            if start < reach or written in self.words[index]:
                continue
            for word in self.words[index]:
                changed = [start + i for i, (a, b) in enumerate(zip(written, word, strict=True)) if a != b]
                if self._disguised(text, start, end, changed):
                    edits.extend(Edit(i, i + 1, word[i - start], "homophone") for i in changed)
                    reach = end
                    break
        return edits

    def _disguised(self, text: str, start: int, end: int, changed: list[int]) -> bool:
        """Whether nobody would write this by accident: something of the word stands, and no ordinary word is in it."""
        if len(changed) == end - start or text[start:end] in self.ordinary:
            return False
        common = any(commonness(text[i]) == COMMON for i in changed)
        if common and end - start < SYLLABLES_OF_COMMON:
            return False
        at = left = max(0, start - CONTEXT)
        for word in segment(text[left : end + CONTEXT]):
            after = at + len(word)
            inside = range(start, end) if common else changed
            if len(word) > 1 and any(at <= i < after for i in inside):
                return False
            at = after
        return True
