"""The listing as it stands inside the product. Absent is None here and NaN in the matrix, never 0."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})
NO_SIGNALS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Seller:
    """Who offers the listing. Counts are for the window in the name; rates are fractions 0..1."""

    seller_id: str | None = None
    name: str | None = None
    uscc: str | None = None
    region: str | None = None
    kind: str | None = None  # e.g. flagship, authorised, company, person
    opened_on: date | None = None
    rating: float | None = None  # 0..5
    followers: float | None = None
    deposit_cny: float | None = None
    authorised_brands: tuple[str, ...] | None = None
    listings_count: float | None = None
    takedowns_180d: float | None = None
    complaints_90d: float | None = None
    fake_complaints_90d: float | None = None
    refund_rate_90d: float | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """What was sold and how it was reviewed. Counts are for the window in the name; shares are 0..1."""

    orders_7d: float | None = None
    orders_30d: float | None = None
    orders_total: float | None = None
    max_orders_1h: float | None = None
    buyers_30d: float | None = None
    repeat_buyer_share: float | None = None
    same_address_share: float | None = None
    waybill_reuse_share: float | None = None
    empty_parcel_share: float | None = None
    night_order_share: float | None = None
    conversion_rate: float | None = None
    refund_after_confirm_share: float | None = None
    reviews_total: float | None = None
    reviews_30d: float | None = None
    five_star_share: float | None = None
    photo_review_share: float | None = None
    duplicate_review_share: float | None = None
    review_burst_max_1d: float | None = None


@dataclass(frozen=True, slots=True)
class Velocity:
    """How fast seller and title come up, as it was known when the listing was scored.

    Counts are of distinct listings or sellers, and say little while those were watched for a short time only.
    """

    seller_new_1h: float | None = None  # listings of this seller first seen within the hour, this one included
    seller_new_24h: float | None = None
    seller_new_7d: float | None = None
    seller_listings: float | None = None  # listings of this seller seen since it is watched
    seller_watched_s: float | None = None  # seconds since its first listing was seen
    title_sellers_24h: float | None = None  # other sellers seen with nearly this title
    title_sellers_7d: float | None = None
    title_watched_s: float | None = None  # seconds since anybody was first seen with nearly this title
    title_median_cny: float | None = None  # what the others ask, over 7 days
    earlier_cny: float | None = None  # the most that was asked for this very listing before


NO_SELLER = Seller()
"""Nothing is told about the seller."""
NO_TRADE = Trade()
"""Nothing is told about trade."""
NO_VELOCITY = Velocity()
"""Nothing is known about velocity."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One offer. `title` is raw, exactly as written; spans everywhere count its code points."""

    listing_id: str
    title: str
    platform: str | None = None
    category: str | None = None  # our id or the platform's words; inferred when absent
    brand: str | None = None
    description: str | None = None
    url: str | None = None
    price_cny: float | None = None
    list_price_cny: float | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    observed_at: datetime | None = None
    seller: Seller = NO_SELLER
    trade: Trade = NO_TRADE
    velocity: Velocity = NO_VELOCITY
    signals: Mapping[str, float] = field(default_factory=lambda: NO_SIGNALS)
