"""Without keys only this machine may ask: not by a stranger's name, not for a page of another site."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from service.ledger import keys
from service.ledger.keys import Wanted
from service.ledger.ledger import Ledger
from service.origin import is_here

Serve = Callable[..., TestClient]
BAG = {"listing_id": "7", "title": "帆布包"}
FILE = {"file": ("a.csv", b"listing_id,title\n1,x\n")}


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8080", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("LocalHost:8080", True),
        ("[::1]:8080", True),
        ("rebound.example", False),
        ("127.0.0.1.example", False),
        ("localhost.example", False),
        ("0.0.0.0", False),  # noqa: S104 - what a page may try
        ("[::]", False),
        ("10.0.0.1", False),
        ("127.1", False),
        ("2130706433", False),
        ("0x7f.0.0.1", False),
        ("127.0.0.1@rebound.example", False),
        ("rebound.example:99999", False),  # of which Starlette makes the address we listen on
        ("rebound.example:999999", False),
        ("皿.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_host_is_here(host: str, here: bool) -> None:
    assert is_here(host) is here


@pytest.fixture
def door(serve: Serve, book: Ledger) -> TestClient:
    return serve(ledger=book)


STRANGERS = ["rebound.example", "rebound.example:99999", "127.0.0.1.example", "10.0.0.1", "[", "\xff", ""]


@pytest.mark.parametrize("host", STRANGERS)
def test_another_name_is_told_to_make_a_key(door: TestClient, host: str) -> None:
    by = {b"host": host.encode("latin-1")}
    for path in ("/v1/model", "/v1/listings/7", "/metrics"):
        answer = door.get(path, headers=by)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:zhenwei:problem:not-from-here")
        assert "zhenwei key create" in answer.json()["detail"]
    assert door.get("/console/try", headers=by).status_code == 403
    assert door.post("/v1/score", json=BAG, headers=by).status_code == 403
    assert door.get("/healthz", headers=by).status_code == door.get("/readyz", headers=by).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},  # another port of this machine
        {"origin": "https://elsewhere.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},  # a frame in a sandbox
        {"origin": "http://[::1"},
        {"origin": ""},
    ],
)
def test_a_page_of_another_site_changes_nothing(door: TestClient, headers: dict[str, str]) -> None:
    answer = door.post("/v1/jobs", files=FILE, headers=headers)  # the one form a page may send without asking first
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:zhenwei:problem:not-from-here")
    assert door.get("/v1/jobs").json() == {"jobs": []}
    assert door.get("/v1/model", headers=headers).status_code == 200  # no page of another origin can read it


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1"},
        {"sec-fetch-site": "none"},
        {"host": "localhost:8080", "origin": "http://localhost:8080"},
    ],
)
def test_a_page_of_ours_and_a_program_may_ask(door: TestClient, headers: dict[str, str]) -> None:
    assert door.post("/v1/score", json=BAG, headers=headers).status_code == 200


def test_with_keys_any_name_leads_here_and_no_page_has_one(serve: Serve, book: Ledger) -> None:
    with book.writing() as page:
        token = keys.create(page, Wanted("店", ("score",), None), who="周", why="试")
    door, proxied = serve(ledger=book), {"host": "zhenwei.example", "sec-fetch-site": "cross-site"}
    assert door.post("/v1/score", json=BAG, headers=proxied | {"authorization": f"Bearer {token}"}).status_code == 200
    assert door.post("/v1/score", json=BAG, headers=proxied).status_code == 401


def test_a_key_that_expired_does_not_open_the_door_again(serve: Serve, book: Ledger) -> None:
    with book.writing() as page:
        keys.create(page, Wanted("店", ("score",), datetime.now(UTC) - timedelta(days=1)), who="周", why="试")
    assert serve(ledger=book).post("/v1/score", json=BAG).status_code == 401
