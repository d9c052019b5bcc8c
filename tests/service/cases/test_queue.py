"""The queue: what waits for a reviewer, in which order, and when it waits anew."""

from typing import Any

import pytest

from service.ledger.erasure import erase_seller
from service.ledger.ledger import Ledger

Desk = Any  # see conftest
Told = dict[str, Any]


def test_what_asks_for_review_waits_once_whatever_was_answered_since(desk: Desk) -> None:
    desk.list_one("1")
    desk.list_one("1")
    desk.list_one("1", "高仿包包 特价")
    desk.list_one("1", platform="某宝")
    desk.list_one("2", "帆布包")  # passes
    assert desk.waiting() == ["1", "1"]
    titles = {one["title"] for one in desk.door.get("/v1/cases").json()}
    assert titles == {"高仿包包 特价", "高仿包包"}


def test_an_edit_hides_no_listing_from_review_and_the_label_says_it_was_missed(desk: Desk) -> None:
    desk.list_one("1")
    desk.waiting()
    desk.list_one("1", "帆布包")
    (one,) = desk.door.get("/v1/cases").json()
    assert (one["title"], one["action"], one["risk_score"]) == ("帆布包", "pass", 3)
    assert desk.decide(one["case_id"], "周").status_code == 200
    newest = desk.door.get("/v1/listings/1").json()["evaluations"][0]
    assert [one["verdict"] for one in newest["labels"]] == ["missed"]
    assert desk.outcomes() == {"1": "confirmed"}


def test_the_queue_is_ordered_by_risk_and_exposure(desk: Desk) -> None:
    desk.list_one("cheap", price_cny=10, trade={"orders_30d": 10})
    desk.list_one("unsold", price_cny=99999)
    desk.list_one("dear", price_cny=5000, trade={"orders_total": 10})
    desk.list_one("edited")
    desk.waiting()
    desk.list_one("edited", "帆布包", price_cny=9, trade={"orders_30d": 1e12})
    assert desk.waiting() == ["dear", "cheap", "unsold", "edited"]
    first = desk.door.get("/v1/cases", params={"limit": 2}).json()
    rest = desk.waiting(limit=2, after=first[-1]["case_id"])
    assert ([one["listing_id"] for one in first], rest) == (["dear", "cheap"], ["unsold", "edited"])
    assert desk.waiting(level="low") == ["edited"]
    assert desk.waiting(category="drugs") == []
    assert desk.door.get("/v1/cases", params={"after": "nothing"}).status_code == 404


def test_nearly_equal_titles_are_decided_and_taken_back_together(desk: Desk) -> None:
    title = "高仿大牌 香奈儿同款链条小包 芯片版过验"
    for number in range(4):
        desk.list_one(f"n{number}", f"{title} {number}号色", price_cny=9 - number, trade={"orders_30d": 1})
    desk.list_one("other", "顶级高仿 劳力士机械表 一比一")
    desk.list_one("upper", title.upper(), price_cny=1)
    case, theirs = desk.next("周"), desk.next("王")
    assert case
    assert theirs
    near = {one["listing_id"]: one["case_id"] for one in case["near"]}
    assert near.keys() == {"n1", "n2", "n3", "upper"}
    other = desk.door.get("/v1/cases", params={"seller_id": "x"}).json()
    assert other == []
    stranger = next(one["case_id"] for one in desk.door.get("/v1/cases").json() if one["listing_id"] == "other")
    name = case["case"]["case_id"]
    done = desk.decide(name, "周", also=[*near.values(), stranger, name, "nothing"]).json()
    assert done["cases"] == 4
    assert {one["case_id"] for one in done["left"]} == {theirs["case"]["case_id"], stranger, "nothing"}
    assert desk.outcomes().keys() == {"n0", "n2", "n3", "upper"}
    assert desk.step(name, "undo", "周").json()["cases"] == 4
    assert desk.outcomes() == {}
    assert set(desk.waiting(state="waiting")) == {"n2", "n3", "upper", "other"}
    assert desk.waiting(state="claimed") == ["n0", "n1"]


def test_a_label_from_elsewhere_closes_a_case(desk: Desk) -> None:
    desk.list_one("1")
    case = desk.next("周")
    assert case
    desk.door.post("/v1/labels", json={"listing_id": "1", "verdict": "false_alarm", "source": "申诉"})
    assert desk.waiting() == []
    assert desk.decide(case["case"]["case_id"], "周").status_code == 409


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({}, False),
        ({"observed_at": "2026-03-01T10:00:00"}, False),  # answered anew, nothing else
        ({"trade": {"orders_30d": 7}}, False),
        ({"price_cny": 60}, False),
        ({"price_cny": 40}, True),
        ({"title": "高仿包包 新款"}, True),
        ({"description": "支持验货"}, True),
        ({"title": "帆布包"}, False),
    ],
)
def test_a_decided_listing_waits_anew_when_what_was_judged_has_changed(desk: Desk, change: Told, again: bool) -> None:
    bag: Told = {"price_cny": 100, "title": "高仿包包"}
    desk.list_one("1", **bag)
    name = desk.next("周")["case"]["case_id"]
    desk.decide(name, "周", "false_alarm")
    desk.list_one("1", **bag | change)
    assert desk.waiting() == (["1"] if again else [])
    if again:
        assert desk.step(name, "undo", "周").status_code == 409


def test_an_erased_seller_leaves_the_queue(desk: Desk, ledger: Ledger) -> None:
    desk.list_one("1", seller={"seller_id": "s-1"})
    desk.list_one("2", seller={"seller_id": "s-2"})
    name = desk.next("周")["case"]["case_id"]
    desk.decide(name, "周", note="张三，电话 138")
    erase_seller(ledger, "s-1", who="周", why="请求")
    erase_seller(ledger, "s-2", who="周", why="请求")
    assert (desk.waiting(), desk.waiting(state="closed"), desk.outcomes()) == ([], [], {})
    assert desk.door.get(f"/v1/cases/{name}").status_code == 404
    assert desk.whole()
