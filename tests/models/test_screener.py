"""The pipeline: one answer per listing, the same from every door."""

from dataclasses import replace
from datetime import UTC, date, datetime

import orjson
import pytest

from features.listing import Listing, Seller, Trade
from models import Screener
from models.screener import evaluation_id, law_day
from models.screening import Screening
from models.warnings import NO_DATE, UNREADABLE

TODAY = date(2026, 11, 24)
QUIET = Trade(same_address_share=0.05, repeat_buyer_share=0.04)
HONEST = Listing("h", "新款简约家用保温杯", price_cny=150.0, trade=QUIET)
REPLICA = Listing("r", "新款纯原公司级专柜无压力女包", price_cny=30.0)
BRUSHED = Listing("b", "学生便携雨伞", trade=Trade(same_address_share=0.85, repeat_buyer_share=0.7))
BATCH = [HONEST, REPLICA, BRUSHED]


def test_a_listing_answers_the_same_alone_and_in_a_batch(screener: Screener) -> None:
    together = screener.screen(BATCH * 300, explain="full", today=TODAY)
    for listing, answer in zip(BATCH, together, strict=False):
        assert screener.screen([listing], explain="full", today=TODAY)[0].to_json() == answer.to_json()
    assert [a.listing_id for a in together] == [x.listing_id for x in BATCH * 300]
    assert screener.screen([], today=TODAY) == []


def test_risk_goes_to_the_head_that_asks(screener: Screener) -> None:
    honest, replica, brushed = screener.screen(BATCH, explain="none", today=TODAY)
    assert honest.heads["counterfeit"].p < 0.5 < replica.heads["counterfeit"].p
    assert honest.heads["fraud_order"].p < 0.5 < brushed.heads["fraud_order"].p
    assert replica.risk_score == max(head.score for head in replica.heads.values())


def test_explain_chooses_how_much_is_told_never_what(screener: Screener) -> None:
    none, findings, full = (screener.screen(BATCH, explain=e, today=TODAY) for e in ("none", "findings", "full"))
    for a, b, c in zip(none, findings, full, strict=True):
        assert (a.risk_score, a.level, a.action, a.evaluation_id) == (b.risk_score, b.level, b.action, b.evaluation_id)
        assert (b.risk_score, b.findings) == (c.risk_score, c.findings)
        assert {n: h.p for n, h in a.heads.items()} == {n: h.p for n, h in c.heads.items()}
        assert not a.findings
        assert all(head.explanation is None for head in a.heads.values())
        assert all((head.explanation is None) == (head.level == "low") for head in b.heads.values())
        assert all(head.explanation is not None for head in c.heads.values())


def test_a_flag_without_a_rule_says_what_drove_it(screener: Screener) -> None:
    answer = screener.screen([replace(BRUSHED, title="面膜补水保湿20片")], today=TODAY)[0]
    assert answer.heads["fraud_order"].level != "low"
    finding = next(f for f in answer.findings if f.source == "model")
    assert finding.code == "model.fraud_order"
    assert finding.message.zh
    assert "driven by" in finding.message.en
    assert (answer.category.id, [one.id for one in finding.authority]) == ("cosmetics", ["samr"])  # trades, not goods


@pytest.mark.parametrize("title", ["🔥🔥🔥", "\u200b\u200b", "！！！---", "12345"])
def test_nothing_to_read_is_never_no_risk(screener: Screener, title: str) -> None:
    answer = screener.screen([Listing("1", title)], explain="full", today=TODAY)[0]
    assert answer.assessment == "not_assessed"
    assert (answer.risk_score, answer.level, answer.action, answer.heads) == (None, None, "review", {})
    assert answer.reasons == ("unreadable",)
    assert answer.warnings == (UNREADABLE, NO_DATE)


@pytest.mark.parametrize(
    "listing",
    [
        Listing("1", "包"),
        Listing("1", "🔥", price_cny=3.0),
        Listing("1", "🔥", seller=Seller(rating=4.0)),
        Listing("1", "A"),
    ],
)
def test_a_word_or_a_number_is_enough(screener: Screener, listing: Listing) -> None:
    assert screener.screen([listing], today=TODAY)[0].assessment == "assessed"


@pytest.mark.parametrize(
    ("seen", "day"),
    [
        (None, date(2026, 11, 24)),
        (datetime(2025, 10, 15), date(2025, 10, 15)),  # noqa: DTZ001 - crawls often name no zone
        (datetime(2025, 10, 14, 15, 59, tzinfo=UTC), date(2025, 10, 14)),
        (datetime(2025, 10, 14, 16, 0, tzinfo=UTC), date(2025, 10, 15)),  # midnight in China
    ],
)
def test_law_is_cited_by_the_calendar_in_china(seen: datetime | None, day: date) -> None:
    assert law_day(Listing("1", "包", observed_at=seen), TODAY) == day


def test_the_evaluation_id_names_bundle_listing_and_day() -> None:
    one = evaluation_id("b", HONEST, TODAY)
    assert one == evaluation_id("b", replace(HONEST), TODAY)
    assert len(one) == 32
    others = {
        evaluation_id("c", HONEST, TODAY),
        evaluation_id("b", replace(HONEST, title="x"), TODAY),
        evaluation_id("b", replace(HONEST, signals={"s": 1.0}), TODAY),
        evaluation_id("b", HONEST, date(2027, 1, 1)),
    }
    assert len(others | {one}) == 5
    assert evaluation_id("b", replace(HONEST, attributes={"a": "1", "b": "2"}), TODAY) == evaluation_id(
        "b", replace(HONEST, attributes={"b": "2", "a": "1"}), TODAY
    )


def warned(answer: Screening) -> dict[str, str]:
    return {w.code: w.pointer for w in answer.warnings}


def test_warnings_point_into_the_listing(screener: Screener) -> None:
    odd = replace(HONEST, category="量子波动", signals={"a/b~c": 1.0})
    told = warned(screener.screen([odd], today=TODAY)[0])
    assert told == {
        "law.as_of_today": "/observed_at",
        "category.unknown": "/category",
        "signal.unknown": "/signals/a~1b~0c",
    }
    dated = replace(HONEST, observed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert warned(screener.screen([dated], today=TODAY)[0]) == {}


def test_the_wire_is_plain_json(screener: Screener) -> None:
    answer = screener.screen([REPLICA], explain="full", today=TODAY)[0]
    assert orjson.loads(answer.to_json())["listing_id"] == "r"
    assert answer.versions.bundle == screener.bundle.id
