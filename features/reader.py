"""The reader: a listing in, everything the features may look at out. Built once, used from every door."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from features.category import Categoriser
from features.evidence import Evidence
from features.extractors.brands import BrandExtractor
from features.extractors.contact import ContactExtractor
from features.extractors.contradictions import ContradictionExtractor
from features.extractors.licences import LicenceExtractor
from features.extractors.malformed import MalformedExtractor
from features.extractors.missing import MissingExtractor
from features.extractors.prices import PriceExtractor
from features.extractors.terms import TermExtractor
from features.knowledge import Knowledge, load
from features.listing import Listing
from features.normalize import Folded, Folder
from features.reading import CategoryGuess, Reading
from features.tokens import tokenize

NO_STRENGTHS: Mapping[str, int] = MappingProxyType({})


class Reader:
    """Folds the fields, cuts the title into words, places the listing, gathers the evidence.

    Stateless after construction: one reader serves many threads, and the same listing reads the same.
    """

    def __init__(self, knowledge: Knowledge | None = None, folder: Folder | None = None) -> None:
        """Compile every automaton and pattern once. Without arguments: the knowledge that ships."""
        self.knowledge = load() if knowledge is None else knowledge
        self._folder = Folder.load(self.knowledge) if folder is None else folder
        self._categoriser = Categoriser(self.knowledge.categories, self._folder)
        self._terms = TermExtractor(self.knowledge, self._folder)
        self._brands = BrandExtractor(self.knowledge, self._folder)
        self._contact = ContactExtractor(self.knowledge)
        self._licences = LicenceExtractor(self.knowledge)
        self._malformed = MalformedExtractor(self.knowledge)
        self._contradictions = ContradictionExtractor(self.knowledge, self._folder)
        self._missing = MissingExtractor(self.knowledge, self._folder)
        self._prices = PriceExtractor(self.knowledge)
        self._advice = frozenset(code for code, rule in self.knowledge.rules.items() if rule.advice)

    def read(self, listing: Listing) -> Reading:
        """Read one listing."""
        title = self._folder.fold(listing.title)
        fields = self._fields(listing, title)
        category = self._category(listing, title)
        licences = self._licences.find(fields)
        evidence, named = self._brands.find(fields)
        evidence += self._contact.find(fields)
        evidence += self._contradictions.find(fields, category)
        if licences:
            evidence += self._malformed.find(licences, category)
        if listing.attributes:
            evidence += self._missing.find(fields, licences, category)
        if listing.price_cny is not None:
            evidence += self._prices.find(listing.price_cny, named, category)
        evidence += self._terms.find(fields, category.id, {one.rule for one in evidence})
        if len(evidence) > 1:
            evidence.sort(key=_place)
        return Reading(
            listing=listing,
            title=title,
            tokens=tokenize(title.text),
            category=category,
            evidence=tuple(evidence),
            licences=tuple(licences),
            brands=named,
            strengths=self._strengths(evidence) if evidence else NO_STRENGTHS,
        )

    def read_many(self, listings: Iterable[Listing]) -> Sequence[Reading]:
        """Read a batch, in order."""
        return [self.read(listing) for listing in listings]

    def _fields(self, listing: Listing, title: Folded) -> dict[str, Folded]:
        """Every text field the listing has, folded, under the names that evidence uses."""
        fold = self._folder.fold
        fields = {"title": title}
        if listing.brand:
            fields["brand"] = fold(listing.brand)
        if listing.description:
            fields["description"] = fold(listing.description)
        if listing.seller.name:
            fields["seller.name"] = fold(listing.seller.name)
        for name, value in listing.attributes.items():
            fields[f"attributes.{name}"] = fold(value)
        return fields

    def _category(self, listing: Listing, title: Folded) -> CategoryGuess:
        told = listing.category
        return self._categoriser.guess(title.text, self._folder.fold(told).text if told else "")

    def _strengths(self, evidence: Iterable[Evidence]) -> Mapping[str, int]:
        """Summed strength per rule code; advice is for people and weighs nothing."""
        sums: dict[str, int] = {}
        for one in evidence:
            if one.rule not in self._advice:
                sums[one.rule] = sums.get(one.rule, 0) + one.strength
        return MappingProxyType(sums)


def _place(one: Evidence) -> tuple[str, int, int]:
    return one.field, one.start, one.end
