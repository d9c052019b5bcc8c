"""What was answered can be asked for: by evaluation, by listing, by seller."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.ledger.erasure import erase_seller
from service.ledger.ledger import Ledger

Serve = Callable[..., TestClient]
SHOP = {"seller_id": "s-1", "name": "小鹿轻奢馆", "uscc": "91350100M000100Y43"}
BAG = {"listing_id": "a/7 &", "title": "高仿包包", "seller": SHOP}


@pytest.fixture
def door(serve: Serve, ledger: Ledger) -> TestClient:
    return serve({}, ledger)


def score(door: TestClient, **told: object) -> dict[str, Any]:
    answer: dict[str, Any] = door.post("/v1/score", json=BAG | told).json()
    return answer


def test_an_evaluation_is_told_as_it_was_recorded(door: TestClient) -> None:
    answer = score(door)
    door.post("/v1/labels", json={"listing_id": "a/7 &", "verdict": "confirmed", "reason": "replica", "analyst": "周"})
    told = door.get(f"/v1/evaluations/{answer['evaluation_id']}").json()
    for name in ("evaluation_id", "evaluation_status", "assessment", "risk_score", "level", "action", "reasons",
                 "law_as_of", "versions"):  # fmt: skip
        assert told[name] == answer[name]
    assert told["heads"]["counterfeit"] == {"p": 0.9, "score": 90, "level": "high"}
    assert told["findings"] == ["replica.grade"]
    assert told["listing"] == BAG
    assert told["record"] == 1
    assert [(one["verdict"], one["analyst"]) for one in told["labels"]] == [("confirmed", "周")]


def test_a_listing_has_its_answers_newest_first(door: TestClient) -> None:
    score(door)
    score(door, title="帆布包")
    score(door, title="帆布包")
    score(door, platform="某宝")
    told = door.get("/v1/listings/a%2F7%20%26").json()
    assert (told["listing_id"], told["evaluated"]) == ("a/7 &", 3)
    assert [one["listing"]["title"] for one in told["evaluations"]] == ["高仿包包", "帆布包", "高仿包包"]
    assert door.get("/v1/listings/a%2F7%20%26?platform=某宝").json()["evaluated"] == 1


def test_a_long_history_is_told_in_part(door: TestClient) -> None:
    for i in range(53):
        score(door, price_cny=i)
    told = door.get("/v1/listings/a%2F7%20%26").json()
    assert (len(told["evaluations"]), told["evaluated"]) == (50, 53)


def test_a_seller_is_told_in_sum_and_with_its_likes(door: TestClient) -> None:
    score(door, listing_id="1")
    score(door, listing_id="1", title="帆布包")  # now it is low: only the newest counts
    score(door, listing_id="2")
    score(door, listing_id="3", title="雨伞")
    score(door, listing_id="4", title="雨伞", seller=SHOP | {"seller_id": "s-2", "name": "另一家"})
    score(door, listing_id="5", title="雨伞", seller={"seller_id": "s-3", "name": "小鹿轻奢馆"})
    score(door, listing_id="6", title="雨伞", seller={"seller_id": "s-4", "name": "无关"})
    door.post("/v1/labels", json={"listing_id": "2", "verdict": "confirmed", "reason": "replica"})
    door.post("/v1/labels", json={"listing_id": "4", "verdict": "false_alarm"})
    told = door.get("/v1/sellers/s-1").json()
    assert (told["listings"], told["evaluated"], told["levels"]) == (3, 4, {"low": 2, "high": 1})
    assert (told["risk_score"], told["risky_share"], told["names"]) == (90, 0.3333, ["小鹿轻奢馆"])
    assert told["verdicts"] == {"confirmed": 1}
    assert told["linked"] == [{"seller_id": "s-2", "by": "uscc"}, {"seller_id": "s-3", "by": "name"}]
    assert [one["listing"]["listing_id"] for one in told["newest"]] == ["3", "2", "1", "1"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/evaluations/" + "0" * 32, 404),
        ("/v1/evaluations/..%2F..", 404),
        ("/v1/listings/nobody", 404),
        ("/v1/sellers/nobody", 404),
        ("/v1/sellers/' OR 1=1 --", 404),
        ("/v1/sellers/a%00b", 422),
        ("/v1/listings/" + "x" * 129, 422),
        ("/v1/listings/a?platfrom=x", 422),
    ],
)
def test_what_is_not_there_is_a_problem(door: TestClient, path: str, status: int) -> None:
    score(door)
    answer = door.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_what_was_erased_is_gone(door: TestClient, ledger: Ledger) -> None:
    answer = score(door)
    assert erase_seller(ledger, "s-1", who="周", why="申请") == 1
    assert door.get("/v1/sellers/s-1").status_code == 404
    assert door.get("/v1/listings/a%2F7%20%26").status_code == 404
    told = door.get(f"/v1/evaluations/{answer['evaluation_id']}").json()
    assert (told["listing"], told["risk_score"], told["level"]) == (None, 90, "high")


def test_without_a_ledger_there_is_no_history(client: TestClient) -> None:
    assert client.get("/v1/sellers/s-1").status_code == 503
