"""Lists and keys in the console: every change has a reason and a name, and decides at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models import Screener
from service.app import create_app
from service.ledger import keys, lists
from service.ledger.ledger import Ledger
from service.ledger.tables import KEYS, LISTS
from service.settings import Settings

Visit = Callable[..., Any]  # see conftest
Key = Callable[..., str]
Door = Any  # a Browser of conftest
ENTRY = {"kind": "seller", "effect": "deny", "value": "s-1", "reason": "三次售假", "expires_on": "2099-01-01"}


def standing(ledger: Ledger) -> list[lists.Standing]:
    with ledger.view() as view:
        return lists.standing(view)


def entered(visit: Visit, key: Key, *scopes: str) -> Door:
    token = key(*scopes)
    door = visit()
    door.enter(token)
    return door


def test_an_entry_is_added_found_and_removed(visit: Visit, key: Key, ledger: Ledger) -> None:
    door = entered(visit, key, "admin")
    assert "名单为空" in door.look("/lists").text
    assert door.fill("/lists", ENTRY).headers["location"] == "/console/lists?done=new"
    assert door.fill("/lists", ENTRY).headers["location"] == "/console/lists?done=duplicate"
    (one,) = standing(ledger)
    assert (one.entry.value, one.entry.reason, one.who) == ("s-1", "三次售假", "<周>")
    assert one.key_id
    assert "s-1" in door.look("/lists?done=new").text
    assert "s-1" in door.look("/lists?kind=seller&q=售假").text
    assert "s-1" not in door.look("/lists?kind=term").text
    assert "s-1" not in door.look("/lists?q=nothing").text
    door.look("/try")
    told = door.fill("/try", {"title": "包包", "seller.seller_id": "s-1"})
    assert "三次售假" in told.text
    assert door.fill(f"/lists/{one.entry.entry_id}/remove", {"why": ""}).status_code == 422
    assert door.fill(f"/lists/{one.entry.entry_id}/remove", {"why": "申诉成立"}).status_code == 303
    assert not standing(ledger)
    with ledger.view() as view:
        assert [row["reason"] for row in view.rows(select(LISTS))] == ["三次售假", "申诉成立"]
    assert door.fill("/lists/nothing/remove", {"why": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": ""}, "value"),
        ({"reason": ""}, "reason"),
        ({"kind": "brand", "effect": "allow", "value": "LV"}, ""),
        ({"expires_on": "tomorrow"}, "expires_on"),
    ],
)
def test_an_entry_that_cannot_be_says_why_and_keeps_what_was_typed(
    visit: Visit, ledger: Ledger, change: dict[str, str], field: str
) -> None:
    door = visit()
    door.look("/lists")
    told = door.fill("/lists", ENTRY | change)
    assert told.status_code == 422
    assert not field or f'href="#f-{field}"' in told.text
    assert 'value="三次售假"' in told.text or "reason" in change
    assert not standing(ledger)


def test_a_table_is_taken_whole_or_not_at_all(visit: Visit, ledger: Ledger) -> None:
    door = visit()
    door.look("/lists")

    def upload(rows: str) -> Door:
        told = {"csrf": door.token}
        file = {"file": ("l.csv", f"kind,effect,value,reason\n{rows}".encode("gb18030"), "text/csv")}
        return door.post("/console/lists/csv", data=told, files=file)

    assert upload("seller,deny,s-1,售假\nlisting,ban,1,售假").status_code == 422
    assert not standing(ledger)
    assert upload("seller,deny,s-1,售假\nlisting,deny,=1,售假").status_code == 303
    assert len(standing(ledger)) == 2
    table = door.get("/console/lists/csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert "'=1" in table.text


def test_a_reviewer_sees_lists_and_changes_none(visit: Visit, key: Key, ledger: Ledger) -> None:
    door = entered(visit, key, "review")
    page = door.look("/lists")
    assert page.status_code == 200
    assert 'action="/console/lists"' not in re.sub('method="get"[^>]*', "", page.text)
    assert door.fill("/lists", ENTRY).status_code == 403
    assert not standing(ledger)
    assert door.look("/keys").status_code == 403
    assert "/console/keys" not in page.text


def test_the_first_key_closes_the_console_and_is_shown_once(visit: Visit, ledger: Ledger) -> None:
    door = visit()
    door.look("/keys")
    made = door.fill("/keys", {"name": "周", "scopes": "admin", "why": "上线", "days": "30", "per_minute": ""})
    (token,) = set(re.findall(r"zw_[0-9a-f]{12}_[\w-]{43}", made.text))
    assert made.headers["cache-control"] == "no-store"
    assert door.look("/keys").status_code == 303
    door.enter(token)
    page = door.look("/keys")
    assert page.status_code == 200
    assert token not in page.text
    with ledger.view() as view:
        (held,) = keys.keys(view).values()
        (row,) = view.rows(select(KEYS))
    assert (held.name, held.scopes, held.per_minute) == ("周", ("admin",), None)
    assert (row["why"], row["who"]) == ("上线", "console")


def test_a_key_is_rotated_and_revoked(visit: Visit, key: Key, ledger: Ledger) -> None:
    admin, other = key("admin"), key("score")
    door, guest = visit(), visit()
    door.enter(admin)
    guest.enter(other)
    door.look("/keys")
    rotated = door.fill(f"/keys/{keys.id_of(other)}/rotate", {"why": "例行", "hours": "1"})
    assert len(set(re.findall(r"zw_[0-9a-f]{12}_[\w-]{43}", rotated.text))) == 1
    assert guest.look("/try").status_code == 200
    revoked = door.fill(f"/keys/{keys.id_of(other)}/revoke", {"why": "泄露"})
    assert revoked.headers["location"] == "/console/keys?done=revoked"
    guest.app.state.keys.look()
    assert guest.look("/try").status_code == 303
    with ledger.view() as view:
        assert [row["why"] for row in view.rows(select(KEYS))][2:] == ["例行", "例行", "泄露"]
    assert door.fill("/keys/nobody/revoke", {"why": "x"}).status_code == 404
    for wrong in (
        {"name": "", "scopes": "score", "why": "x"},
        {"name": "x", "scopes": "god", "why": "x"},
        {"name": "x", "why": "x"},
    ):
        assert door.fill("/keys", wrong).status_code == 422


def test_without_a_ledger_there_are_no_lists(screener: Screener) -> None:
    door = TestClient(create_app(screener, Settings(ledger_url="off")), "http://127.0.0.1")
    assert door.get("/console/lists").status_code == 503
