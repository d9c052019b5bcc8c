"""Splits keep sellers and alike titles whole, put the newest last, and leave a gap for labels that come late."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.listing import Listing, Seller
from training.alike import STEPS, plain_title
from training.split import Plan, Split, folds, moment_of, seller_of, split
from training.takedowns import Takedown

DAY = datetime(2026, 1, 1, tzinfo=UTC)
TITLES = ("纯棉四件套加厚磨毛床上用品", "复古手提包女大容量通勤托特包", "儿童保温水杯带吸管防摔幼儿园")


def takedown(seller: str | None, day: int | None, title: str = "女包", seen: int | None = None) -> Takedown:
    when, before = (None if at is None else DAY + timedelta(days=at) for at in (day, seen))
    listing = Listing("1", title, seller=Seller(seller_id=seller), observed_at=before)
    return Takedown(listing, "rejected", decided_at=when)


def parts_of(parts: Split) -> list[list[int]]:
    return [part.tolist() for part in (parts.train, parts.calibration, parts.test)]


titles = st.builds(lambda base, end: base + end, st.sampled_from(TITLES), st.sampled_from(["", "A", " 包邮"]))
own = st.integers(0, 10**9).map(lambda n: f"{n:x}{n * 7919 + 13:x}{n * 104729 + 7:x}")
rows = st.lists(
    st.builds(takedown, st.sampled_from("abcdefghijkl"), st.none() | st.integers(0, 300), titles | own), max_size=60
)


@given(rows, st.floats(0, 40))
def test_no_row_stands_twice_and_every_one_left_out_is_counted(takedowns: list[Takedown], gap: float) -> None:
    parts = split(takedowns, Plan(gap_days=gap))
    kept = Counter(row for part in parts_of(parts) for row in part)
    assert set(kept.values()) <= {1}
    assert len(kept) + sum(parts.left_out.values()) == len(takedowns)


@given(rows)
def test_a_seller_is_on_one_side_only(takedowns: list[Takedown]) -> None:
    train, calibration, test = ({seller_of(takedowns[r]) for r in part} for part in parts_of(split(takedowns)))
    assert not train & calibration
    assert not calibration & test
    assert not train & test


@given(rows)
def test_titles_alike_are_on_one_side_only(takedowns: list[Takedown]) -> None:
    parts = split(takedowns)
    if parts.alike_from > STEPS[0]:
        return  # more than half of the titles are one chain: only equal ones are told
    told = [{plain_title(takedowns[r].listing.title) for r in part} for part in parts_of(parts)]
    for base in TITLES:
        assert sum(any(title.startswith(base) for title in part) for part in told) <= 1


@given(rows, st.floats(0, 40))
def test_parts_follow_each_other_in_time_with_the_gap_between(takedowns: list[Takedown], gap: float) -> None:
    parts = split(takedowns, Plan(gap_days=gap))
    moments = [moment_of(t) for t in takedowns]
    if sum(m is not None for m in moments) * 2 < len(moments):
        return  # nothing to order by
    spans = [[m for r in part if (m := moments[r]) is not None] for part in parts_of(parts)]
    assert all(moments[r] is not None for part in parts_of(parts)[1:] for r in part)  # undated ones only teach
    for older in range(2):
        for newer in range(older + 1, 3):
            if spans[older] and spans[newer]:
                assert min(spans[newer]) - max(spans[older]) >= timedelta(days=gap)


@given(rows)
def test_the_order_of_the_file_does_not_matter(takedowns: list[Takedown]) -> None:
    def told(some: list[Takedown]) -> list[list[tuple[str, str]]]:
        return [
            sorted((seller_of(some[r]), f"{moment_of(some[r])}{some[r].listing.title}") for r in part)
            for part in parts_of(split(some, Plan(gap_days=1)))
        ]

    assert told(takedowns) == told(takedowns[::-1])


def test_the_newest_sellers_are_tested() -> None:
    parts = split([takedown(f"s{i}", 100 - i, f"标题{i}") for i in range(100)], Plan(gap_days=0))
    assert (len(parts.train), len(parts.calibration), len(parts.test)) == (60, 20, 20)
    assert parts.test.max() < parts.calibration.min() <= parts.calibration.max() < parts.train.min()
    assert not parts.left_out


def test_the_gap_is_the_median_delay_of_a_decision() -> None:
    parts = split([takedown(f"s{i}", i, f"标题{i}", seen=i - (2 if i % 3 else 9)) for i in range(300)])
    assert parts.gap_days == 2
    assert parts.left_out == {"in a gap": 4}
    short = split([takedown(f"s{i}", i, f"标题{i}", seen=i - 50) for i in range(100)])
    assert short.gap_days == pytest.approx(99 * 0.05)  # what nobody asked for takes little of the time


def test_rows_of_a_seller_who_sells_all_the_time_are_measured_too() -> None:
    takedowns = [takedown(f"s{i % 50}", i, f"标题{i}号商品{i * 7}") for i in range(1000)]
    parts = split(takedowns, Plan(gap_days=0))
    assert min(map(len, parts_of(parts))) >= 10
    assert parts.left_out.keys() == {"in another part's time"}


def test_where_titles_chain_many_sellers_together_they_are_told_apart() -> None:
    takedowns = [
        takedown(f"s{i % 200}", i, TITLES[0] + "ABC"[i % 3] if i % 4 == 0 else f"标题{i}号商品{i * 7919}")
        for i in range(600)
    ]
    parts = split(takedowns, Plan(gap_days=0))
    assert parts.alike_from == STEPS[0]
    assert parts.left_out["like a newer title"] > 20
    chained = [[r for r in part if r % 4 == 0] for part in parts_of(parts)]
    assert [bool(rows) for rows in chained] == [False, False, True]  # the newest keep them
    assert len(parts.train) > 100
    assert not {r % 200 for r in parts.train.tolist()} & {r % 200 for r in parts.test.tolist()}


def test_a_seller_of_most_rows_is_not_divided() -> None:
    takedowns = [takedown("big" if i % 4 else f"s{i}", i, f"标题{i}号商品{i * 7}") for i in range(400)]
    parts = split(takedowns, Plan(gap_days=0))
    assert sum(any(seller_of(takedowns[r]) == "big" for r in part) for part in parts_of(parts)) == 1


def test_without_sellers_equal_titles_stay_together() -> None:
    takedowns = [takedown(None, None, f"标题{i % 50}") for i in range(500)]
    told = [{takedowns[r].listing.title for r in part} for part in parts_of(split(takedowns))]
    assert all(told)
    assert sum(map(len, told)) == 50


def test_listings_without_title_and_seller_are_nobodys() -> None:
    takedowns = [Takedown(Listing(str(i), "", signals={"x": 1.0}), "rejected") for i in range(500)]
    sizes = [len(part) for part in parts_of(split(takedowns))]
    assert sum(sizes) == 500
    assert max(sizes) < 350


def test_a_split_by_chance_asks_for_nothing() -> None:
    takedowns = [takedown("a", i) for i in range(100)]
    parts = split(takedowns, Plan("random"))
    assert [len(part) for part in parts_of(parts)] == [60, 20, 20]
    assert sorted(row for part in parts_of(parts) for row in part) == list(range(100))
    assert parts.kind == "random"


def test_folds_keep_sellers_and_alike_titles_whole_in_any_order() -> None:
    takedowns = [takedown(f"s{i % 30}", i, f"标题{i % 30}号{i * 31}") for i in range(300)]
    takedowns += [takedown(f"t{i}", i, TITLES[0] + " " * i) for i in range(20)]
    one, other = folds(takedowns, 5), folds(takedowns[::-1], 5)[::-1]
    assert one.tolist() == other.tolist()
    assert set(one.tolist()) == set(range(5))
    assert len({(takedowns[i].listing.seller.seller_id, one[i]) for i in range(320)}) == 50
    assert len(set(one[300:].tolist())) > 1
    assert len(set(folds(takedowns, 5, split(takedowns))[300:].tolist())) == 1


def test_a_time_without_a_zone_can_be_compared() -> None:
    plain = Takedown(Listing("1", "包"), "rejected", decided_at=DAY.replace(tzinfo=None))
    assert moment_of(plain) == DAY


def test_an_empty_file_has_empty_parts() -> None:
    assert parts_of(split([])) == [[], [], []]
    assert np.array_equal(folds([], 5), np.empty(0))
