"""What the listing costs, against its list price and against what honest sellers ask."""

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from features.feature import Block
from features.knowledge import Knowledge, load
from features.reading import CategoryGuess, Reading

SURE_ENOUGH = 0.5
"""A guessed category below this p has no reference price."""
GIVEAWAY = 0.1
"""Below 0.1 CNY a price is a placeholder, not an offer."""


@dataclass(frozen=True, slots=True)
class References:
    """Honest prices of categories, CNY; those of brands come with the reading."""

    categories: dict[str, float]  # category id -> lowest price

    @classmethod
    def of(cls, knowledge: Knowledge) -> "References":
        """Collect the references the knowledge has."""
        groups = knowledge.categories.values()
        return cls({g.id: g.price_band.low_cny for g in groups if g.price_band is not None})

    def category_low(self, category: CategoryGuess) -> float | None:
        """Return the category's lowest honest price; None without one, or when the category is a weak guess."""
        return self.categories.get(category.id) if category.p >= SURE_ENOUGH else None


@cache
def references() -> References:
    """References of the knowledge that ships."""
    return References.of(load())


class Offer(NamedTuple):
    """A price and what it is compared with, CNY; None where there is nothing to compare with."""

    cny: float
    listed: float | None
    brand_low: float | None
    category_low: float | None


def _offer(reading: Reading) -> Offer | None:
    price = reading.listing.price_cny
    if price is None or price < GIVEAWAY:
        return None
    category_low = references().category_low(reading.category)
    return Offer(price, reading.listing.list_price_cny, reading.brand_low_cny, category_low)


PRICE = Block("price", _offer)


@PRICE.feature("log_cny", unit="log CNY", zh="价格（对数）", en="price, logarithm")
def log_cny(offer: Offer) -> float:
    """Natural logarithm of the price."""
    return math.log(offer.cny)


@PRICE.feature("discount", unit="fraction 0..1", zh="相对标价的折扣", en="discount from the list price")
def discount(offer: Offer) -> float | None:
    """Share of the list price taken off; 0 when the price is not below it."""
    return max(0.0, 1.0 - offer.cny / offer.listed) if offer.listed else None


@PRICE.feature("to_brand_low", unit="log ratio", zh="相对品牌最低价", en="price against the brand's lowest")
def to_brand_low(offer: Offer) -> float | None:
    """ln(price / lowest honest price of the cheapest brand named); None when no priced brand is named."""
    return None if offer.brand_low is None else math.log(offer.cny / offer.brand_low)


@PRICE.feature("to_category_low", unit="log ratio", zh="相对品类最低价", en="price against the category's lowest")
def to_category_low(offer: Offer) -> float | None:
    """ln(price / lower end of the category's band)."""
    return None if offer.category_low is None else math.log(offer.cny / offer.category_low)


FEATURES = PRICE.features
