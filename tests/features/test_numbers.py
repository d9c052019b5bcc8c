"""Title form, placement, licences, seller and trade as numbers: one row per thing worth getting right."""

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from features.evidence import LicenceNumber, Structure
from features.knowledge import load
from features.licence import LICENCE
from features.listing import Listing, Seller, Trade, Velocity
from features.normalize import Folded
from features.placement import CATEGORY, GROUPS
from features.reading import CategoryGuess, Reading
from features.seller import SELLER
from features.title import TITLE
from features.tokens import Tokens
from features.trade import TRADE
from features.velocity import VELOCITY

BLOCKS = (TITLE, LICENCE, CATEGORY, SELLER, TRADE, VELOCITY)
BY_NAME = {feature.name: feature for block in BLOCKS for feature in block.features}
OBSERVED = datetime(2025, 3, 12, 10, tzinfo=UTC)
UNTOLD = math.nan


def value(name: str, title: str = "口罩", licences: tuple[LicenceNumber, ...] = (), **told: Any) -> float:  # noqa: ANN401
    listing = Listing("1", title, **told)
    guess = CategoryGuess("other", "inferred", 0.0)
    return BY_NAME[name].compute(Reading(listing, Folded(title, title), Tokens(), guess, (), licences, (), {}))


@pytest.mark.parametrize(
    ("title", "name", "expected"),
    [
        ("口罩50只", "length", 5),
        ("口罩🔥", "length", 3),
        ("口罩50只", "digit_share", 0.4),
        ("口罩５０只", "digit_share", 0.4),
        ("口罩①只", "digit_share", 0.25),
        ("KN口罩", "latin_share", 0.5),
        ("ＫＮ口罩", "latin_share", 0.5),
        ("КN口罩", "latin_share", 0.25),  # a Cyrillic К is no Latin letter
        ("КN口罩", "strange_count", 1),
        ("高\u200b仿\ufe0f", "strange_count", 2),
        ("𠮷口", "han_share", 1.0),
        ("【现货】(包邮)", "bracket_count", 4),
        ("快来!！￥9", "loud_count", 3),
        ("快来🔥★→", "picture_count", 3),
        ("消/炎、止痒*+", "point_count", 4),
    ],
)
def test_title(title: str, name: str, expected: float) -> None:
    assert value(f"title.{name}", title) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("seller", "name", "expected"),
    [
        (Seller(opened_on=date(2025, 3, 2)), "age_days", 10),
        (Seller(opened_on=date(2025, 3, 12)), "age_days", 0),
        (Seller(opened_on=date(2026, 1, 1)), "age_days", UNTOLD),  # opened after it was seen
        (Seller(rating=4.8), "age_days", UNTOLD),
        (Seller(complaints_90d=4, fake_complaints_90d=1), "fake_complaint_share", 0.25),
        (Seller(complaints_90d=0, fake_complaints_90d=0), "fake_complaint_share", UNTOLD),
        (Seller(uscc="91330106MA2XQ7K310"), "uscc_valid", 0),
        (Seller(uscc="91330106MA2XQ7K31Q"), "uscc_valid", 1),  # invented
        (Seller(uscc=""), "uscc_valid", 0),
        (Seller(kind="flagship"), "flagship", 1),
        (Seller(kind="person", name="某某旗舰店"), "flagship", 0),
        (Seller(name="某某旗舰店 "), "flagship", 1),
        (Seller(name="旗舰店小铺"), "flagship", 0),
        (Seller(seller_id="1"), "flagship", UNTOLD),
        (Seller(authorised_brands=("AN HU",)), "brand_authorised", 1),
        (Seller(authorised_brands=()), "brand_authorised", 0),
        (Seller(), "brand_authorised", UNTOLD),
    ],
)
def test_seller(seller: Seller, name: str, expected: float) -> None:
    found = value(f"seller.{name}", seller=seller, brand="An hu", observed_at=OBSERVED)
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("trade", "name", "expected"),
    [
        (Trade(orders_7d=70, orders_30d=100), "week_share", 0.7),
        (Trade(orders_7d=0, orders_30d=0), "week_share", UNTOLD),
        (Trade(orders_7d=70), "week_share", UNTOLD),
        (Trade(max_orders_1h=35, orders_7d=70), "hour_peak", 0.5),
        (Trade(buyers_30d=20, orders_30d=100), "buyers_per_order", 0.2),
        (Trade(reviews_30d=90, orders_30d=100), "reviews_per_order", 0.9),
        (Trade(review_burst_max_1d=45, reviews_30d=90), "review_burst", 0.5),
        (Trade(five_star_share=0.9, photo_review_share=0.2), "praise_without_photo", 0.7),
        (Trade(five_star_share=0.2, photo_review_share=0.9), "praise_without_photo", 0.0),
        (Trade(five_star_share=0.2), "praise_without_photo", UNTOLD),
        (Trade(orders_7d=0), "orders_7d", 0.0),
        (Trade(orders_7d=0), "orders_30d", UNTOLD),
    ],
)
def test_trade(trade: Trade, name: str, expected: float) -> None:
    assert value(f"trade.{name}", trade=trade) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("velocity", "name", "expected"),
    [
        (Velocity(seller_new_1h=40), "seller_new_1h", 40.0),
        (Velocity(seller_new_1h=0), "seller_new_1h", 0.0),
        (Velocity(seller_new_1h=40), "seller_new_24h", UNTOLD),  # not told is not quiet
        (Velocity(seller_new_7d=5, seller_listings=20), "seller_new_share", 0.25),
        (Velocity(seller_new_7d=0, seller_listings=0), "seller_new_share", UNTOLD),
        (Velocity(seller_watched_s=43_200), "seller_watched_days", 0.5),
        (Velocity(title_watched_s=0), "title_watched_days", 0.0),
        (Velocity(title_median_cny=100), "price_to_title", math.log(0.2)),
        (Velocity(earlier_cny=2000), "price_to_earlier", math.log(0.01)),
        (Velocity(earlier_cny=20), "price_to_earlier", 0.0),
        (Velocity(earlier_cny=0), "price_to_earlier", UNTOLD),  # a placeholder is no price
        (Velocity(title_sellers_24h=3), "price_to_title", UNTOLD),
    ],
)
def test_velocity(velocity: Velocity, name: str, expected: float) -> None:
    found = value(f"velocity.{name}", velocity=velocity, price_cny=20.0)
    assert found == pytest.approx(expected, nan_ok=True)


def test_a_price_that_is_not_told_did_not_fall() -> None:
    assert math.isnan(value("velocity.price_to_earlier", velocity=Velocity(earlier_cny=20)))


def test_licences() -> None:
    good = LicenceNumber("food_sc", "SC1", Structure.WELL_FORMED, "title", 0, 2, "口罩")
    false = LicenceNumber("food_sc", "SC2", Structure.MALFORMED, "title", 0, 2, "口罩")
    assert value("licence.well_formed", licences=(good, false, good)) == 2.0
    assert value("licence.malformed", licences=(good, false, good)) == 1.0
    assert value("licence.malformed") == 0.0


def test_nothing_is_missing_from_a_bare_title() -> None:
    assert math.isnan(value("licence.missing"))
    assert value("licence.missing", attributes={"材质": "PE"}) == 0.0


@pytest.mark.parametrize("group", GROUPS)
def test_placement(group: str) -> None:
    told = Reading(
        Listing("1", "x"), Folded("x", "x"), Tokens(), CategoryGuess(group, "inferred", 0.8), (), (), ("a", "b"), {}
    )
    ones = [name for name, feature in BY_NAME.items() if name.startswith("category.is_") and feature.compute(told)]
    assert ones == [f"category.is_{group}"]
    assert BY_NAME["category.p"].compute(told) == 0.8
    assert BY_NAME["category.brands"].compute(told) == 2.0


def test_placement_columns_are_categories_we_know() -> None:
    assert set(GROUPS) <= set(load().categories)
