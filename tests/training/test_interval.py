"""Intervals contain the truth as often as they say, also when listings of a seller are alike."""

import numpy as np
import pytest

from training.interval import share, wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits / count, count) == pytest.approx((low, high), abs=1e-4)


def test_nothing_to_look_at_is_no_share() -> None:
    assert share(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)) is None


def test_independent_listings_have_wilsons_interval() -> None:
    hits = np.arange(400) % 4 == 0
    found = share(hits, np.arange(400))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(wilson(0.25, 400), abs=1e-3)


def test_copies_of_one_listing_say_no_more_than_one() -> None:
    sellers = np.repeat(np.arange(20), 30)
    hits = np.repeat(np.arange(20) % 2 == 0, 30)
    found = share(hits, sellers)
    assert found is not None
    assert found.count == 600
    assert found.high - found.low > 0.8 * np.diff(wilson(0.5, 20))[0]


@pytest.mark.parametrize("hit", [True, False])
def test_one_seller_who_always_fares_alike_counts_once(*, hit: bool) -> None:
    found = share(np.full(50, hit), np.zeros(50, dtype=np.int64))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(wilson(float(hit), 1))


def test_few_listings_are_marked() -> None:
    few, many = share(np.ones(19, dtype=bool), np.arange(19)), share(np.ones(20, dtype=bool), np.arange(20))
    assert few is not None
    assert many is not None
    assert (few.few, many.few) == (True, False)


def test_it_contains_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        of_seller = random.beta(2, 4, 60)  # sellers differ: mean 1/3
        sellers = np.repeat(np.arange(60), random.integers(1, 12, 60))
        found = share(random.random(len(sellers)) < of_seller[sellers], sellers)
        assert found is not None
        inside += found.low <= 1 / 3 <= found.high
    assert 0.90 <= inside / 300 <= 0.99
