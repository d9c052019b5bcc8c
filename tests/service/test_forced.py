"""Forced outcomes: every answer can be met once, by who holds a key for it and nobody else."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from service import forced
from service.ledger import keys
from service.ledger.keys import Scope, Wanted
from service.ledger.ledger import Ledger
from service.ledger.tables import EVALUATIONS

Serve = Callable[..., TestClient]
HONEST = {"title": "帆布包"}


@pytest.fixture
def door(serve: Serve, ledger: Ledger) -> Callable[..., TestClient]:
    """A client that sends a key with the given scopes."""

    def build(*scopes: Scope) -> TestClient:
        with ledger.writing() as page:
            token = keys.create(page, Wanted("店", scopes), who="周", why="接入")
        client = serve({}, ledger)
        client.headers["authorization"] = f"Bearer {token}"
        return client

    return build


def recorded(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return connection.execute(select(func.count()).select_from(EVALUATIONS)).scalar_one()


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("reject", ("assessed", "high", "reject")),
        ("high", ("assessed", "high", "review")),
        ("medium", ("assessed", "medium", "review")),
        ("low", ("assessed", "low", "pass")),
        ("degraded", ("degraded", "medium", "review")),
        ("not-assessed", ("not_assessed", None, "review")),
    ],
)
def test_an_outcome_is_forced_and_says_so(
    door: Callable[..., TestClient], ledger: Ledger, outcome: str, expected: tuple[str, str | None, str]
) -> None:
    told = HONEST | {"listing_id": f"zhenwei-test-{outcome}"}
    client = door("score", "test")
    answer = client.post("/v1/score", json=told).json()
    assert (answer["assessment"], answer["level"], answer["action"]) == expected
    assert answer["warnings"][0]["code"] == "test.forced"
    assert answer["reasons"][0] == f"test:{outcome}"
    assert "evaluation_status" not in answer
    (row,) = client.post("/v1/score/batch?explain=full", json={"listings": [told]}).json()["screened"]
    assert row["screening"] == answer
    assert recorded(ledger) == 0
    assert 'zhenwei_actions_total{action="pass"} 0.0' in client.get("/metrics").text


@pytest.mark.parametrize(("outcome", "status"), [("error-503", 503), ("rate-limited", 429)])
def test_a_problem_is_forced(door: Callable[..., TestClient], outcome: str, status: int) -> None:
    answer = door("score", "test").post("/v1/score", json=HONEST | {"listing_id": f"zhenwei-test-{outcome}"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["retry-after"] == "1"
    assert "test listing" in answer.json()["detail"]


def test_a_slow_answer_comes_late(door: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("service.forced.asyncio.sleep", wait)
    assert door("score", "test").post("/v1/score", json=HONEST | {"listing_id": "zhenwei-test-slow"}).status_code == 200
    assert waited == [forced.SLOW]


@pytest.mark.parametrize("scopes", [("score",), ("admin",)])
def test_without_the_scope_the_id_is_an_id_like_any_other(
    door: Callable[..., TestClient], ledger: Ledger, scopes: tuple[Scope, ...]
) -> None:
    told = {"listing_id": "zhenwei-test-low", "title": "高仿包包"}
    answer = door(*scopes).post("/v1/score", json=told).json()
    assert (answer["level"], answer["evaluation_status"]) == ("high", "new")
    assert recorded(ledger) == 1


def test_nobody_forces_anything_while_there_are_no_keys(serve: Serve) -> None:
    told = {"listing_id": "zhenwei-test-low", "title": "高仿包包"}
    assert serve().post("/v1/score", json=told).json()["level"] == "high"


def test_a_key_that_only_forces_scores_nothing(door: Callable[..., TestClient]) -> None:
    assert door("test").post("/v1/score", json=HONEST | {"listing_id": "zhenwei-test-low"}).status_code == 403


def test_real_listings_beside_forced_ones_are_recorded(door: Callable[..., TestClient], ledger: Ledger) -> None:
    names = ["a", "zhenwei-test-high", "b", "zhenwei-testing"]
    rows = [HONEST | {"listing_id": name} for name in names]
    answer = door("score", "test").post("/v1/score/batch", json={"listings": rows}).json()
    told = [(one["screening"]["listing_id"], one["screening"].get("evaluation_status")) for one in answer["screened"]]
    assert told == [("a", "new"), ("zhenwei-test-high", None), ("b", "new"), ("zhenwei-testing", "new")]
    assert recorded(ledger) == 3


def test_an_outcome_that_is_none_is_named(door: Callable[..., TestClient]) -> None:
    answer = door("score", "test").post("/v1/score", json=HONEST | {"listing_id": "zhenwei-test-hihg"})
    assert answer.status_code == 422
    assert "write one of reject, high" in answer.json()["detail"]
