"""Known words written so that a filter misses them: with disguised characters, or torn apart by separators."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from features.folding.draft import Edit
from features.folding.shapes import splits
from features.folding.spellings import Disguises
from features.tokens import words as segment

HAN = "\u3400-\u9fff"
HAS_HAN = re.compile(f"[{HAN}]")
SPELLINGS_PER_WORD = 12
AT_ONCE = 2  # disguised characters in one word
CONTEXT = 6  # characters of context that decide whether a character belongs to an ordinary word


class Piece(NamedTuple):
    """How one character of a known word is written, and the transform that explains it (None: as itself)."""

    written: str
    read: str
    transform: str | None


def disguises_of(tables: Disguises, disguisable: Iterable[str]) -> dict[str, list[Piece]]:
    """Character -> the ways of writing it inside a known word: those of evasion.toml, and its parts."""
    pieces: dict[str, list[Piece]] = {}
    for transform, table in (("homophone", tables.sounds), ("lookalike", tables.looks)):
        for read, written in table.items():
            pieces.setdefault(read, []).extend(Piece(char, read, transform) for char in written)
    for read in disguisable:
        pieces.setdefault(read, []).extend(Piece(split, read, "split") for split in splits(read))
    for transform, lists in (("split", tables.splits), ("symbol", tables.signs)):
        for read, parts in lists.items():
            pieces.setdefault(read, []).extend(Piece(part, read, transform) for part in parts)
    return pieces


@dataclass(frozen=True, slots=True)
class DisguisedWords:
    """One automaton over the disguised spellings of all known words."""

    automaton: AhoCorasick
    spellings: tuple[tuple[Piece, ...], ...]

    @classmethod
    def build(cls, known: Iterable[str], tables: Disguises, ordinary: Iterable[str]) -> "DisguisedWords":
        """Compile; a spelling that is a word of its own, known or ordinary, is left out."""
        words = {word for word in known if len(HAS_HAN.findall(word)) > 1}
        honest = words | set(ordinary)
        pieces = disguises_of(tables, sorted({char for word in words for char in word}))
        found: dict[str, tuple[Piece, ...]] = {}
        for word in sorted(words, key=len, reverse=True):
            for spelling in _spellings(word, pieces):
                written = "".join(piece.written for piece in spelling)
                if written not in honest:
                    found.setdefault(written, spelling)
        return cls(AhoCorasick(list(found)), tuple(found.values()))

    @property
    def unsplit(self) -> Iterator[str]:
        """The disguised spellings in which no character is split."""
        for spelling in self.spellings:
            if all(piece.transform != "split" for piece in spelling):
                yield "".join(piece.written for piece in spelling)

    def edits(self, text: str) -> list[Edit]:
        """What to change so that disguised words read as themselves."""
        hits = self.automaton.find_matches_as_indexes(text, overlapping=True)
        if not hits:
            return []
        edits: list[Edit] = []
        reach = 0
        for index, start, end in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
            if start >= reach and not self._ordinary(text, start, index):
                edits.extend(_changes(self.spellings[index], start))
                reach = end
        return edits

    def _ordinary(self, text: str, start: int, index: int) -> bool:
        """Whether a changed Chinese character belongs to an ordinary word that reaches out of the spelling."""
        changed = [
            i for i, _, piece in _placed(self.spellings[index], start) if piece.transform in {"homophone", "lookalike"}
        ]
        if not changed:
            return False
        end = start + sum(len(piece.written) for piece in self.spellings[index])
        left = max(0, start - CONTEXT)
        at = left
        for word in segment(text[left : end + CONTEXT]):
            if len(word) > 1 and any(at <= i < at + len(word) for i in changed):
                return True
            at += len(word)
        return False


def _spellings(word: str, disguises: Mapping[str, list[Piece]]) -> Iterator[tuple[Piece, ...]]:
    """Spellings of a word with at least one disguised character, fewest disguises first."""
    options = [disguises.get(char, []) for char in word]
    itself = [Piece(char, char, None) for char in word]
    left = SPELLINGS_PER_WORD
    for count in range(1, min(len(word), AT_ONCE) + 1):
        for places in combinations(range(len(word)), count):
            for choice in product(*(options[i] for i in places)):
                spelling = itself.copy()
                for i, piece in zip(places, choice, strict=True):
                    spelling[i] = piece
                yield tuple(spelling)
                left -= 1
                if left == 0:
                    return


def _placed(spelling: tuple[Piece, ...], start: int) -> Iterator[tuple[int, int, Piece]]:
    for piece in spelling:
        end = start + len(piece.written)
        yield start, end, piece
        start = end


def _changes(spelling: tuple[Piece, ...], start: int) -> Iterator[Edit]:
    return (Edit(a, b, piece.read, piece.transform) for a, b, piece in _placed(spelling, start) if piece.transform)
