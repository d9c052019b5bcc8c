"""One battery of laws for every feature. A new feature gets these tests without anybody writing them."""

import math
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.evidence import Evidence, LicenceNumber, Structure
from features.feature import UNITS, Feature
from features.listing import Listing, Seller, Trade, Velocity
from features.normalize import Folder
from features.reading import CategoryGuess, Reading
from features.registry import CATALOGUE, matrix
from features.tokens import tokenize

FOLDER = Folder.load()
NOWHERE = CategoryGuess("other", "inferred", 0.0)
HOSTILE = (
    "口",
    " ",
    "🔥🔥正品🔥",
    "加V信 abc",
    "国药准字H20051234",
    "　全角　空格　ＡＢＣ",
    "消/炎 MEI白 高.仿",
    "a" * 512,
    "\u200b" * 511 + "仿",
    "é́́́́",
    "𠮷野家 𝐂𝐇𝐀𝐍𝐄𝐋",
    "١٢٣ กข אב",
    "\U0010ffff\ue000",
    "仿" * 512,
)


def reading(title: str, **told: Any) -> Reading:  # noqa: ANN401 - the fields of Listing and Reading
    """A reading as the reader would make it, without evidence unless told."""
    listing = Listing("1", title, **{name: told.pop(name) for name in list(told) if name in LISTING})
    folded = FOLDER.fold(title)
    return replace(Reading(listing, folded, tokenize(folded.text), NOWHERE, (), (), (), {}), **told)


LISTING = {field.name for field in fields(Listing)}
SELLER = Seller(
    name="安护旗舰店",
    uscc="91330106MA2XQ7K31",
    opened_on=date(2019, 1, 2),
    rating=4.8,
    followers=10,
    deposit_cny=1000,
    authorised_brands=("安护",),
    listings_count=5,
    takedowns_180d=1,
    complaints_90d=4,
    fake_complaints_90d=2,
    refund_rate_90d=0.1,
)
TRADE = Trade(**{field.name: 0.5 if field.name.endswith(("share", "rate")) else 3.0 for field in fields(Trade)})
VELOCITY = Velocity(**{field.name: 3.0 for field in fields(Velocity)})
SEEN = Evidence("replica.grade", "title", 0, 2, "高仿", "高仿", ("separator",), 3)
NUMBER = LicenceNumber("drug_approval", "国药准字Z44020987", Structure.WELL_FORMED, "title", 0, 13, "国药准字Z44020987")


def readings() -> Iterator[Reading]:
    """Hostile titles, and every block told, told in part, and told nothing."""
    yield from (reading(title) for title in HOSTILE)
    yield reading(
        "口罩",
        seller=SELLER,
        trade=TRADE,
        velocity=VELOCITY,
        brand="安护",
        observed_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    yield reading("口罩", seller=Seller(opened_on=date(2030, 1, 1)), observed_at=datetime(2025, 1, 1, tzinfo=UTC))
    yield reading("口罩", seller=Seller(uscc="不是代码１²"), trade=Trade(orders_7d=0, orders_30d=0, reviews_30d=3))
    yield reading("口罩", price_cny=0.0, list_price_cny=0.0)
    yield reading(
        "口罩", price_cny=1e12, velocity=Velocity(title_median_cny=1e-300, earlier_cny=0.0, seller_listings=0)
    )
    yield reading("口罩", price_cny=9.9, list_price_cny=5.0, category=CategoryGuess("masks", "declared", 1.0))
    yield reading("口罩", price_cny=1e12, list_price_cny=1e-300, brands=("chanel", "no-such-brand"))
    yield reading("高.仿", evidence=(SEEN,), strengths={"replica.grade": 3, "no.such": 1}, licences=(NUMBER,))
    yield reading("口罩", attributes={"材质": "PE"})


READINGS = tuple(readings())
BARE = reading("医用外科口罩 50只独立包装")


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda f: f.name)
def test_every_feature_is_finite_or_nan_and_deterministic(feature: Feature) -> None:
    for each in READINGS:
        first, again = feature.compute(each), feature.compute(each)
        assert isinstance(first, float)
        assert not math.isinf(first)
        assert first == again or (math.isnan(first) and math.isnan(again))


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda f: f.name)
def test_every_feature_says_what_it_is(feature: Feature) -> None:
    noun, _, name = feature.name.partition(".")
    assert noun == feature.family
    assert name.isidentifier()
    assert feature.unit in UNITS
    assert any("\u4e00" <= char <= "\u9fff" for char in feature.zh)
    assert feature.en.isascii() or "①" in feature.en or "㎎" in feature.en
    assert len(feature.zh) <= 20
    assert len(feature.en) <= 60


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda f: f.name)
def test_every_feature_stays_within_its_unit(feature: Feature) -> None:
    values = [value for each in READINGS if not math.isnan(value := feature.compute(each))]
    if feature.unit in {"fraction 0..1", "0 or 1"}:
        assert all(0.0 <= value <= 1.0 for value in values)
    if feature.unit in {"count", "characters", "days", "strength", "ratio", "CNY"}:
        assert all(value >= 0.0 for value in values)


@pytest.mark.parametrize(
    "feature", [f for f in CATALOGUE if f.family in {"seller", "trade", "price", "velocity"}], ids=lambda f: f.name
)
def test_what_was_not_told_is_nan(feature: Feature) -> None:
    assert math.isnan(feature.compute(BARE))


@pytest.mark.parametrize("feature", [f for f in CATALOGUE if f.family in {"evasion", "evidence"}], ids=lambda f: f.name)
def test_what_was_looked_for_and_not_there_is_zero(feature: Feature) -> None:
    assert feature.compute(BARE) == 0.0


def test_names_are_unique_and_families_stand_together() -> None:
    names = [feature.name for feature in CATALOGUE]
    assert len(names) == len(set(names))
    families = [family for family, _ in groupby(CATALOGUE, key=lambda f: f.family)]
    assert len(families) == len(set(families))


def test_the_matrix_is_the_features_side_by_side() -> None:
    expected = [[feature.compute(each) for feature in CATALOGUE] for each in READINGS]
    assert np.array_equal(matrix(READINGS), np.array(expected), equal_nan=True)


def test_a_listing_has_the_same_row_in_any_company() -> None:
    whole = matrix(READINGS)
    alone = np.concatenate([matrix([each]) for each in READINGS])
    assert np.array_equal(whole, alone, equal_nan=True)


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable()))
@settings(deadline=None)  # the first title waits for the tables
def test_any_title_gives_finite_numbers(title: str) -> None:
    row = matrix([reading(title)])
    assert not np.isinf(row).any()
    always = [f.family in {"title", "evasion", "evidence", "category"} for f in CATALOGUE]
    assert not np.isnan(row[0, always]).any()
