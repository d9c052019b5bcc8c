"""Seller and quality without a browser: what is told, what is hidden, and who may change the bundle."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from service.console import pictures
from service.console.figures import figures
from service.ledger.glance import Glance, glance
from service.ledger.kinship import Tie, ties
from service.ledger.ledger import Ledger

Page = Any  # a browser, see conftest
Visit = Callable[..., Any]
Key = Callable[..., str]
USCC = "91350100M000100Y43"
TITLE = "高仿香奈儿链条小包 芯片版过验 官方同款现货"


@pytest.fixture
def desk(visit: Visit) -> Page:
    browser = visit()
    shops = {
        "s1": ("甲店", "91350100M000100Y43"),
        "s2": ("乙店", "91350100M000100Y43"),
        "s3": ("甲店", None),
        "s4": ("丁店", None),
    }
    titles = {"s1": TITLE, "s2": "高仿包", "s3": "高仿表", "s4": TITLE + "！"}
    for name, (shop, uscc) in shops.items():
        seller = {"seller_id": name, "name": shop} | ({"uscc": uscc} if uscc else {})
        told = {
            "listing_id": name,
            "title": titles[name],
            "price_cny": 680,
            "seller": seller,
            "trade": {"orders_30d": 7},
        }
        assert browser.post("/v1/score", json=told).status_code == 200
    browser.look("/queue")
    return browser


def test_ties_of_a_seller_and_of_its_kin(desk: Page, ledger: Ledger) -> None:
    assert desk.look("/sellers").status_code == 200
    with ledger.view() as view:
        found = {(tie.one, tie.other, tie.by) for tie in ties(view, "s2")}
        assert ties(view, "nobody") == []
    assert found == {("s1", "s2", "uscc"), ("s1", "s3", "name"), ("s1", "s4", "title")}  # two steps away


@pytest.mark.parametrize(
    ("one", "other", "tied"),
    [
        ("鹿鸣美妆旗舰店", "鹿鸣美妆小店02", True),
        ("鹿鸣美妆 官方旗舰店", "鹿鸣美妆 店铺", True),
        ("鹿鸣美妆旗舰店", "鹿鸣美妆护肤旗舰店", False),  # another word
        ("旗舰店", "小店", False),  # only says that it is a shop
        ("店%店", "店x店", False),
    ],
)
def test_shops_of_nearly_one_name_are_candidates(
    visit: Visit, ledger: Ledger, one: str, other: str, tied: bool
) -> None:
    browser = visit()
    for name, shop in (("a", one), ("b", other)):
        told = {"listing_id": name, "title": f"帆布{name}", "seller": {"seller_id": name, "name": shop}}
        assert browser.post("/v1/score", json=told).status_code == 200
    with ledger.view() as view:
        assert ties(view, "a") == ([Tie("a", "b", "shop")] if tied else [])
    page = browser.look("/sellers?seller_id=a", **{"accept-language": "zh"}).text
    assert ("店名相近" in page, page.count("data-chart=")) == ((True, 1) if tied else (False, 0))


def test_a_reviewer_sees_what_else_a_seller_offers_and_no_verdict_on_this(desk: Page, ledger: Ledger) -> None:
    more = {"seller": {"seller_id": "s1", "name": "甲店"}, "price_cny": 5}
    for number, title in enumerate(("高仿鞋", "帆布包", "高仿鞋")):
        told = {"listing_id": f"m{number % 2}", "title": title} | more
        assert desk.post("/v1/score", json=told).status_code == 200
    for name, verdict in (("m0", "confirmed"), ("s1", "false_alarm")):
        label = {"listing_id": name, "verdict": verdict} | ({"reason": "replica"} if verdict == "confirmed" else {})
        assert desk.post("/v1/labels", json=label).status_code == 201
    with ledger.view() as view:
        assert glance(view, "s1", "s1", None) == Glance(2, 1, {"confirmed": 1}, whole=True)
        assert glance(view, "s2", "s2", None) == Glance(0, 0, {}, whole=True)
    desk.get("/v1/cases")
    for seller, state, line in (
        ("s4", "open", "没有见过这家店的其他商品"),
        ("s1", "closed", "另有 2 件商品，其中 1 件有风险"),
    ):
        found = desk.get("/v1/cases", params={"seller_id": seller, "state": state}).json()
        (case,) = (one["case_id"] for one in found if one["listing_id"] == seller)
        page = desk.look(f"/queue/{case}", **{"accept-language": "zh"}).text
        assert line in page
        assert f"/console/sellers?seller_id={seller}" in page


def test_a_seller_is_shown_with_pictures_and_ties(desk: Page) -> None:
    page = desk.look("/sellers?seller_id=s1").text
    assert page.count("data-chart=") == 3
    assert "/console/sellers?seller_id=s4" in page
    assert desk.look("/sellers?seller_id=nobody").status_code == 404


def test_a_shop_turns_no_figure_of_a_picture_around(visit: Visit) -> None:
    browser = visit()
    told = {
        "listing_id": "1",
        "title": "\u202e高仿包",
        "price_cny": 12,
        "seller": {"seller_id": "s\u202e", "name": "甲"},
    }
    assert browser.post("/v1/score", json=told).status_code == 200
    page = browser.look("/sellers?seller_id=s%E2%80%AE").text
    assert page.count("data-chart=") == 1
    assert ("\u202e" in page, "202e" in page, "U+202E" in page) == (False, False, True)


def test_a_network_is_the_same_every_time() -> None:
    pair = [Tie("a", "b", "uscc"), Tie("b", "c", "title")]
    names = {"uscc": "U", "name": "N", "shop": "S", "title": "T"}
    told = pictures.network("a", pair, names)
    assert told == pictures.network("a", pair, names)
    assert [one["name"] for one in told["series"][-1]["data"]] == ["a", "b", "c"]
    assert told["legend"]["data"] == ["U", "T"]


def test_what_people_said_is_counted_without_what_was_taken_back(desk: Page, ledger: Ledger) -> None:
    for name, verdict in (("s1", "confirmed"), ("s2", "confirmed"), ("s3", "false_alarm")):
        told = {"listing_id": name, "verdict": verdict} | ({"reason": "replica"} if verdict == "confirmed" else {})
        assert desk.post("/v1/labels", json=told).status_code == 201
    desk.look("/queue")
    case = desk.fill("/queue/next").headers["location"].rsplit("/", 1)[1]
    desk.post(f"/v1/cases/{case}/decide", json={"reviewer": "console", "verdict": "false_alarm"})
    desk.post(f"/v1/cases/{case}/undo", json={"reviewer": "console"})
    with ledger.view() as view:
        found = figures(view, desk.app.state.screener.reader.folder)
    assert (found.evaluations, found.labels, found.missed) == (4, 3, 0)
    high = found.precision["high"]
    assert (high.count, high.hits, high.low < 2 / 3 < high.high) == (3, 2, True)
    assert sum(found.scores) == 4
    assert [(round(p, 2), rate.count) for p, rate in found.calibration] == [(0.9, 3)]
    page = desk.look("/quality").text
    assert "67%" in page
    assert "console" in page


def test_quality_says_when_there_is_nothing(visit: Visit) -> None:
    browser = visit()
    assert browser.look("/quality", **{"accept-language": "zh"}).text.count('class="empty"') == 6
    assert "没有可比较的记录" in browser.look("/quality/drift", **{"accept-language": "zh"}).text


def test_only_admins_change_the_bundle(visit: Visit, key: Key) -> None:
    token, ruler, browser = key("review"), key("admin"), visit()
    browser.enter(token)
    assert browser.look("/quality").status_code == 200
    assert browser.fill("/quality/activate", {"bundle": "starter", "why": "试"}).status_code == 403
    admin = visit()
    admin.enter(ruler)
    admin.look("/quality")
    assert admin.fill("/quality/rollback", {"why": "试"}).status_code == 409  # started with a bundle of its own


def test_an_admin_makes_a_decided_case_golden_and_lets_it_rest(desk: Page, visit: Visit, key: Key) -> None:
    case = desk.fill("/queue/next").headers["location"].rsplit("/", 1)[1]
    assert "quality/golden" not in desk.look(f"/queue/{case}").text  # not decided yet
    desk.post(f"/v1/cases/{case}/decide", json={"reviewer": "console", "verdict": "confirmed", "reason": "piracy"})
    page = desk.look(f"/queue/{case}").text
    assert '<option value="piracy" selected>' in page
    made = desk.fill(f"/quality/golden/{case}", {"verdict": "confirmed", "reason": "piracy"})
    assert (made.status_code, made.headers["location"]) == (303, "/console/quality/golden")
    assert desk.fill(f"/quality/golden/{case}", {"verdict": "false_alarm"}).status_code == 409
    desk.app.state.casework._golden_rate = 1.0
    met = desk.post("/v1/cases/next", json={"reviewer": "王"}).json()["case"]["case_id"]
    assert desk.post(f"/v1/cases/{met}/decide", json={"reviewer": "王", "verdict": "false_alarm"}).status_code == 200
    row = desk.look("/quality/golden").text.partition("<tbody>")[2]
    assert re.findall(r'<td class="n">(\d+)</td>', row) == ["0", "1", "0"]  # agreed, disagreed, unsure
    assert f"/quality/golden/{case}/retire" in desk.look(f"/queue/{case}").text
    token, ruler = key("review"), key("admin")
    browser, admin = visit(), visit()
    browser.enter(token)
    assert browser.look("/quality/golden").status_code == 403
    assert "quality/golden" not in browser.look("/quality").text + browser.look(f"/queue/{case}").text
    assert browser.fill(f"/quality/golden/{case}/retire").status_code == 403
    admin.enter(ruler)
    admin.look("/quality/golden")
    assert admin.fill(f"/quality/golden/{case}/retire").status_code == 303
    assert admin.fill(f"/quality/golden/{case}/retire").status_code == 404
    assert 'class="empty"' in admin.look("/quality/golden").text
