"""Differences on the same listings: their intervals contain the truth and know the sellers."""

import numpy as np
import pytest

from training.paired import difference


def test_nothing_to_look_at_is_no_difference() -> None:
    none = np.zeros(0, dtype=bool)
    assert difference(none, none, np.zeros(0, dtype=np.int64)) is None


def test_the_difference_is_that_of_the_shares() -> None:
    old, new = np.array([True, False, False, True]), np.array([True, True, True, False])
    told = difference(old, new, np.arange(4))
    assert told is not None
    assert (told.count, told.old, told.new, told.difference) == (4, 0.5, 0.75, 0.25)
    assert told.low < 0 < told.high
    assert told.few


def test_agreement_of_many_is_surer_than_of_few() -> None:
    few, many = (difference(np.ones(n, dtype=bool), np.ones(n, dtype=bool), np.arange(n)) for n in (10, 1000))
    assert few is not None
    assert many is not None
    assert few.high == -few.low > 10 * many.high > 0


@pytest.mark.parametrize("each", [1, 8])
def test_it_contains_the_truth_about_as_often_as_it_says(each: int) -> None:
    random = np.random.default_rng(6)
    inside, times = 0, 300
    for _ in range(times):
        sellers = np.repeat(np.arange(80), each)
        kind = random.choice(3, p=[0.2, 0.1, 0.7], size=80)[sellers]  # gained, lost, the same: +0.1 in truth
        base = random.random(len(sellers)) < 0.5
        old, new = (np.choose(kind, [which == "new", which == "old", base]) for which in ("old", "new"))
        told = difference(old, new, sellers)
        assert told is not None
        inside += told.low <= 0.1 <= told.high
    assert 0.90 <= inside / times <= 0.99
