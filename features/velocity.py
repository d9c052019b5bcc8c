"""How fast seller and title come up: bursts of new listings, one title under many shops, prices that collapse."""

import math

from features.feature import Block, ratio
from features.listing import NO_VELOCITY, Listing
from features.price import GIVEAWAY
from features.reading import Reading

_DAY = 86_400.0


def _listing(reading: Reading) -> Listing | None:
    return None if reading.listing.velocity is NO_VELOCITY else reading.listing


VELOCITY = Block("velocity", _listing)


def _field(name: str, *, zh: str, en: str) -> None:
    def read(listing: Listing) -> float | None:
        value: float | None = getattr(listing.velocity, name)
        return value

    VELOCITY.feature(name, unit="count", zh=zh, en=en, rising=1)(read)


_field("seller_new_1h", zh="店铺1小时内上新数", en="new listings of the seller in 1 hour")
_field("seller_new_24h", zh="店铺24小时内上新数", en="new listings of the seller in 24 hours")
_field("seller_new_7d", zh="店铺7天内上新数", en="new listings of the seller in 7 days")
_field("title_sellers_24h", zh="24小时内同款标题的其他卖家", en="other sellers with nearly this title in 24 hours")
_field("title_sellers_7d", zh="7天内同款标题的其他卖家", en="other sellers with nearly this title in 7 days")


@VELOCITY.feature("seller_listings", unit="count", zh="观察到的店铺商品数", en="listings of the seller that were seen")
def seller_listings(listing: Listing) -> float | None:
    """Listings seen since the seller is watched; many come from big shops, honest or not."""
    return listing.velocity.seller_listings


@VELOCITY.feature(
    "seller_new_share", unit="ratio", zh="近7天上新占店铺商品", en="share of the seller's listings new in 7 days"
)
def seller_new_share(listing: Listing) -> float | None:
    """Near 1 for a shop that appeared this week, or changed its whole stock."""
    return ratio(listing.velocity.seller_new_7d, listing.velocity.seller_listings)


@VELOCITY.feature("seller_watched_days", unit="days", zh="店铺已观察天数", en="days since the seller is watched")
def seller_watched_days(listing: Listing) -> float | None:
    """How much the counts of the seller are worth: of what was not watched, none were seen."""
    return _days(listing.velocity.seller_watched_s)


@VELOCITY.feature("title_watched_days", unit="days", zh="标题已观察天数", en="days since the title is watched")
def title_watched_days(listing: Listing) -> float | None:
    """How much the counts of the title are worth."""
    return _days(listing.velocity.title_watched_s)


@VELOCITY.feature(
    "price_to_title", unit="log ratio", zh="相对同款标题中位价", en="price against others with this title", rising=-1
)
def price_to_title(listing: Listing) -> float | None:
    """ln(price / median of what other sellers with nearly this title ask)."""
    return _fall(listing.price_cny, listing.velocity.title_median_cny)


@VELOCITY.feature(
    "price_to_earlier", unit="log ratio", zh="相对本商品此前最高价", en="price against its own earlier price", rising=-1
)
def price_to_earlier(listing: Listing) -> float | None:
    """ln(price / the most that was asked for this listing before)."""
    return _fall(listing.price_cny, listing.velocity.earlier_cny)


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / _DAY


def _fall(price: float | None, before: float | None) -> float | None:
    """Logarithm of a price's change; None without both, or when either is a placeholder."""
    if price is None or before is None or min(price, before) < GIVEAWAY:
        return None
    return math.log(price / before)


FEATURES = VELOCITY.features
