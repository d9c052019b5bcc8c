"""Famous brands: named plainly (no evidence), or written so that a filter misses them (evidence)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from features.evidence import Evidence
from features.extractors.masks import SOFT, MaskedNames
from features.extractors.terms import seen, touched
from features.folding.spellings import load_evasion
from features.knowledge import Knowledge
from features.knowledge.schema import Brand
from features.normalize import Folded, Folder

STRENGTH = {"mask": 3, "alias": 2}
SHORTEST_NAME = 2  # a brand of one character (后) cannot be told from the word
SHORTEST_BARE = 4  # letters of a Latin name run together


class Sighting(NamedTuple):
    """A brand in a folded field, and how it is written: by name, alias or mask."""

    brand: str
    kind: str
    start: int
    end: int
    transforms: tuple[str, ...] = ()


class BrandExtractor:
    """Names every famous brand in a listing, and gives evidence for masks and aliases."""

    __slots__ = ("_automaton", "_evasive", "_listed", "_masked", "_rules")

    def __init__(self, knowledge: Knowledge, folder: Folder | None = None) -> None:
        """Compile names, aliases and masks, and the look-alikes of Latin names."""
        folder = folder or Folder.load(knowledge)
        listed: dict[str, list[tuple[str, str]]] = {}
        for brand in knowledge.brands.values():
            for kind, written in _writings(brand):
                for name in _forms(folder.fold(written).text.strip()):
                    if all(brand.id != other for other, _ in listed.get(name, ())):
                        listed.setdefault(name, []).append((brand.id, kind))
        self._listed = tuple(map(tuple, listed.values()))
        self._automaton = AhoCorasick(list(listed))
        self._rules: dict[str, str] = {rule.brand.kind: rule.code for rule in knowledge.rules.values() if rule.brand}
        self._evasive = frozenset(t.name for t in folder.transforms if t.evasive)
        latin = {
            folder.fold(name).text.strip(): brand.id
            for brand in knowledge.brands.values()
            if brand.look_alike
            for name in brand.en
        }
        self._masked = MaskedNames(latin, (*listed, *load_evasion().words.latin))

    def find(self, fields: Mapping[str, Folded]) -> tuple[list[Evidence], tuple[str, ...]]:
        """Evidence in field order, then reading order; and the ids of all brands seen, each once."""
        evidence: list[Evidence] = []
        brands: dict[str, None] = {}
        for name, folded in fields.items():
            sightings = [*self._named(folded), *self._disguised(folded)]
            if len(sightings) > 1:
                sightings.sort(key=lambda s: (s.start, -s.end))
            for sighting in sightings:
                brands[sighting.brand] = None
                if rule := self._rules.get(sighting.kind):
                    item = seen(rule, name, folded, (sighting.start, sighting.end), STRENGTH[sighting.kind])
                    told = tuple(dict.fromkeys((*item.transforms, *sighting.transforms)))
                    evidence.append(replace(item, transforms=told) if told != item.transforms else item)
        return list(dict.fromkeys(evidence)), tuple(brands)

    def _named(self, folded: Folded) -> Iterator[Sighting]:
        """Listed spellings, the longest where they overlap. A name that had to be unmasked by folding is a mask."""
        text = folded.text
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not matches:
            return
        reach = 0
        for index, start, end in sorted(matches, key=lambda m: (m[1], -m[2])):
            if start < reach or _inside_word(text, start, end):
                continue
            reach = end
            masked = bool(folded.marks) and not self._evasive.isdisjoint(folded.transforms(start, end))
            for brand, kind in self._listed[index]:
                yield Sighting(brand, "mask" if masked else kind, start, end)

    def _disguised(self, folded: Folded) -> Iterator[Sighting]:
        for mask in self._masked.find(folded.text):
            yield Sighting(mask.brand, "mask", mask.start, mask.end, (mask.transform,))


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin name is part of a longer word. A number may follow a name, but not a short one (AP20)."""
    if end - start < SHORTEST_BARE:
        return touched(text, start, end)
    around = text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]
    return any(len(pair) == len("ab") and pair.isascii() and pair.isalpha() for pair in around)


def _forms(name: str) -> Iterator[str]:
    """The folded name, and a Latin name without its apostrophes and hyphens."""
    if len(name) >= SHORTEST_NAME:
        yield name
    bare = name.translate(SOFT)
    if name.isascii() and bare != name and len(bare) >= SHORTEST_BARE:
        yield bare


def _writings(brand: Brand) -> Iterator[tuple[str, str]]:
    """(kind, spelling) of everything listed for a brand; its real names first."""
    yield from (("name", name) for name in (*brand.zh, *brand.en))
    yield from (("alias", name) for name in brand.aliases)
    yield from (("mask", name) for name in brand.masks)
