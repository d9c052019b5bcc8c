"""The reader: a listing in, everything the features may look at out. Built once, used from every door."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from features.category import Categoriser
from features.evidence import Evidence, LicenceNumber
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
from features.tokens import Tokens, tokenize

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
        return self.read_many((listing,))[0]

    def read_many(self, listings: Sequence[Listing]) -> list[Reading]:
        """Read a batch, in order: step by step, so that the tables of each step stay in the processor's cache."""
        titles = self._folder.fold_many([listing.title for listing in listings])
        pages = [self._page(listing, title) for listing, title in zip(listings, titles, strict=True)]
        for step in (self._name, self._reach, self._contradict, self._license, self._word):
            for page in pages:
                step(page)
        tokens = [tokenize(title.text) for title in titles]
        return [self._reading(page, words) for page, words in zip(pages, tokens, strict=True)]

    def _page(self, listing: Listing, title: Folded) -> "_Page":
        return _Page(listing, self._fields(listing, title), self._category(listing, title))

    def _name(self, page: "_Page") -> None:
        page.evidence, page.brands = self._brands.find(page.fields)

    def _reach(self, page: "_Page") -> None:
        page.evidence += self._contact.find(page.fields)

    def _contradict(self, page: "_Page") -> None:
        page.evidence += self._contradictions.find(page.fields, page.category)

    def _license(self, page: "_Page") -> None:
        page.licences = self._licences.find(page.fields)
        if page.licences:
            page.evidence += self._malformed.find(page.licences, page.category)
        if page.listing.attributes:
            page.evidence += self._missing.find(page.fields, page.licences, page.category)
        if page.listing.price_cny is not None:
            page.evidence += self._prices.find(page.listing.price_cny, page.brands, page.category)

    def _word(self, page: "_Page") -> None:
        page.evidence += self._terms.find(page.fields, page.category.id, {one.rule for one in page.evidence})

    def _reading(self, page: "_Page", tokens: Tokens) -> Reading:
        evidence = page.evidence
        if len(evidence) > 1:
            evidence.sort(key=_place)
        return Reading(
            listing=page.listing,
            title=page.fields["title"],
            tokens=tokens,
            category=page.category,
            evidence=tuple(evidence),
            licences=tuple(page.licences),
            brands=page.brands,
            strengths=self._strengths(evidence) if evidence else NO_STRENGTHS,
        )

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


class _Page:
    """A listing while it is read."""

    __slots__ = ("brands", "category", "evidence", "fields", "licences", "listing")

    def __init__(self, listing: Listing, fields: dict[str, Folded], category: CategoryGuess) -> None:
        self.listing = listing
        self.fields = fields
        self.category = category
        self.evidence: list[Evidence] = []
        self.licences: list[LicenceNumber] = []
        self.brands: tuple[str, ...] = ()
