"""Letters of other alphabets inside Latin words: Сhаnеl with Cyrillic letters."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from features.folding.draft import Edit
from features.folding.known import HAS_HAN

LATIN = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class AlikeLetters:
    """A table of look-alike letters, used only where Latin letters stand beside them, or the word is known."""

    table: Mapping[int, str]
    guard: re.Pattern[str]
    word: re.Pattern[str]
    known: frozenset[str]
    mixed: AhoCorasick  # known words of Latin letters and Chinese characters: 高a

    @classmethod
    def build(cls, alike: Mapping[str, str], known: Iterable[str]) -> "AlikeLetters":
        """`alike`: Latin letter -> its look-alikes, lower case; `known`: Latin words written wholly in look-alikes."""
        table = {ord(char): letter for letter, chars in alike.items() for char in chars}
        signs = "".join(map(re.escape, map(chr, table)))
        known = frozenset(known)
        mixed = AhoCorasick(sorted(word for word in known if HAS_HAN.search(word) and LATIN.search(word)))
        return cls(table, re.compile(f"[{signs}]"), re.compile(f"[a-z{signs}]+"), known, mixed)

    def edits(self, text: str) -> list[Edit]:
        """Letters to exchange. Words wholly of another alphabet stay, unless they read as a known word."""
        if not self.guard.search(text):
            return []
        edits: list[Edit] = []
        inside = self._inside_mixed(text)
        for match in self.word.finditer(text):
            word = match[0]
            mixed = any("a" <= char <= "z" for char in word)
            if mixed or match.start() in inside or word.translate(self.table) in self.known:
                edits.extend(
                    Edit(i, i + 1, self.table[ord(char)], "lookalike_letter")
                    for i, char in enumerate(word, match.start())
                    if ord(char) in self.table
                )
        return edits

    def _inside_mixed(self, text: str) -> set[int]:
        """Places inside known words of Latin letters and Chinese characters, once every letter is exchanged."""
        hits = self.mixed.find_matches_as_indexes(text.translate(self.table), overlapping=True)
        return {place for _, start, end in hits for place in range(start, end)}
