"""A refused training says what every head lacks, one problem a line."""

import numpy as np
import pytest

from features.listing import Listing
from training.shortage import shortage
from training.takedowns import Takedown
from training.teaching import Roles


def labels(guilty: int, honest: int, unknown: int = 0) -> np.ndarray:
    return np.array([1] * guilty + [0] * honest + [-1] * unknown, dtype=np.int8)


@pytest.mark.parametrize(
    ("guilty", "honest", "wanted"),
    [
        (9, 40, "add guilty ones (outcome confirmed, with a reason of models/heads.toml)"),
        (40, 9, "add honest ones (outcome rejected or appeal_reversed)"),
        (9, 9, "models/heads.toml) and honest ones"),
        (10, 10, "add takedowns of other sellers"),  # enough of each, but all of one seller
    ],
)
def test_it_says_what_to_add(guilty: int, honest: int, wanted: str) -> None:
    rows = [Takedown(Listing("1", "包"), "pending")] * (guilty + honest)
    first, second = shortage(rows, {"counterfeit": labels(guilty, honest)}, Roles.of_all(len(rows)))
    assert "at least 10 guilty and 10 honest, of several sellers each" in first
    assert second.startswith(f"  counterfeit: {guilty} guilty and {honest} honest; add ")
    assert second.endswith(wanted) or wanted in second


def test_young_sellers_are_told_apart_from_the_oldest() -> None:
    label = labels(40, 60, 20)
    roles = Roles(np.arange(0, 100), np.arange(100, 110), np.arange(110, 120), in_turn=False)
    rows = [Takedown(Listing("1", "包"), "pending")] * 120
    told = "\n".join(shortage(rows, {"counterfeit": label}, roles))
    assert "40 guilty and 60 honest among its oldest sellers, 0 guilty and 0 honest among younger ones" in told
    assert "add guilty ones" in told


def test_reasons_no_head_knows_are_named_and_known_ones_are_not() -> None:
    reasons = [*(f"迟发货{i}" for i in range(12)), "假货"]
    rows = [Takedown(Listing("1", "包"), "confirmed", reason) for reason in reasons]
    last = list(shortage(rows, {}, Roles.of_all(len(rows))))[-1]
    assert "迟发货0, 迟发货1, " in last
    assert "and 2 more" in last
    assert "假货" not in last
    assert len(list(shortage(rows[-1:], {}, Roles.of_all(1)))) == 1
