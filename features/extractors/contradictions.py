"""Two things a listing says that cannot both be true: 可降解 made of PE, 医用 under a standard for dust."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick

from features.evidence import Evidence
from features.extractors.gravity import applies, strength_of
from features.extractors.lengths import first_length, stated_thickness
from features.extractors.terms import seen
from features.knowledge import Knowledge
from features.knowledge.schema import Contradiction, Rule
from features.normalize import Folded, Folder
from features.reading import CategoryGuess

ATTRIBUTES: Final = "attributes."
CLAIM = 1
"""The claim is shown beside what contradicts it and adds the least strength."""

Place = tuple[str, int, int]
"""Field name and half-open folded stretch."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One contradiction rule, compiled on folded text."""

    rule: Rule
    strength: int
    claimless: bool
    attributes: tuple[str, ...]
    pattern: re.Pattern[str] | None
    in_title: bool
    below_mm: float | None
    unless: tuple[str, ...]

    def contradicted(self, fields: Mapping[str, Folded]) -> Place | None:
        """Where the listing says what the claim excludes; the first such place."""
        for name, folded in fields.items():
            if name == "title":
                stretch = self._in_title(folded.text) if self.in_title else None
            elif name.startswith(ATTRIBUTES) and any(word in name for word in self.attributes):
                stretch = self._in_attribute(folded.text, name)
            else:
                continue
            if stretch is not None:
                return name, *stretch
        return None

    def excused(self, fields: Mapping[str, Folded]) -> bool:
        """Whether one of the `unless` words stands in title or attributes."""
        return bool(self.unless) and any(word in text for text in _told(fields) for word in self.unless)

    def _in_title(self, text: str) -> tuple[int, int] | None:
        if self.below_mm is None:
            return self._matched(text)
        length = stated_thickness(text)
        return None if length is None or length.mm >= self.below_mm else (length.start, length.end)

    def _in_attribute(self, text: str, name: str) -> tuple[int, int] | None:
        if self.below_mm is None:
            return self._matched(text)
        length = first_length(text, name.lower())
        return None if length is None or length.mm >= self.below_mm else (length.start, length.end)

    def _matched(self, text: str) -> tuple[int, int] | None:
        match = self.pattern.search(text) if self.pattern else None
        return match.span() if match else None


class ContradictionExtractor:
    """Finds contradictions. A title without any claim word costs one automaton pass."""

    def __init__(self, knowledge: Knowledge, folder: Folder) -> None:
        """Compile the claims of all rules into one automaton."""
        claims: dict[str, list[Pair]] = {}
        claimless: list[Pair] = []
        for rule in knowledge.rules.values():
            if rule.contradiction is None:
                continue
            pair = _compiled(rule, rule.contradiction, folder)
            if pair.claimless:
                claimless.append(pair)
            for word in rule.contradiction.claim:
                claims.setdefault(folder.fold(word).text, []).append(pair)
        self._automaton = AhoCorasick(list(claims))
        self._claims = tuple(map(tuple, claims.values()))
        self._claimless = tuple(claimless)
        self._titled = tuple(pair for pair in claimless if pair.in_title)

    def find(self, fields: Mapping[str, Folded], category: CategoryGuess) -> list[Evidence]:
        """Evidence for the claim and for what contradicts it, one pair per rule."""
        bare = len(fields) == 1
        found: list[Evidence] = []
        for pair in self._titled if bare else self._claimless:
            if applies(pair.rule, category):
                found += _evidence(pair, None, fields)
        hits = self._automaton.find_matches_as_indexes(fields["title"].text, overlapping=True) if bare else True
        if hits:
            for pair, claim in self._claimed(fields).values():
                if applies(pair.rule, category):
                    found += _evidence(pair, claim, fields)
        return found

    def _claimed(self, fields: Mapping[str, Folded]) -> dict[str, tuple[Pair, Place]]:
        """Rule code -> the rule and the first place that makes its claim."""
        first: dict[str, tuple[Pair, Place]] = {}
        for name, folded in fields.items():
            if name != "title" and not name.startswith(ATTRIBUTES):
                continue
            for index, start, end in self._automaton.find_matches_as_indexes(folded.text, overlapping=True):
                for pair in self._claims[index]:
                    first.setdefault(pair.rule.code, (pair, (name, start, end)))
        return first


def _compiled(rule: Rule, contradiction: Contradiction, folder: Folder) -> Pair:
    return Pair(
        rule=rule,
        strength=strength_of(rule),
        claimless=not contradiction.claim,
        attributes=contradiction.attributes,
        pattern=re.compile(contradiction.pattern, re.IGNORECASE) if contradiction.pattern else None,
        in_title=contradiction.in_title,
        below_mm=contradiction.number_below,
        unless=tuple(folder.fold(word).text for word in contradiction.unless),
    )


def _told(fields: Mapping[str, Folded]) -> Iterable[str]:
    return (folded.text for name, folded in fields.items() if name == "title" or name.startswith(ATTRIBUTES))


def _evidence(pair: Pair, claim: Place | None, fields: Mapping[str, Folded]) -> Iterator[Evidence]:
    place = pair.contradicted(fields)
    if place is None or place == claim or pair.excused(fields):
        return
    if claim is not None:
        yield _seen(pair, claim, fields, CLAIM)
    yield _seen(pair, place, fields, pair.strength)


def _seen(pair: Pair, place: Place, fields: Mapping[str, Folded], strength: int) -> Evidence:
    name, start, end = place
    return seen(pair.rule.code, name, fields[name], (start, end), strength)
