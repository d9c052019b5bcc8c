"""Words of the rules, found in one pass over the folded fields."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from features.evidence import Evidence
from features.knowledge import Knowledge
from features.knowledge.schema import Rule, Terms
from features.normalize import Folded, Folder

Offsets = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One folded word of one rule, with its conditions folded as well."""

    rule: str
    word: str
    strength: int
    latin: bool  # no Latin letter or digit may touch a Latin end
    within: Offsets  # (where the word begins in a longer honest word, that longer word)
    unless: tuple[str, ...]
    needs: tuple[str, ...]
    needs_rules: frozenset[str]
    categories: frozenset[str] | None  # None: every category

    def holds(self, text: str, start: int, end: int, category: str) -> bool:
        """Whether the word at [start, end) counts, as far as its own field can tell."""
        return (
            (self.categories is None or category in self.categories)
            and not (self.latin and touched(text, start, end))
            and not any(offset <= start and text.startswith(longer, start - offset) for offset, longer in self.within)
            and not any(word in text for word in self.unless)
            and (not self.needs or any(word in text for word in self.needs))
        )


class TermExtractor:
    """Evidence for every rule that fires through its words. Immutable; safe to share between threads."""

    __slots__ = ("_automaton", "_terms")

    def __init__(self, knowledge: Knowledge, folder: Folder) -> None:
        """Compile all words of all rules into one automaton."""
        listed: dict[str, list[Term]] = {}
        for rule in knowledge.rules.values():
            for terms in rule.terms:
                for term in _compiled(rule, terms, folder):
                    listed.setdefault(term.word, []).append(term)
        self._automaton = AhoCorasick(list(listed))
        self._terms = tuple(map(tuple, listed.values()))

    def find(self, fields: Mapping[str, Folded], category: str, fired: Collection[str] = frozenset()) -> list[Evidence]:
        """Evidence in field order, then reading order; of one word in one field only the first.

        `fired` names rules that fire on the listing by other means; they too satisfy `needs_rules`.
        """
        certain: list[tuple[Term, Evidence]] = []
        waiting: list[tuple[Term, Evidence]] = []
        for name, folded in fields.items():
            for term, start, end in self._hits(folded.text, category):
                evidence = seen(term.rule, name, folded, (start, end), term.strength)
                (waiting if term.needs_rules else certain).append((term, evidence))
        if not waiting:
            return [evidence for _, evidence in certain]
        known = {*fired, *(term.rule for term, _ in certain)}
        while ready := [pair for pair in waiting if pair[0].needs_rules & known]:
            waiting = [pair for pair in waiting if not pair[0].needs_rules & known]
            certain.extend(ready)
            known.update(term.rule for term, _ in ready)
        order = {name: i for i, name in enumerate(fields)}
        return sorted((evidence for _, evidence in certain), key=lambda e: (order[e.field], e.start, -e.end))

    def _hits(self, text: str, category: str) -> list[tuple[Term, int, int]]:
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not matches:
            return []
        return list(_longest(self._counting(matches, text, category)))

    def _counting(self, matches: list[tuple[int, int, int]], text: str, category: str) -> list[tuple[Term, int, int]]:
        seen: set[Term] = set()
        hits: list[tuple[Term, int, int]] = []
        for index, start, end in matches:
            for term in self._terms[index]:
                if term not in seen and term.holds(text, start, end, category):
                    seen.add(term)
                    hits.append((term, start, end))
        return hits


def _longest(hits: list[tuple[Term, int, int]]) -> Iterator[tuple[Term, int, int]]:
    """Of overlapping hits of one rule the longest, then the leftmost; in reading order."""
    if len(hits) == 1:
        return iter(hits)
    kept: list[tuple[Term, int, int]] = []
    for hit in sorted(hits, key=lambda h: (h[1] - h[2], h[1])):
        if not any(h[0].rule == hit[0].rule and h[1] < hit[2] and hit[1] < h[2] for h in kept):
            kept.append(hit)
    return iter(sorted(kept, key=lambda h: (h[1], -h[2])))


def _compiled(rule: Rule, terms: Terms, folder: Folder) -> Iterator[Term]:
    within = _folded(terms.within, folder)
    categories = frozenset(rule.categories) or None
    if terms.needs_categories:
        needed = frozenset(terms.needs_categories)
        categories = needed if categories is None else categories & needed
    unless, needs, needs_rules = (
        _folded(terms.unless, folder),
        _folded(terms.needs, folder),
        frozenset(terms.needs_rules),
    )
    for word in _folded(terms.words, folder):
        yield Term(
            rule=rule.code,
            word=word,
            strength=terms.strength,
            latin=terms.match == "latin",
            within=_offsets(word, within),
            unless=unless,
            needs=needs,
            needs_rules=needs_rules,
            categories=categories,
        )


def _folded(words: tuple[str, ...], folder: Folder) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for word in words if (text := folder.fold(word).text.strip())))


def _offsets(word: str, within: tuple[str, ...]) -> Offsets:
    return tuple(
        (at, longer) for longer in within for at in range(len(longer) - len(word) + 1) if longer.startswith(word, at)
    )


def seen(rule: str, name: str, folded: Folded, where: tuple[int, int], strength: int) -> Evidence:
    """Evidence for a folded stretch (start, end), pointing into the raw field."""
    start, end = where
    first, last = folded.span(start, end)
    return Evidence(
        rule, name, first, last, folded.raw[first:last], folded.text[start:end], folded.transforms(start, end), strength
    )


def touched(text: str, start: int, end: int) -> bool:
    """Whether a Latin letter or digit touches a Latin end of [start, end)."""
    return (_latin(text[start]) and start > 0 and _latin(text[start - 1])) or (
        _latin(text[end - 1]) and end < len(text) and _latin(text[end])
    )


def _latin(char: str) -> bool:
    return "a" <= char <= "z" or "0" <= char <= "9"
