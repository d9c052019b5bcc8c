"""Groups are measured at thresholds that hold for everybody."""

import numpy as np
import pytest

from training.groups import SIZE_ORDER, Grouped, sizes


def test_sizes_of_sellers_have_names() -> None:
    told = sizes(np.array([0, 1, 10, 11, 100, 101, 1000, 1001, 1e9, np.nan]))
    assert told.tolist() == ["1-10"] * 3 + ["11-100"] * 2 + ["101-1000"] * 2 + [">1000"] * 2 + ["unknown"]
    assert len(SIZE_ORDER) == 5


def test_each_group_is_caught_by_the_same_thresholds() -> None:
    scores = np.array([3.0, 1.0, 0.0, 2.5, -1.0, 0.5])
    guilty = np.array([True, True, False, True, False, False])
    names = np.array(["a", "a", "a", "b", "b", "c"])
    grouped = Grouped(scores, guilty, np.arange(6), thresholds=[2.9, 2.0, 0.2])
    a, b, c = grouped.by(names)
    assert (a.name, a.guilty, a.honest) == ("a", 2, 1)
    assert {rate: one.value for rate, one in a.recall.items()} == {"0.005": 0.5, "0.02": 0.5, "0.05": 1.0}
    assert (b.recall["0.02"].value, b.recall["0.005"].value) == (1.0, 0.0)
    assert c.recall == {}
    assert c.flagged is not None
    assert c.flagged.value == 1.0
    assert a.flagged is not None
    assert a.flagged.value == 0.0


def test_the_order_told_is_kept() -> None:
    grouped = Grouped(np.array([1.0, 2.0]), np.array([True, False]), np.arange(2), thresholds=[0.0, 0.0, 0.0])
    assert [group.name for group in grouped.by(np.array(["unknown", "1-10"]), SIZE_ORDER)] == ["1-10", "unknown"]


@pytest.mark.parametrize("count", [1, 5])
def test_intervals_know_the_sellers(count: int) -> None:
    sellers = np.repeat(np.arange(20 // count), count)
    grouped = Grouped(np.ones(20), np.ones(20, dtype=bool), sellers, thresholds=[0.0, 0.0, 0.0])
    (group,) = grouped.by(np.full(20, "a"))
    wide = group.recall["0.05"].high - group.recall["0.05"].low
    assert wide == pytest.approx(0.161 if count == 1 else 0.490, abs=0.01)
