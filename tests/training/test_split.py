"""Splits keep sellers whole and put the newest last."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from features.listing import Listing, Seller
from training.split import folds, moment_of, seller_of, split
from training.takedowns import Takedown

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def takedown(seller: str | None, day: int | None, title: str = "女包") -> Takedown:
    when = None if day is None else DAY + timedelta(days=day)
    return Takedown(Listing("1", title, seller=Seller(seller_id=seller)), "rejected", decided_at=when)


rows = st.lists(st.builds(takedown, st.sampled_from("abcdefgh"), st.none() | st.integers(0, 300)), max_size=60)


@given(rows)
def test_every_row_is_in_one_part_and_no_seller_in_two(takedowns: list[Takedown]) -> None:
    parts = split(takedowns)
    rows = [*parts.train, *parts.calibration, *parts.test]
    assert sorted(rows) == list(range(len(takedowns)))
    sellers = [{seller_of(takedowns[r]) for r in part} for part in (parts.train, parts.calibration, parts.test)]
    assert not sellers[0] & sellers[1]
    assert not sellers[1] & sellers[2]
    assert not sellers[0] & sellers[2]


def test_the_newest_sellers_are_tested() -> None:
    parts = split([takedown(f"s{i}", 100 - i) for i in range(100)])
    assert (len(parts.train), len(parts.calibration), len(parts.test)) == (60, 20, 20)
    assert parts.test.max() < parts.calibration.min() <= parts.calibration.max() < parts.train.min()


def test_without_sellers_equal_titles_stay_together() -> None:
    takedowns = [takedown(None, None, f"标题{i % 50}") for i in range(500)]
    parts = split(takedowns)
    told = [{takedowns[r].listing.title for r in part} for part in (parts.train, parts.calibration, parts.test)]
    assert all(told)
    assert sum(map(len, told)) == 50


def test_folds_keep_sellers_whole_in_any_order() -> None:
    takedowns = [takedown(f"s{i % 30}", i) for i in range(300)]
    one, other = folds(takedowns, 5), folds(takedowns[::-1], 5)[::-1]
    assert one.tolist() == other.tolist()
    assert set(one.tolist()) == set(range(5))


def test_a_time_without_a_zone_can_be_compared() -> None:
    plain = Takedown(Listing("1", "包"), "rejected", decided_at=DAY.replace(tzinfo=None))
    assert moment_of(plain) == DAY
