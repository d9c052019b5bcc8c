"""The matrix: its columns, its order, the platform's own signals."""

import math

import numpy as np
import pytest

from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.registry import CATALOGUE, matrix
from features.tokens import Tokens


def reading(signals: dict[str, float]) -> Reading:
    listing = Listing("1", "口罩", signals=signals)
    return Reading(listing, Folded("口罩", "口罩"), Tokens(), CategoryGuess("masks", "declared", 1.0), (), (), (), {})


def test_signals_stand_after_the_features() -> None:
    table = matrix([reading({"ads": 3.0, "rank": -1.0}), reading({}), reading({"other": 9.0})], ["rank", "ads"])
    assert table.dtype == np.float64
    assert table.flags.c_contiguous
    assert table.shape == (3, len(CATALOGUE) + 2)
    assert table[0, -2:].tolist() == [-1.0, 3.0]
    assert np.isnan(table[1:, -2:]).all()


def test_no_listings_no_rows() -> None:
    assert matrix([]).shape == (0, len(CATALOGUE))
    assert matrix([], ["ads"]).shape == (0, len(CATALOGUE) + 1)


@pytest.mark.parametrize("name", ["title.length", "category.is_masks", "category.p"])
def test_a_column_is_found_by_its_name(name: str) -> None:
    column = [feature.name for feature in CATALOGUE].index(name)
    value = matrix([reading({})])[0, column]
    assert value == {"title.length": 2.0, "category.is_masks": 1.0, "category.p": 1.0}[name]


def test_the_catalogue_holds_every_field_that_brushing_leaves_traces_in() -> None:
    names = {feature.name for feature in CATALOGUE}
    assert {f"trade.{name}" for name in Listing("1", "x").trade.__slots__} <= names
    assert math.isnan(matrix([reading({})])[0, [f.name for f in CATALOGUE].index("trade.orders_7d")])
