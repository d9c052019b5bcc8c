"""Prices against what honest sellers ask."""

import math

import pytest

from features.feature import Feature
from features.listing import Listing
from features.normalize import Folded
from features.price import PRICE
from features.reading import CategoryGuess, Reading
from features.tokens import Tokens

BY_NAME = {feature.name: feature for feature in PRICE.features}
DECLARED = CategoryGuess("apparel_shoes", "declared", 1.0)


def value(name: str, price: float | None, *, listed: float | None = None, category: CategoryGuess = DECLARED) -> float:
    listing = Listing("1", "包", price_cny=price, list_price_cny=listed)
    feature: Feature = BY_NAME[name]
    return feature.compute(Reading(listing, Folded("包", "包"), Tokens(), category, (), (), (), {}))


@pytest.mark.parametrize(
    ("price", "listed", "discount"),
    [(50.0, 100.0, 0.5), (100.0, 100.0, 0.0), (120.0, 100.0, 0.0), (50.0, None, math.nan), (50.0, 0.0, math.nan)],
)
def test_discount(price: float, listed: float | None, discount: float) -> None:
    assert value("price.discount", price, listed=listed) == pytest.approx(discount, nan_ok=True)


@pytest.mark.parametrize("price", [None, 0.0, 0.01])
def test_a_placeholder_is_no_price(price: float | None) -> None:
    assert math.isnan(value("price.log_cny", price))


@pytest.mark.parametrize(
    ("category", "told"),
    [
        (CategoryGuess("masks", "declared", 1.0), True),
        (CategoryGuess("masks", "inferred", 0.3), False),
        (CategoryGuess("other", "inferred", 0.0), False),
    ],
)
def test_a_weak_guess_has_no_reference(category: CategoryGuess, *, told: bool) -> None:
    assert math.isnan(value("price.to_category_low", 9.9, category=category)) != told


@pytest.mark.parametrize(("low", "ratio"), [(50.0, 0.0), (100.0, -math.log(2)), (None, math.nan)])
def test_the_brands_lowest_price_comes_with_the_reading(low: float | None, ratio: float) -> None:
    listing = Listing("1", "包", price_cny=50.0)
    reading = Reading(listing, Folded("包", "包"), Tokens(), DECLARED, (), (), (), {}, low)
    assert BY_NAME["price.to_brand_low"].compute(reading) == pytest.approx(ratio, nan_ok=True)
