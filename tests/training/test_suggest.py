"""What is suggested for labelling: useful, never twice the same, the same every time."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from features.listing import NO_SELLER, NO_TRADE, Listing, Seller
from features.reader import Reader
from models import STARTER, Bundle, open_bundle
from training.drift import sampled
from training.market import simulate
from training.suggest import QUOTAS, Pick, freshness, sales_of, suggest


@pytest.fixture(scope="module")
def starter() -> Bundle:
    return open_bundle(STARTER)


@pytest.fixture(scope="module")
def reader(starter: Bundle) -> Reader:
    return Reader(starter.knowledge)


@pytest.fixture(scope="module")
def pool() -> list[Listing]:
    return [takedown.listing for takedown in simulate(1500, 11)]


@pytest.fixture(scope="module")
def picks(starter: Bundle, reader: Reader, pool: list[Listing]) -> list[Pick]:
    return suggest(starter, pool, 60, reader)


def test_the_budget_is_shared_among_the_kinds(picks: list[Pick]) -> None:
    kinds = Counter(pick.kind for pick in picks)
    assert len(picks) == len({pick.row for pick in picks}) == 60
    assert all(abs(kinds[kind] - 60 * share) <= 1 for kind, share in QUOTAS.items())
    first = Counter(pick.kind for pick in picks[:40])
    assert all(first[kind] for kind in QUOTAS)


def test_every_pick_says_why_in_both_languages(picks: list[Pick]) -> None:
    assert all(pick.why.zh and pick.why.en and pick.p for pick in picks)
    sold = [pick for pick in picks if pick.sales_cny]
    assert all("近30天" in pick.why.zh and "30 days" in pick.why.en for pick in sold)


def test_the_same_listings_give_the_same_picks_in_any_order(
    starter: Bundle, reader: Reader, pool: list[Listing], picks: list[Pick]
) -> None:
    again = suggest(starter, pool[::-1], 60, reader)
    assert [pool[pick.row] for pick in picks] == [pool[::-1][pick.row] for pick in again]


def test_risky_listings_come_first(picks: list[Pick]) -> None:
    likely = [max(pick.p.values()) for pick in picks if pick.kind == "risk"]
    drawn = [max(pick.p.values()) for pick in picks if pick.kind == "explore"]
    assert np.median(likely) > 3 * np.median(drawn)


def test_an_offer_written_twice_is_picked_once(starter: Bundle, reader: Reader) -> None:
    title = "顶级版本 香奶奶22bag 芯片版 过验"
    twice = [Listing(str(i), f"{title}{'!' * (i % 3)}", seller=Seller(seller_id=str(i))) for i in range(40)]
    other = Listing("x", "天然乳胶枕头 家用护颈")
    picked = suggest(starter, [*twice, other], 10, reader)
    assert len(picked) == 2
    assert {pick.row < 40 for pick in picked} == {True, False}


def test_a_lister_is_asked_about_a_few_times_only(starter: Bundle, reader: Reader, pool: list[Listing]) -> None:
    one = [replace(listing, seller=replace(NO_SELLER, seller_id="s")) for listing in pool[:300]]
    assert len(suggest(starter, one, 50, reader)) == 2


def test_a_budget_above_the_rows_gives_what_there_is(starter: Bundle, reader: Reader) -> None:
    rows = [Listing(str(i), title) for i, title in enumerate(("帆布包大容量", "不锈钢保温杯", "儿童雨衣"))]
    assert len(suggest(starter, rows, 100, reader)) == 3
    assert suggest(starter, [], 100, reader) == []


def test_no_trade_record_is_no_obstacle(starter: Bundle, reader: Reader, pool: list[Listing]) -> None:
    bare = [replace(x, trade=NO_TRADE, price_cny=None, seller=NO_SELLER) for x in pool[:200]]
    picked = suggest(starter, bare, 20, reader)
    assert len(picked) == 20
    assert all(pick.sales_cny is None and "近30天" not in pick.why.zh for pick in picked)


def test_what_sells_more_comes_first(starter: Bundle, reader: Reader) -> None:
    titles = ("顶级版本 古驰双肩包 芯片版", "纯原 路易威登钱包 过验")
    quiet = Listing("a", titles[0], price_cny=500, trade=replace(NO_TRADE, orders_30d=1.0))
    loud = replace(
        quiet, listing_id="b", title=titles[0] + " 正品级原厂皮配全套包装", trade=replace(NO_TRADE, orders_30d=9e4)
    )
    assert sales_of(loud) == 4.5e7
    assert sales_of(replace(loud, price_cny=None)) is None
    assert suggest(starter, [quiet, loud], 1, reader)[0].row == 1


def test_fresh_wording_needs_no_memory_of_the_bundle(starter: Bundle, reader: Reader) -> None:
    rows = [Listing(str(i), "帆布包大容量", seller=Seller(seller_id=str(i))) for i in range(5)]
    forgetful = Bundle(**{name: getattr(starter, name) for name in Bundle.__slots__} | {"reference": None})
    fresh = freshness(forgetful, sampled(starter, [*rows, Listing("x", "鑫鬻猷")], reader))
    assert fresh[:5].max() == 0
    assert fresh[5] == 1
