"""Who belongs together, and who only looks so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.knowledge import load
from service.leads import LeadFact, Pile, Weighing
from service.leads.linking import LARGEST, groups
from service.shop import plain_name
from tests.service.leads.conftest import USCC, replica

LONG = "顶级版本 名牌链条包 芯片版 过验 原厂皮 全套包装"


def sets(facts: list[LeadFact]) -> list[set[str]]:
    pile = Pile(Weighing.of_knowledge(load()))
    for fact in facts:
        pile.add(fact)
    found = groups(pile)
    by_group: dict[int, set[str]] = {}
    for seller, group in enumerate(found.number.tolist()):
        by_group.setdefault(group, set()).add(pile.key(seller).split("|")[1])
    pile.close()
    return sorted(by_group.values(), key=sorted)


def two(a: dict[str, object], b: dict[str, object]) -> list[LeadFact]:
    base_a, base_b = {"title": "甲店专卖运动鞋"}, {"title": "乙铺出售手提包"}
    return [replica(**(base_a | {"seller_id": "a"} | a)), replica(**(base_b | {"seller_id": "b"} | b))]


@pytest.mark.parametrize(
    ("a", "b", "linked"),
    [
        ({"uscc": USCC}, {"uscc": USCC.lower()}, True),
        ({"uscc": "123"}, {"uscc": "123"}, False),  # no such company
        ({"contacts": ("abc12345",)}, {"contacts": ("abc12345",)}, True),
        ({"contacts": ("abc12345",)}, {"contacts": ("abc12346",)}, False),
        ({"title": LONG, "price_cny": 99.0}, {"title": LONG, "price_cny": 99.0}, True),
        ({"title": LONG, "price_cny": 99.0}, {"title": LONG, "price_cny": 98.0}, False),  # a title alone
        ({"title": LONG}, {"title": LONG}, False),
        ({"title": "名牌包", "price_cny": 99.0}, {"title": "名牌包", "price_cny": 99.0}, False),  # everybody's title
        ({"seller_name": "鼎盛潮品旗舰店"}, {"seller_name": "鼎盛潮品02"}, False),  # a name alone
        (
            {"seller_name": "鼎盛潮品旗舰店", "title": LONG}, {"seller_name": "鼎盛潮品02", "title": LONG + "盒"}, True,
        ),
    ],
)  # fmt: skip
def test_two_sellers(a: dict[str, object], b: dict[str, object], linked: bool) -> None:
    assert (sets(two(a, b)) == [{"a", "b"}]) == linked


def test_what_everybody_shares_links_nobody() -> None:
    many = [replica(LONG, seller_id=f"s{i}", seller_name="官方潮流馆", price_cny=9.9) for i in range(12)]
    assert len(sets(many)) == 12


def test_a_group_that_grows_by_weak_links_falls_apart_and_strong_ones_hold() -> None:
    chain = []
    for i in range(LARGEST + 10):
        chain += [
            replica(
                f"{LONG}{at:04d}号链条上的款式{at * 7919 % 9973}",
                seller_id=f"s{i:03d}",
                listing_id=str(at),
                price_cny=10.0 + at,
            )
            for at in (i, i + 1)
        ]
    chain += [replica(seller_id=f"s{i:03d}", contacts=("abc12345",)) for i in (0, 1)]
    found = sets(chain)
    assert max(map(len, found)) == 2
    assert {"s000", "s001"} in found


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(6)))
def test_order_does_not_matter(order: list[int]) -> None:
    facts = [
        replica(LONG, seller_id=str(i), price_cny=1.0 + i % 3, contacts=("vx12345",) if i < 2 else ()) for i in range(6)
    ]
    assert sets([facts[at] for at in order]) == sets(facts)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("美妆优品 官方旗舰店02", "美妆优品"),
        ("Ｎike专卖店", "nike"),
        ("官方旗舰店", ""),
        ("老店新开", "老店新开"),
        ("", ""),
    ],
)
def test_a_shop_is_named_without_what_all_are_called(name: str, plain: str) -> None:
    assert plain_name(name) == plain
