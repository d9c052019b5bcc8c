"""What is answered is recorded first; when it cannot be, the answer says so."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from features.intake import read_listing
from service.examples import EXAMPLES
from service.ledger.evaluations import snapshot_of
from service.ledger.ledger import Ledger
from service.ledger.tables import EVALUATIONS
from service.ledger.verification import verify

Serve = Callable[..., TestClient]
PLAIN = {"listing_id": "8", "title": "帆布包", "seller": {"seller_id": "s-1"}}
AWAY = "sqlite:////nowhere/at/all/l.sqlite3"


@pytest.fixture
def door(serve: Serve, ledger: Ledger) -> TestClient:
    return serve({}, ledger)


def rows(ledger: Ledger) -> list[dict[str, object]]:
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        return [dict(row) for row in connection.execute(select(EVALUATIONS).order_by(EVALUATIONS.c.seq)).mappings()]


def test_an_answer_is_recorded_with_what_was_known(door: TestClient, ledger: Ledger) -> None:
    told = {
        "listing_id": "7",
        "title": "高仿包包",
        "platform": "某宝",
        "price_cny": 9.9,
        "seller": {"seller_id": "s-1"},
    }
    answer = door.post("/v1/score", json=told).json()
    (row,) = rows(ledger)
    assert answer["evaluation_status"] == row["evaluation_status"] == "new"
    for name in ("evaluation_id", "listing_id", "assessment", "risk_score", "level", "action", "law_as_of"):
        assert row[name] == answer[name]
    assert (row["findings"], row["reasons"]) == ('["replica.grade"]', '["model:counterfeit"]')
    assert row["heads"] == (
        '{"counterfeit":{"p":0.9,"score":90,"level":"high"},"fraud_order":{"p":0.01,"score":2,"level":"low"}}'
    )
    assert (row["bundle"], row["seller_id"], row["platform"]) == ("0123456789abcdef", "s-1", "某宝")
    assert read_listing(str(row["snapshot"])) == read_listing(told)


def test_behind_the_status_come_the_bytes_of_every_door(door: TestClient, client: TestClient) -> None:
    one = client.post("/v1/score", json=PLAIN).content
    assert door.post("/v1/score", json=PLAIN).content == b'{"evaluation_status":"new",' + one[1:]
    many = door.post("/v1/score/batch?explain=full", json={"listings": [PLAIN]}).content
    assert b'{"index":0,"screening":{"evaluation_status":"duplicate",' + one[1:] + b"}" in many


def test_the_status_says_what_an_answer_is_to_those_before(door: TestClient, ledger: Ledger) -> None:
    def status(**changed: object) -> object:
        return door.post("/v1/score", json=PLAIN | changed).json()["evaluation_status"]

    assert status() == "new"
    assert status() == "duplicate"
    assert status(title="帆布包 大") == "superseding"
    assert status(title="帆布包 大") == "duplicate"
    assert status() == "superseding"  # back again is a change, too
    assert status(platform="某宝") == "new"  # the same id elsewhere is another listing
    assert status(listing_id="9") == "new"
    assert len(rows(ledger)) == 5


def test_a_batch_is_recorded_with_its_repetitions(door: TestClient, ledger: Ledger) -> None:
    listings = [PLAIN, PLAIN | {"title": "x"}, {"title": 1}, PLAIN | {"title": "x"}, PLAIN | {"listing_id": "9"}]
    answer = door.post("/v1/score/batch", json={"listings": listings}).json()
    told = [one["screening"]["evaluation_status"] for one in answer["screened"]]
    assert told == ["new", "superseding", "duplicate", "new"]
    assert len(rows(ledger)) == 3


def test_a_dry_run_leaves_nothing(door: TestClient, client: TestClient, ledger: Ledger) -> None:
    answer = door.post("/v1/score?dry_run=true", json=PLAIN)
    assert answer.content == client.post("/v1/score", json=PLAIN).content
    assert door.post("/v1/score/batch?dry_run=1", json={"listings": [PLAIN]}).status_code == 200
    assert door.post("/v1/score?dry_run=perhaps", json=PLAIN).status_code == 422
    assert rows(ledger) == []


def test_a_refused_listing_leaves_nothing(door: TestClient, ledger: Ledger) -> None:
    assert door.post("/v1/score", json={"listing_id": "1"}).status_code == 422
    assert rows(ledger) == []


def lose(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE evaluations RENAME TO elsewhere"))
        connection.execute(text("ALTER TABLE records RENAME TO elsewhere_too"))


def test_what_cannot_be_recorded_is_not_answered(door: TestClient, ledger: Ledger) -> None:
    lose(ledger)
    for path, body in (("/v1/score", PLAIN), ("/v1/score/batch", {"listings": [PLAIN]})):
        answer = door.post(path, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["retry-after"] == "1"
        assert "帆布包" not in answer.text
        assert "evaluations" not in answer.text
    ready = door.get("/readyz")
    assert (ready.status_code, ready.json()["ledger"], ready.json()["status"]) == (503, "away", "not_ready")
    assert door.get("/healthz").status_code == 200
    assert door.post("/v1/score?dry_run=true", json=PLAIN).status_code == 200


def test_told_to_go_on_the_answer_is_degraded_and_says_why(serve: Serve, ledger: Ledger) -> None:
    door = serve({"ledger_required": False}, ledger)
    lose(ledger)
    answer = door.post("/v1/score", json=PLAIN).json()
    assert answer["assessment"] == "degraded"
    assert [warning["code"] for warning in answer["warnings"]] == ["ledger.away"]
    assert "evaluation_status" not in answer
    assert answer["level"] == "low"
    assert door.get("/readyz").json()["ledger"] == "away"
    assert door.get("/readyz").status_code == 200


def test_who_starts_while_the_ledger_is_away_knows_no_keys_and_lets_nobody_in(serve: Serve) -> None:
    door = serve({"ledger_required": False}, Ledger(AWAY))
    answer = door.post("/v1/score", json=PLAIN)
    assert answer.status_code == 503
    assert "keys are not known" in answer.json()["detail"]
    assert door.get("/readyz").json()["ledger"] == "away"


def test_a_ledger_that_comes_back_is_used_again(door: TestClient, ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE evaluations RENAME TO elsewhere"))
    assert door.post("/v1/score", json=PLAIN).status_code == 503
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO evaluations"))
    assert door.post("/v1/score", json=PLAIN).json()["evaluation_status"] == "new"
    assert door.get("/readyz").json()["ledger"] == "ok"
    assert len(rows(ledger)) == 1


def test_stopping_finishes_what_was_accepted(serve: Serve, ledger: Ledger) -> None:
    with serve({}, ledger) as door:
        assert door.post("/v1/score", json=PLAIN).status_code == 200
    assert len(rows(ledger)) == 1


@pytest.mark.parametrize(
    "title",
    [
        "'; DROP TABLE evaluations; --",
        '" OR 1=1 --',
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        '包\u2028{"level":"low"}',
        "%s %(title)s :title ? $1 \\",
        "\U0001f525" * 100,
    ],
)  # fmt: skip
def test_a_title_is_only_text(door: TestClient, ledger: Ledger, title: str) -> None:
    told = PLAIN | {"title": title, "listing_id": title, "seller": {"seller_id": title, "name": title}}
    assert door.post("/v1/score", json=told).json()["evaluation_status"] == "new"
    assert door.post("/v1/score", json=told).json()["evaluation_status"] == "duplicate"
    (row,) = rows(ledger)
    assert read_listing(str(row["snapshot"])).title == row["listing_id"] == row["seller_id"] == title


text_of_any = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20).map("包".__add__)
told_listings = st.fixed_dictionaries(
    {"listing_id": text_of_any, "title": text_of_any},
    optional={
        "price_cny": st.floats(0, 1e12),
        "attributes": st.dictionaries(text_of_any, text_of_any, max_size=3),
        "signals": st.dictionaries(st.sampled_from(["a", "b.c"]), st.floats(-1e300, 1e300), max_size=2),
        "observed_at": st.sampled_from(["2026-03-02", "2026-03-02T09:30:00+08:00", "2026-03-02T09:30:00.123456"]),
        "seller": st.fixed_dictionaries(
            {}, optional={"opened_on": st.just("2020-02-29"), "authorised_brands": st.lists(text_of_any, max_size=2)}
        ),
        "trade": st.fixed_dictionaries({}, optional={"orders_30d": st.floats(0, 1e12)}),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(told=told_listings)
def test_a_snapshot_reads_back_to_the_same_listing(told: dict[str, object]) -> None:
    listing = read_listing(told)
    assert read_listing(snapshot_of(listing)) == listing
    assert snapshot_of(read_listing(snapshot_of(listing))) == snapshot_of(listing)


def test_the_examples_read_back() -> None:
    for told in EXAMPLES.values():
        assert read_listing(snapshot_of(read_listing(dict(told)))) == read_listing(dict(told))
