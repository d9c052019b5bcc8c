"""The door for listings: what a listing may be on the wire, and what to do when it is something else."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from features.errors import ZhenweiError
from features.listing import (
    NO_SELLER,
    NO_SIGNALS,
    NO_TRADE,
    NO_VELOCITY,
    NOTHING,
    Listing,
    Seller,
    Trade,
    Velocity,
)

NO_LINE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
NO_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # tab and line ends may stay
PLAINLY_VISIBLE = re.compile("[0-9A-Za-z\u4e00-\u9fff]")
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters and symbols that show nothing
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def _line(text: str) -> str:
    if found := NO_LINE.search(text):
        raise _not_text(found)
    return text


def _prose(text: str) -> str:
    if found := NO_PROSE.search(text):
        raise _not_text(found)
    return text


def _not_text(found: re.Match[str]) -> PydanticCustomError:
    context = {"code": f"U+{ord(found.group()):04X}", "at": found.start()}
    return PydanticCustomError("no_text", "holds {code} at character {at}, which is no text; remove it", context)


def _visible(text: str) -> str:
    if PLAINLY_VISIBLE.search(text) or any(
        unicodedata.category(char)[0] in "LNPS" and char not in BLANK_LETTERS for char in text
    ):
        return text
    raise PydanticCustomError("nothing_visible", "shows nothing to a reader; send the text buyers see")


def _iso_date(value: object) -> object:
    if isinstance(value, datetime) or not (isinstance(value, date) or _matches(ISO_DATE, value)):
        raise PydanticCustomError("date_form", "must be a date like 2021-03-15")
    return value


def _iso_datetime(value: object) -> object:
    if not (isinstance(value, datetime) or _matches(ISO_DATETIME, value)):
        raise PydanticCustomError("datetime_form", "must be a time like 2021-03-15T08:30:00+08:00, zone optional")
    return value


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _sane_year(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("year", f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return value


Word = Annotated[str, StringConstraints(max_length=128), AfterValidator(_line)]
Code = Annotated[str, StringConstraints(max_length=32), AfterValidator(_line)]
Path = Annotated[str, StringConstraints(max_length=256), AfterValidator(_line)]
Url = Annotated[str, StringConstraints(max_length=2048), AfterValidator(_line)]
Prose = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_prose)]
Note = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_prose)]
Identity = Annotated[
    str, StringConstraints(min_length=1, max_length=128), AfterValidator(_line), AfterValidator(_visible)
]
Title = Annotated[str, StringConstraints(min_length=1, max_length=512), AfterValidator(_line), AfterValidator(_visible)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_line), AfterValidator(_visible)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_iso_date), AfterValidator(_sane_year)]
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_iso_datetime), AfterValidator(_sane_year)]
Amount = Annotated[FiniteFloat, Field(ge=0, le=1e12)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
SignalName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]


class Wire(BaseModel):
    """Base of everything on the wire: unknown names are errors, and text is never taken for a number."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", frozen=True)


class SellerIn(Wire):
    """Who offers the listing. Counts are for the window in the name; rates are fractions 0..1."""

    seller_id: Word | None = None
    name: Word | None = None
    uscc: Code | None = None
    region: Word | None = None
    kind: Word | None = None
    opened_on: Day | None = None
    rating: Annotated[FiniteFloat, Field(ge=0, le=5)] | None = None
    followers: Amount | None = None
    deposit_cny: Amount | None = None
    authorised_brands: Annotated[list[Word], Field(max_length=1000)] | None = None
    listings_count: Amount | None = None
    takedowns_180d: Amount | None = None
    complaints_90d: Amount | None = None
    fake_complaints_90d: Amount | None = None
    refund_rate_90d: Share | None = None


class TradeIn(Wire):
    """What was sold and how it was reviewed. Counts are for the window in the name; shares are 0..1."""

    orders_7d: Amount | None = None
    orders_30d: Amount | None = None
    orders_total: Amount | None = None
    max_orders_1h: Amount | None = None
    buyers_30d: Amount | None = None
    repeat_buyer_share: Share | None = None
    same_address_share: Share | None = None
    waybill_reuse_share: Share | None = None
    empty_parcel_share: Share | None = None
    night_order_share: Share | None = None
    conversion_rate: Share | None = None
    refund_after_confirm_share: Share | None = None
    reviews_total: Amount | None = None
    reviews_30d: Amount | None = None
    five_star_share: Share | None = None
    photo_review_share: Share | None = None
    duplicate_review_share: Share | None = None
    review_burst_max_1d: Amount | None = None


class VelocityIn(Wire):
    """How fast seller and title come up. Leave it out, and a service that watches them fills it in.

    Counts are of distinct listings or other sellers in the window of the name; seconds since they are watched say how
    much a count is worth.
    """

    seller_new_1h: Amount | None = None
    seller_new_24h: Amount | None = None
    seller_new_7d: Amount | None = None
    seller_listings: Amount | None = None
    seller_watched_s: Amount | None = None
    title_sellers_24h: Amount | None = None
    title_sellers_7d: Amount | None = None
    title_watched_s: Amount | None = None
    title_median_cny: Amount | None = None
    earlier_cny: Amount | None = None


class ListingIn(Wire):
    """One offer. Only `listing_id` and `title` are required; leave out what is not known."""

    listing_id: Identity
    title: Title
    platform: Word | None = None
    category: Path | None = None
    brand: Word | None = None
    description: Prose | None = None
    url: Url | None = None
    price_cny: Amount | None = None
    list_price_cny: Amount | None = None
    attributes: Annotated[dict[Key, Note], Field(max_length=100, default_factory=dict)]
    observed_at: Moment | None = None
    seller: SellerIn | None = None
    trade: TradeIn | None = None
    velocity: VelocityIn | None = None
    signals: Annotated[dict[SignalName, FiniteFloat], Field(max_length=1000, default_factory=dict)]

    def to_listing(self) -> Listing:
        """Return the same listing in the form the product works with."""
        told = self.__dict__ | {
            "attributes": MappingProxyType(self.attributes) if self.attributes else NOTHING,
            "signals": MappingProxyType(self.signals) if self.signals else NO_SIGNALS,
            "seller": _seller(self.seller) if self.seller else NO_SELLER,
            "trade": Trade(**self.trade.__dict__) if self.trade else NO_TRADE,
            "velocity": Velocity(**self.velocity.__dict__) if self.velocity else NO_VELOCITY,
        }
        return Listing(**told)


def _seller(told: SellerIn) -> Seller:
    brands = told.authorised_brands
    return Seller(**told.__dict__ | {"authorised_brands": None if brands is None else tuple(brands)})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a listing. `pointer` is a JSON pointer (RFC 6901) into it; "" is the whole."""

    pointer: str
    message: str  # says what to do; completes "<pointer> ..."


class ListingRejected(ZhenweiError):
    """A listing cannot be read. `problems` names every reason, each with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems and make one readable line of them."""
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.pointer or 'listing'} {p.message}" for p in self.problems))


def read_listing(wire: bytes | str | Mapping[str, Any]) -> Listing:
    """Read JSON text, or data already parsed. Raises ListingRejected."""
    try:
        if isinstance(wire, bytes | str):
            return ListingIn.model_validate_json(wire).to_listing()
        return ListingIn.model_validate(wire).to_listing()
    except ValidationError as error:
        raise ListingRejected(problems(error)) from error


def problems(error: ValidationError, root: str = "") -> tuple[Problem, ...]:
    """What pydantic found, as problems. `root` is the pointer of the listing in a larger body, e.g. "/listings/3"."""
    return tuple(problem(details, root) for details in error.errors(include_url=False, include_input=False))


def problem(details: ErrorDetails, root: str = "") -> Problem:
    """One error of pydantic as a problem; FastAPI's request errors have the same shape."""
    place = "".join(f"/{_escaped(str(step))}" for step in details["loc"] if step != "[key]")
    advice = ADVICE.get(details["type"])
    return Problem(root + place, advice.format(**details.get("ctx", {})) if advice else details["msg"])


ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is required; add it",
        "extra_forbidden": "is not a name we know; remove it (a listing's numbers of your own go under its signals)",
        "string_type": "must be text; put it in quotes, or leave it out when unknown",
        "string_unicode": "holds half a surrogate pair, which is no character; send valid UTF-8",
        "string_too_short": "is empty; fill it or leave it out",
        "string_too_long": "must have at most {max_length} characters; shorten it",
        "string_pattern_mismatch": "must be 1 to 64 of A-Z a-z 0-9 _ . -; rename it",
        "float_type": "must be a number without quotes; leave it out when unknown",
        "finite_number": "must be a finite number; leave it out when unknown",
        "greater_than_equal": "must be {ge:g} or more",
        "less_than_equal": "must be {le:g} or less",
        "too_long": "has {actual_length} entries and may have {max_length}; send fewer",
        "dict_type": "must be an object of names and values",
        "model_type": "must be an object",
        "model_attributes_type": "must be an object",
        "list_type": "must be a list",
        "too_short": "needs at least {min_length} entries; add one",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_parsing_size": "must be a whole number",
        "int_from_float": "must be a whole number",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "literal_error": "must be {expected}",
        "json_invalid": "is not valid JSON: {error}",
        "date_from_datetime_parsing": "is not a day of the calendar; write it like 2021-03-15",
        "date_parsing": "is not a day of the calendar; write it like 2021-03-15",
        "datetime_from_date_parsing": "is not a day of the calendar; write it like 2021-03-15T08:30:00",
        "datetime_parsing": "is not a time of the calendar; write it like 2021-03-15T08:30:00",
    }
)
"""Pydantic's error types -> what the sender should do."""


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
