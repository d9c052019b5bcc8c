"""Learning curves: nested shares of the sellers, always measured on the same newest ones."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from features.listing import Listing, Seller
from training.learning_curve import SHOWN, learning_curve
from training.takedowns import Takedown

Ints = NDArray[np.int64]
COUNT = 400
RANDOM = np.random.default_rng(0)
LABEL = np.where(RANDOM.random(COUNT) < 0.3, 1, 0).astype(np.int8)
TRAIN, TEST = np.arange(280), np.arange(280, COUNT)


def takedowns() -> list[Takedown]:
    return [Takedown(Listing(str(i), "包", seller=Seller(seller_id=f"s{i // 3}")), "rejected") for i in range(COUNT)]


def noisy(rows: Ints) -> NDArray[np.float64]:
    """The more rows teach, the clearer the margins."""
    noise: NDArray[np.float64] = np.random.default_rng(1).normal(size=len(TEST)) * 20 / np.sqrt(len(rows))
    return LABEL[TEST] + noise


def test_more_sellers_teach_more_and_larger_shares_hold_the_smaller() -> None:
    asked: list[set[int]] = []

    def taught(rows: Ints) -> NDArray[np.float64]:
        asked.append(set(rows.tolist()))
        return noisy(rows)

    points = learning_curve(takedowns(), LABEL, TRAIN, TEST, taught)
    assert [point.share for point in points] == [0.125, 0.25, 0.5, 1.0]
    assert all(small < large for small, large in pairwise(asked))
    assert asked[-1] == set(TRAIN.tolist())
    assert points[-1].guilty + points[-1].honest == len(TRAIN)
    assert points[-1].metrics["roc_auc"] > points[0].metrics["roc_auc"]
    for point in points:
        assert point.metrics.keys() == set(SHOWN)
        assert point.intervals["roc_auc"].low <= point.metrics["roc_auc"] <= point.intervals["roc_auc"].high


def test_shares_too_small_to_teach_are_left_out() -> None:
    points = learning_curve(takedowns(), LABEL, TRAIN, TEST, lambda rows: noisy(rows) if len(rows) > 100 else None)
    assert [point.share for point in points] == [0.5, 1.0]


@pytest.mark.parametrize("value", [-1, 0, 1])
def test_one_label_alone_measures_nothing(value: int) -> None:
    def never(_: Ints) -> None:
        raise AssertionError

    label = np.full(COUNT, value, dtype=np.int8)
    assert learning_curve(takedowns(), label, TRAIN, TEST, never) == ()


def test_unknown_labels_are_not_measured() -> None:
    label = LABEL.copy()
    label[TEST[::2]] = -1
    points = learning_curve(takedowns(), label, TRAIN, TEST, noisy)
    assert len(points) == 4
