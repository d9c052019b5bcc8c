"""Licence and code numbers: found in any field, however they are typed, and what their structure proves."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from features.evidence import LicenceNumber, Structure
from features.extractors.checks import CHECKS
from features.extractors.tolerance import GAP, GAPS, Tolerant, tolerant
from features.folding.spellings import load_evasion
from features.knowledge import Knowledge
from features.knowledge.schema import LicenceFormat
from features.normalize import Folded

FOREIGN: Final = "\u0370-\u052f"  # Greek and Cyrillic, whose letters pass for Latin ones
SOME_DIGITS: Final = re.compile(rf"[0-9](?:{GAP}[0-9oil{FOREIGN}]){{3}}").search
"""The first guard: a licence has four digits in a row, and five of six titles have not."""
MANY_DIGITS: Final = re.compile(rf"[0-9](?:{GAP}[0-9oil]){{7}}").search
"""The guard for codes that no word or letter announces (USCC, 本位码)."""
DIGITS: Final = frozenset("0123456789")
MOSTLY: Final = 0.5
"""Of the digits read, at least this share must be typed as digits and not as letters that look like them."""
LEAST: Final = 2
"""Digits typed as such where Chinese words announce the number: 国药准字S2OOO3OO5."""
NEAR: Final = 12
LABEL: Final = 4
"""A label is told by its last characters: 信用代码 announces a 统一社会信用代码."""
HAN_WORDS: Final = re.compile(r"[一-鿿]+")
HAS_FOREIGN: Final = re.compile(f"[{FOREIGN}]").search
LETTERS: Final = "hzsbtfjcgpdwxloi"
"""Letters of licence numbers, in the order in which they are read out of look-alikes: η was Η more often than n."""
FEW: Final = 2
"""Gaps in a number that no Chinese word announces; with more it is a row of sizes, unless every digit stands alone."""


LOOK_ALIKE, SEPARATOR = "lookalike_letter", "separator"
LETTER_AS_DIGIT: Final = re.compile(r"[0-9][oil]+(?=[0-9])")
SHREDDED: Final = re.compile(rf"[0-9](?:[{re.escape(GAPS)}]{{1,2}}[0-9]){{4}}")
"""Five single digits in a row: nobody writes a number so for legibility."""
INNER_GAP: Final = re.compile(rf"(?<=[0-9oil])[{re.escape(GAPS)}]+(?=[0-9oil])")
LONGER_BEFORE: Final = re.compile(r"(?:[a-z]|[0-9][-._/*])$")
LONGER_AFTER: Final = re.compile(r"[a-z]|[-._/*][0-9]")


class Hit(NamedTuple):
    """A stretch of folded text that reads as a number of one kind."""

    start: int
    end: int
    kind: str
    number: str
    structure: Structure


@dataclass(frozen=True, slots=True)
class Shape:
    """One licence format, compiled."""

    kind: str
    strict: Tolerant
    loose: Tolerant | None
    check: str
    needs: frozenset[str]  # characters without which neither pattern can match: the second guard
    labels: tuple[str, ...]  # what people call it; a bare code is false only where one of these announces it
    han: bool  # Chinese words announce it

    def hits(self, text: str) -> Iterator[Hit]:
        """Numbers of the right shape, checked."""
        for match in self.strict.regex.finditer(text):
            digits = self.strict.canonical(match["digits"])
            structure = Structure.WELL_FORMED if CHECKS[self.check](digits) else Structure.MALFORMED
            hit = self._hit(text, match, self.strict, structure)
            if hit is not None and self._proves(hit, text):
                yield hit

    def loose_hits(self, text: str) -> Iterator[Hit]:
        """The prefix of this kind before digits that cannot be its number."""
        if self.loose is None:
            return
        for match in self.loose.regex.finditer(text):
            hit = self._hit(text, match, self.loose, Structure.MALFORMED)
            if hit is not None and (_han(self.loose) or _as_typed(hit, text)):
                yield hit

    def _hit(self, text: str, match: re.Match[str], by: Tolerant, structure: Structure) -> Hit | None:
        start, end = _trimmed(text, *match.span())
        if end <= start or _touches_digits(text, start, end):
            return None
        number = by.canonical(text[start:end])
        if _digits(text[start:end]) < (LEAST if self.han else MOSTLY * _digits(number)):
            return None
        return Hit(start, end, self.kind, number, structure)

    def _proves(self, hit: Hit, text: str) -> bool:
        """Whether this is such a number at all: some digits of the right count may be anything."""
        if self.han or self._labelled(text, hit.start):
            return True
        if self.strict.bare:
            return hit.structure is Structure.WELL_FORMED and _as_typed(hit, text) and _stands_alone(hit, text)
        return hit.structure is Structure.WELL_FORMED or _in_one_piece(text[hit.start : hit.end])

    def _labelled(self, text: str, start: int) -> bool:
        return any(label in text[max(0, start - NEAR) : start] for label in self.labels)


class LicenceExtractor:
    """Finds the numbers of every licence format in the knowledge. The longest reading of a stretch wins."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Compile the formats once. Raises KeyError for a check that does not exist, re.error for a bad pattern."""
        self._shapes = tuple(_shape(one) for one in knowledge.licences.values())
        alike = load_evasion().letters.alike
        table = {ord(sign.lower()): letter for letter in reversed(LETTERS) for sign in alike.get(letter, "")}
        self._alike = {code: letter for code, letter in table.items() if HAS_FOREIGN(chr(code))}

    def find(self, fields: Mapping[str, Folded]) -> list[LicenceNumber]:
        """Every number in every field, in reading order within a field."""
        found: list[LicenceNumber] = []
        for name, folded in fields.items():
            text = folded.text
            if SOME_DIGITS(text):
                latin = text.translate(self._alike) if HAS_FOREIGN(text) else text
                found += (_licence(name, folded, hit, latin) for hit in self._hits(latin))
        return found

    def _hits(self, text: str) -> list[Hit]:
        holds = frozenset(text).issuperset
        many = MANY_DIGITS(text) is not None
        shapes = [shape for shape in self._shapes if holds(shape.needs) and (many or not shape.strict.bare)]
        if not shapes:
            return []
        taken = bytearray(len(text))
        hits = _longest((hit for shape in shapes for hit in shape.hits(text)), taken)
        hits += _longest((hit for shape in shapes for hit in shape.loose_hits(text)), taken)
        return sorted(hits)


def _shape(one: LicenceFormat) -> Shape:
    CHECKS[one.check]
    strict = tolerant(one.pattern)
    loose = None if one.loose is None else tolerant(one.loose)
    needs = strict.needs if loose is None else strict.needs & loose.needs
    return Shape(
        kind=one.id,
        strict=strict,
        loose=loose,
        check=one.check,
        needs=needs,
        labels=tuple(name[-LABEL:] for name in HAN_WORDS.findall(one.zh)),
        han=_han(strict),
    )


def _han(pattern: Tolerant) -> bool:
    return any("一" <= char <= "鿿" for char in pattern.needs)


def _as_typed(hit: Hit, text: str) -> bool:
    return hit.number == text[hit.start : hit.end].upper()


def _stands_alone(hit: Hit, text: str) -> bool:
    """Whether no letter, and no digit behind a sign, makes the code a part of something longer."""
    return not (LONGER_BEFORE.search(text[max(0, hit.start - 2) : hit.start]) or LONGER_AFTER.match(text, hit.end))


def _in_one_piece(written: str) -> bool:
    """Whether the digits belong together: hardly a gap between them, or one between all."""
    gaps, digits = len(INNER_GAP.findall(written)), _digits(written)
    return gaps <= FEW or gaps >= digits - 1


def _longest(hits: Iterable[Hit], taken: bytearray) -> list[Hit]:
    """The longest hits that do not overlap, marked in `taken`; on a tie the well-formed reading."""
    chosen = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.structure is Structure.MALFORMED, h.start)):
        if 1 not in taken[hit.start : hit.end]:
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            chosen.append(hit)
    return chosen


def _licence(name: str, folded: Folded, hit: Hit, latin: str) -> LicenceNumber:
    start, end = folded.span(hit.start, hit.end)
    written = latin[hit.start : hit.end]
    undone = {
        LOOK_ALIKE: written != folded.text[hit.start : hit.end] or LETTER_AS_DIGIT.search(written) is not None,
        SEPARATOR: SHREDDED.search(written) is not None,
    }
    return LicenceNumber(
        kind=hit.kind,
        number=hit.number,
        structure=hit.structure,
        field=name,
        start=start,
        end=end,
        text=folded.raw[start:end],
        transforms=tuple(
            dict.fromkeys((*folded.transforms(hit.start, hit.end), *(one for one, seen in undone.items() if seen)))
        ),
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    found = text[start:end]
    return start + len(found) - len(found.lstrip(GAPS)), start + len(found.rstrip(GAPS))


def _touches_digits(text: str, start: int, end: int) -> bool:
    """Whether the stretch is cut out of a longer run of digits."""
    before = start > 0 and text[start] in DIGITS and text[start - 1] in DIGITS
    return before or (end < len(text) and text[end - 1] in DIGITS and text[end] in DIGITS)


def _digits(text: str) -> int:
    return sum(c in DIGITS for c in text)
