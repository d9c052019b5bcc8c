"""What becomes a fact, and that it travels."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.listing import Listing, Seller, Trade
from models import Screener
from service.leads import LeadFact, fact_of
from tests.service.leads.conftest import Make, replica

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("title", "risky"),
    [
        ("顶级版本 CHANE1 香奶奶22bag 芯片版 过验", True),
        ("天然A货翡翠手镯 冰种飘花 支持复检", False),
        ("🎉🎉", False),  # cannot be assessed: no lead, and counted as such
    ],
)
def test_what_is_risky_is_a_fact(starter: Screener, title: str, risky: bool) -> None:
    listing = Listing("1", title)
    assert (fact_of(listing, starter.screen([listing], today=TODAY)[0]) is not None) == risky


def test_a_fact_holds_what_a_lead_needs(starter: Screener) -> None:
    listing = Listing(
        "7", "顶级版本 CHANE1 香奶奶22bag 芯片版 加微信 abc_12345 国药准字Z44021940", platform="甲", price_cny=680.0, url="https://x/7",
        observed_at=datetime(2026, 11, 19, tzinfo=UTC), seller=Seller("s", "鼎盛百货", region="广东深圳"),
        trade=Trade(orders_30d=12.0),
    )  # fmt: skip
    fact = fact_of(listing, starter.screen([listing], today=TODAY)[0])
    assert fact
    assert (fact.seller, fact.sales, fact.sales_of, fact.seen_on) == ("甲|s", 12.0, "30d", "2026-11-19")
    assert fact.contacts == ("abc_12345",)
    assert fact.papers[0].number == "国药准字Z44021940"
    assert all(listing.title[m.start : m.end] == m.text for f in fact.faults for m in f.marks if m.field == "title")
    assert "680 < 35000" in {m.text for f in fact.faults for m in f.marks if m.field == "price_cny"}
    assert LeadFact.from_json(fact.to_json()) == fact


@given(st.text(min_size=1, max_size=40).filter(str.isprintable), st.none() | st.floats(0, 1e9))
def test_a_fact_travels_as_one_line(title: str, price: float | None) -> None:
    fact = replica(title, price_cny=price)
    line = fact.to_json()
    assert b"\n" not in line
    assert LeadFact.from_json(line) == fact


def test_who_offers_is_told_as_well_as_it_is_known(make: Make) -> None:
    told: list[dict[str, object]] = [
        {},
        {"seller_id": None, "seller_name": "店"},
        {"seller_id": None, "uscc": "9"},
        {"seller_id": None},
    ]
    assert [make(**one).seller for one in told] == ["甲|s", "甲|店", "甲|9", "甲|?1"]
