"""Velocity through the door: served, recorded, never in the way."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models import Screener
from service.app import create_app
from service.ledger import labels
from service.ledger.ledger import Ledger
from service.online.link import OnlineAway
from service.online.online import Online
from service.settings import Settings

TODAY = date(2026, 3, 2)


@pytest.fixture
def online(redis_url: str, prefix: str) -> Iterator[Online]:
    opened = Online(redis_url, prefix, 2.0)
    yield opened
    opened.close()


@pytest.fixture
def client(starter: Screener, online: Online, ledger: Ledger) -> TestClient:
    app = create_app(starter, Settings(), today=lambda: TODAY, ledger=ledger, online=online)
    return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


def listing(name: str, title: str = "纯棉四件套 全棉床单被套", seller: str = "s1", **told: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"listing_id": name, "title": title, "seller": {"seller_id": seller}, **told}


def score(client: TestClient, told: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = client.post(f"/v1/score{query}", json=told)
    assert answer.status_code == 200
    out: dict[str, Any] = answer.json()
    return out


def snapshot(client: TestClient, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/listings/{name}").json()["evaluations"][0]["listing"]
    return found


def test_what_was_served_is_recorded_and_taught(client: TestClient, ledger: Ledger) -> None:
    many = [listing(str(i), f"第{i}款 {chr(0x4E00 + 97 * i) * 8}", price_cny=9.9) for i in range(40)]
    answer = client.post("/v1/score/batch", json={"listings": many})
    assert {one["screening"]["evaluation_status"] for one in answer.json()["screened"]} == {"new"}
    assert "velocity" not in snapshot(client, "0")
    assert snapshot(client, "39")["velocity"]["seller_new_1h"] == 40.0
    label = {"listing_id": "39", "verdict": "confirmed", "reason": "replica"}
    assert client.post("/v1/labels", json=label).status_code == 201
    score(client, listing("more", "另一款"))  # what came later is not what was known then
    with ledger.view() as view:
        (taught,) = labels.takedowns(view)
    assert taught.listing.velocity.seller_new_1h == 40.0


def test_the_same_listing_again_is_a_duplicate_though_its_seller_goes_on(client: TestClient) -> None:
    first = score(client, listing("1"))
    score(client, listing("2", "羊毛被 冬季加厚"))
    again = score(client, listing("1"))
    assert (first["evaluation_status"], again["evaluation_status"]) == ("new", "duplicate")
    assert first["evaluation_id"] == again["evaluation_id"]
    changed = score(client, listing("1", price_cny=99.0))
    assert changed["evaluation_status"] == "superseding"
    assert snapshot(client, "1")["velocity"]["seller_listings"] == 2.0


def test_what_a_caller_tells_itself_is_part_of_what_was_sent(client: TestClient) -> None:
    own = {"velocity": {"seller_new_1h": 3.0}}
    assert score(client, listing("1") | own)["evaluation_status"] == "new"
    assert score(client, listing("1") | own)["evaluation_status"] == "duplicate"
    assert score(client, listing("1"))["evaluation_status"] == "superseding"


def test_trying_tells_nothing_of_a_seller(client: TestClient) -> None:
    for number in range(5):
        score(client, listing(f"try{number}", f"款式{number * 7}"), "?dry_run=true")
    score(client, listing("1"))
    assert "velocity" not in snapshot(client, "1")


def test_a_listing_alone_is_answered_as_at_every_other_door(client: TestClient, starter: Screener) -> None:
    bare = TestClient(create_app(starter, Settings(), today=lambda: TODAY), "http://127.0.0.1")
    told = listing("1", "顶级版本 CHANE1 香奶奶22bag 过验", price_cny=680.0)
    for _ in range(3):
        assert client.post("/v1/score?dry_run=true", json=told).content == bare.post("/v1/score", json=told).content
        score(client, told)


def test_a_flood_of_copies_raises_the_risk_and_says_so(client: TestClient) -> None:
    title = "大牌同款真皮女包 2024新款单肩斜挎"
    quiet = score(client, listing("a", title, "quiet", price_cny=199.0))
    for number in range(60):
        score(client, listing(f"f{number}", title, f"shop{number % 20}", price_cny=199.0), "?explain=none")
    loud = score(client, listing("b", title, "shop1", price_cny=19.0))
    assert loud["heads"]["counterfeit"]["p"] > quiet["heads"]["counterfeit"]["p"]
    told = {one["feature"] for one in loud["heads"]["counterfeit"]["explanation"]["contributions"]}
    assert any(name.startswith("velocity.") for name in told)


def test_while_redis_is_away_answers_say_what_is_missing(
    client: TestClient, online: Online, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_work: object) -> None:
        raise OnlineAway("cut")

    monkeypatch.setattr(online.link, "call", away)
    monkeypatch.setattr(online.link, "_away", True)
    answer = score(client, listing("1"))
    assert answer["assessment"] == "degraded"
    assert "online.away" in {warning["code"] for warning in answer["warnings"]}
    told = score(client, listing("2") | {"velocity": {"seller_new_1h": 1.0}})
    assert told["assessment"] == "assessed"  # nothing is missing
    unreadable = score(client, {"listing_id": "3", "title": "……!!!"})
    assert unreadable["assessment"] == "not_assessed"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["online"], ready.json()["away"]) == (200, "away", ["online"])


def test_metrics_tell_whether_redis_answers(client: TestClient) -> None:
    with client:  # runs what looks again and again
        for _ in range(100):
            if "\nzhenwei_redis_up 1.0" in (text := client.get("/metrics").text):
                break
            time.sleep(0.1)
    assert "\nzhenwei_redis_up 1.0" in text
    assert "\nzhenwei_redis_failures_total 0.0" in text
