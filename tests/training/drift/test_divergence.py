"""Shares, effective sizes and distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.drift.divergence import Shares, distance, shares_of


def counted(bins: list[int], groups: list[int], count: int = 2) -> Shares:
    return shares_of(np.array(bins, dtype=np.int64), np.array(groups, dtype=np.int64), count)


def test_independent_listings_are_worth_themselves_copies_are_worth_one() -> None:
    bins = [0, 1] * 50
    assert counted(bins, list(range(100))).size == pytest.approx(99)
    alike = counted([i // 10 % 2 for i in range(100)], [i // 10 for i in range(100)])
    assert alike.size == pytest.approx(9)  # ten sellers, one degree of freedom spent
    assert alike.shares == (0.5, 0.5)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=60))
def test_shares_sum_to_one_and_a_table_is_no_distance_from_itself(rows: list[tuple[int, int]]) -> None:
    shares = counted([b for b, _ in rows], [g for _, g in rows], 4)
    assert sum(shares.shares) == pytest.approx(1)
    assert 0 < shares.size <= len(rows)
    same = distance(shares, shares)
    assert (same.psi, same.p) == (0.0, 1.0)


def test_nobody_counted_is_no_distance_from_anything() -> None:
    empty, full = counted([], []), counted([0, 1] * 20, list(range(40)))
    assert distance(empty, full).p == distance(full, empty).p == 1.0


@pytest.mark.parametrize("listings_per_seller", [1, 8])
def test_the_same_market_rarely_looks_moved_and_copies_do_not_change_that(listings_per_seller: int) -> None:
    random = np.random.default_rng(5)

    def draw() -> tuple[np.ndarray, np.ndarray]:
        bins = random.integers(0, 5, 150).repeat(listings_per_seller)
        return bins, np.arange(150).repeat(listings_per_seller)

    chances = [distance(shares_of(*draw(), 5), shares_of(*draw(), 5)).p for _ in range(300)]
    assert np.mean(np.array(chances) < 0.05) < 0.1


def test_a_moved_share_is_seen_and_its_size_told() -> None:
    random = np.random.default_rng(5)
    old, new = (shares_of((random.random(2000) < p).astype(np.int64), np.arange(2000), 2) for p in (0.3, 0.6))
    apart = distance(old, new)
    assert apart.p < 1e-9
    assert apart.psi == pytest.approx((0.6 - 0.3) * np.log(0.6 * 0.7 / (0.3 * 0.4)), rel=0.2)


def test_one_strange_listing_is_no_drift() -> None:
    old = counted([0] * 3000, list(range(3000)))
    new = counted([0] * 299 + [1], list(range(300)))
    assert distance(old, new).p == 1.0
