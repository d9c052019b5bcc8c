"""Columns are picked by name, so new features may stand anywhere."""

import numpy as np

from features.registry import CATALOGUE
from models.scorer import pick, with_room

NAMES = [feature.name for feature in CATALOGUE]


def test_the_usual_columns_are_passed_on_untouched() -> None:
    numbers = np.arange(2.0 * len(NAMES)).reshape(2, -1)
    assert pick(numbers, NAMES, ()) is numbers


def test_a_bundle_of_fewer_columns_gets_its_own_in_its_order() -> None:
    numbers = np.arange(len(NAMES) + 1.0)[None, :]
    assert pick(numbers, [NAMES[3], NAMES[1]], ["own"]).tolist() == [[3.0, 1.0, float(len(NAMES))]]


def test_room_is_made_for_the_text() -> None:
    assert with_room(np.zeros((2, 3))).shape == (2, 4)
