"""The queue without a browser: cases are taken, decided and taken back; nobody sees more than they may."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from service.ledger import labels
from service.ledger.ledger import Ledger

Page = Any  # a browser, see conftest
Visit = Callable[..., Any]
Key = Callable[..., str]
HOSTILE = "高仿<img src=x onerror=alert(1)>\u202e包包" + "😀" * 40
HTMX = {"hx-request": "true"}


@pytest.fixture
def desk(visit: Visit) -> Page:
    browser = visit()
    for number in range(3):
        told = {"listing_id": str(number), "title": f"{HOSTILE}{number}号", "price_cny": 9 - number}
        more = {"trade": {"orders_30d": 1}, "seller": {"seller_id": "s/<1>", "name": "<b>旗舰店"}}
        assert browser.post("/v1/score", json=told | more).status_code == 200
    return browser


def outcomes(ledger: Ledger) -> dict[str, str]:
    with ledger.view() as view:
        return {str(one.listing.listing_id): one.outcome for one in labels.takedowns(view)}


def begin(browser: Page) -> str:
    """Take the first case; its id."""
    browser.look("/queue")
    address = browser.fill("/queue/next").headers["location"]
    return str(address.rsplit("/", 1)[1])


def evaluation(page: str) -> dict[str, str]:
    found = re.search(r'name="evaluation_id" value="(\w+)"', page)
    assert found
    return {"evaluation_id": found[1]}


def test_the_queue_shows_hostile_titles_as_text(desk: Page) -> None:
    for path in ("/queue", f"/queue/{begin(desk)}"):
        page = desk.look(path).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page
        assert "\u202e" not in page


def test_cases_are_decided_one_after_the_other_and_taken_back(desk: Page, ledger: Ledger) -> None:
    first = begin(desk)
    page = desk.look(f"/queue/{first}").text
    told = {"verdict": "confirmed", "reason": "replica", "note": "看图"} | evaluation(page)
    after = desk.fill(f"/queue/{first}/decide", told, **HTMX)
    second = after.headers["hx-push-url"].rsplit("/", 1)[1]
    assert (after.status_code, second == first, "<html" in after.text) == (200, False, False)
    assert outcomes(ledger) == {"0": "confirmed"}
    desk.fill(
        f"/queue/{second}/decide", {"verdict": "false_alarm", "reason": "replica"} | evaluation(after.text), **HTMX
    )
    assert outcomes(ledger) == {"0": "confirmed", "1": "rejected"}
    back = desk.fill(f"/queue/{second}/undo", **HTMX)
    assert back.headers["hx-push-url"].endswith(second)
    assert outcomes(ledger) == {"0": "confirmed"}


def test_a_group_is_decided_at_once(desk: Page, ledger: Ledger) -> None:
    first = begin(desk)
    page = desk.look(f"/queue/{first}").text
    near = re.findall(r'name="also" value="(\w+)"', page)
    assert len(near) == 2
    told = {"verdict": "false_alarm", "also": near} | evaluation(page)
    done = desk.fill(f"/queue/{first}/decide", told, **HTMX)
    assert done.headers["hx-push-url"].endswith("done=empty")
    assert outcomes(ledger) == dict.fromkeys("012", "rejected")


def test_skipping_shows_the_next_and_a_case_of_another_is_only_seen(
    desk: Page,
    visit: Visit,
    key: Key,
) -> None:
    first = begin(desk)
    skipped = desk.fill("/queue/next", {"after": first}, **HTMX)
    assert not skipped.headers["hx-push-url"].endswith(first)
    token = key("review")
    other = visit()
    other.enter(token)
    held = skipped.headers["hx-push-url"].rsplit("/", 1)[1]
    page = other.look(f"/queue/{held}").text
    assert ('value="confirmed"' in page, "console" in page) == (False, True)
    refused = other.fill(f"/queue/{held}/decide", {"verdict": "unsure", "evaluation_id": "x"}, **HTMX)
    assert (refused.status_code, refused.headers["hx-retarget"]) == (409, "#notice")


def test_who_may_only_score_sees_no_queue(visit: Visit, key: Key) -> None:
    token = key("score")
    browser = visit()
    browser.enter(token)
    assert browser.look("/queue").status_code == 403
    assert "/console/queue" not in browser.look("/try").text


def test_an_empty_queue_says_how_it_is_filled(visit: Visit) -> None:
    page = visit().look("/queue", **{"accept-language": "zh"}).text
    assert "没有待复核的商品" in page
    assert "disabled" in page
