"""The reader: a listing in, everything the features may look at out. Built once, used from every door."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        self.folder = Folder.load(self.knowledge) if folder is None else folder
        words = self.folder.for_words()
        self._categoriser = Categoriser(self.knowledge.categories, words)
        self._terms = TermExtractor(self.knowledge, words)
        self._brands = BrandExtractor(self.knowledge, words)
        self._contact = ContactExtractor(self.knowledge)
        self._licences = LicenceExtractor(self.knowledge)
        self._malformed = MalformedExtractor(self.knowledge)
        self._contradictions = ContradictionExtractor(self.knowledge, words)
        self._missing = MissingExtractor(self.knowledge, words)
        self._prices = PriceExtractor(self.knowledge)
        self._advice = frozenset(code for code, rule in self.knowledge.rules.items() if rule.advice)

    def read(self, listing: Listing) -> Reading:
        """Read one listing."""
        return self.read_many((listing,))[0]

    def read_many(self, listings: Sequence[Listing]) -> list[Reading]:
        """Read a batch, in order: step by step, so that the tables of each step stay in the processor's cache."""
        read = self._folded(listings)
        pages = [self._page(listing, read) for listing in listings]
        for step in (self._name, self._reach, self._contradict, self._license, self._word):
            for page in pages:
                step(page)
        tokens = [tokenize(page.fields["title"].text) for page in pages]
        return [self._reading(page, words) for page, words in zip(pages, tokens, strict=True)]

    def _folded(self, listings: Iterable[Listing]) -> Mapping[str, Folded]:
        """Every text of a batch, folded; what several listings say is folded once."""
        texts = list(dict.fromkeys(text for listing in listings for text in _texts(listing)))
        return dict(zip(texts, self.folder.fold_many(texts), strict=True))

    def _page(self, listing: Listing, read: Mapping[str, Folded]) -> "_Page":
        told = read[listing.category].text if listing.category else ""
        return _Page(listing, _fields(listing, read), self._categoriser.guess(read[listing.title].text, told))

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
            brand_low_cny=self._prices.brand_low(page.brands, page.category) if page.brands else None,
        )

    def _strengths(self, evidence: Iterable[Evidence]) -> Mapping[str, int]:
        """Summed strength per rule code; advice is for people and weighs nothing."""
        sums: dict[str, int] = {}
        for one in evidence:
            if one.rule not in self._advice:
                sums[one.rule] = sums.get(one.rule, 0) + one.strength
        return MappingProxyType(sums)


def _texts(listing: Listing) -> Iterator[str]:
    """Every text of the listing that is read."""
    yield listing.title
    for told in (listing.category, listing.brand, listing.description, listing.seller.name):
        if told:
            yield told
    yield from listing.attributes.values()


def _fields(listing: Listing, read: Mapping[str, Folded]) -> dict[str, Folded]:
    """Every text field the listing has, folded, under the names that evidence uses."""
    fields = {"title": read[listing.title]}
    if listing.brand:
        fields["brand"] = read[listing.brand]
    if listing.description:
        fields["description"] = read[listing.description]
    if listing.seller.name:
        fields["seller.name"] = read[listing.seller.name]
    for name, value in listing.attributes.items():
        fields[f"attributes.{name}"] = read[value]
    return fields


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
