"""Labels: what is acknowledged is kept, once; what is in force becomes takedowns; what contradicts is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, text
from typer.testing import CliRunner

from features.intake import read_listing
from service.cli import app
from service.ledger.erasure import erase_before, erase_seller
from service.ledger.ledger import Ledger
from service.ledger.tables import LABELS
from service.ledger.verification import verify
from training.labels import Label, label
from training.takedown_files import read_takedowns

Serve = Callable[..., TestClient]
BAG = {"listing_id": "7", "title": "高仿包包", "price_cny": 9.9, "seller": {"seller_id": "s-1"}}


@pytest.fixture
def door(serve: Serve, ledger: Ledger) -> TestClient:
    client = serve({}, ledger)
    assert client.post("/v1/score", json=BAG).status_code == 200
    return client


def send(door: TestClient, **told: object) -> Response:
    return door.post("/v1/labels", json={"listing_id": "7", "verdict": "confirmed", "reason": "replica"} | told)


def recorded(ledger: Ledger) -> list[dict[str, Any]]:
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        return [dict(row) for row in connection.execute(select(LABELS).order_by(LABELS.c.seq)).mappings()]


def test_a_label_is_kept_with_everything_told(door: TestClient, ledger: Ledger) -> None:
    told = {"source": "复核", "analyst": "周", "decided_at": "2026-03-05T09:00:00", "note": "实物比对，做工粗糙"}
    answer = send(door, **told)
    (row,) = recorded(ledger)
    assert answer.status_code == 201
    assert answer.json() == {
        "label_id": row["label_id"],
        "label_status": "new",
        "evaluation_id": row["evaluation_id"],
        "listing_id": "7",
        "replaces": None,
    }
    assert (row["verdict"], row["reason"], row["source"], row["analyst"]) == ("confirmed", "replica", "复核", "周")
    assert row["decided_at"] == "2026-03-05T01:00:00.000000Z"  # no zone means China
    assert row["note"] == told["note"]


def test_a_label_is_about_an_evaluation_or_the_newest_of_a_listing(door: TestClient, ledger: Ledger) -> None:
    first = door.post("/v1/score", json=BAG).json()["evaluation_id"]
    second = door.post("/v1/score", json=BAG | {"title": "高仿包包 特价"}).json()["evaluation_id"]
    assert send(door).json()["evaluation_id"] == second
    about_first = door.post("/v1/labels", json={"evaluation_id": first, "verdict": "false_alarm"}).json()
    assert about_first["evaluation_id"] == first
    assert [row["evaluation_seq"] for row in recorded(ledger)] == [2, 1]


def test_sending_again_is_safe(door: TestClient, ledger: Ledger) -> None:
    first = send(door, analyst="周")
    again = send(door, analyst="周")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"label_status": "duplicate"}
    assert send(door, analyst="王").status_code == 201  # somebody else agrees
    assert send(door, analyst="周").status_code == 200
    assert send(door, analyst="周", verdict="false_alarm").status_code == 201
    assert send(door, analyst="周").status_code == 201  # changed their mind back: that is news
    assert len(recorded(ledger)) == 4


def test_an_id_of_the_sender_is_one_label(door: TestClient, ledger: Ledger) -> None:
    assert send(door, label_id="工单-1").json()["label_id"] == "工单-1"
    assert send(door, verdict="false_alarm", label_id="工单-2").status_code == 201
    assert send(door, label_id="工单-1").status_code == 200
    conflict = send(door, label_id="工单-1", verdict="missed")
    assert (conflict.status_code, conflict.headers["content-type"]) == (409, "application/problem+json")
    assert len(recorded(ledger)) == 2


def test_what_a_label_replaces_is_told(door: TestClient) -> None:
    first = send(door).json()["label_id"]
    other = send(door, reason="brushing").json()
    assert other["replaces"] is None  # another question
    appeal = send(door, verdict="appeal_reversed", reason="replica", source="申诉").json()
    assert appeal["replaces"] == first
    assert send(door, verdict="false_alarm", reason="").json()["replaces"] == appeal["label_id"]


@pytest.mark.parametrize(
    ("told", "status", "pointer"),
    [
        ({"listing_id": "8"}, 404, None),
        ({"listing_id": None, "evaluation_id": "0" * 32}, 404, None),
        ({"platform": "某宝"}, 404, None),
        ({"listing_id": None}, 422, "/evaluation_id"),
        ({"verdict": "guilty"}, 422, "/verdict"),
        ({"verdict": None}, 422, "/verdict"),
        ({"reason": ""}, 422, "/reason"),
        ({"reason": "看着不像"}, 422, "/reason"),
        ({"verdict": "missed", "reason": "unheard of"}, 422, "/reason"),
        ({"decided_at": "gestern"}, 422, "/decided_at"),
        ({"analyst": "x" * 129}, 422, "/analyst"),
        ({"analyst": "a\x00b"}, 422, "/analyst"),
        ({"label_id": ""}, 422, "/label_id"),
        ({"outcome": "confirmed"}, 422, "/outcome"),
        ({"listing_id": 7}, 422, "/listing_id"),
    ],
)
def test_a_label_that_says_too_little_or_too_much(
    door: TestClient, ledger: Ledger, told: dict[str, object], status: int, pointer: str | None
) -> None:
    answer = send(door, **told)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]][:1] == ([pointer] if pointer else [])
    assert recorded(ledger) == []


@pytest.mark.parametrize("body", [[], "x", 1, {"labels": []}])
def test_a_body_that_is_no_label(door: TestClient, body: object) -> None:
    assert door.post("/v1/labels", json=body).status_code == 422


def test_a_listing_id_of_several_platforms_needs_its_platform(door: TestClient) -> None:
    door.post("/v1/score", json=BAG | {"platform": "某宝"})
    refused = send(door)
    assert (refused.status_code, "platform" in refused.json()["detail"]) == (409, True)
    assert send(door, platform="某宝").status_code == 201


def test_a_label_that_cannot_be_kept_is_not_acknowledged(door: TestClient, ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE labels RENAME TO elsewhere"))
    assert send(door).status_code == 503
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO labels"))
    assert send(door).status_code == 201


def test_without_a_ledger_there_are_no_labels(client: TestClient) -> None:
    answer = client.post("/v1/labels", json={"listing_id": "7", "verdict": "false_alarm"})
    assert answer.status_code == 503
    assert "ZHENWEI_LEDGER_URL" in answer.json()["detail"]


def export(ledger_url: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    done = CliRunner().invoke(app, ["labels", "export", "--out", str(out)])
    assert done.exit_code == 0, done.exception
    return done.output


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv"])
def test_labels_in_force_are_takedowns_to_train_with(
    door: TestClient, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for i, title in enumerate(["=高仿(1)", "帆布包", "手机壳", "雨伞"]):
        door.post("/v1/score", json=BAG | {"listing_id": str(i), "title": title})
    send(door, listing_id="0", verdict="missed", analyst="周", source="抽检", decided_at="2026-03-05T09:00:00+08:00")
    send(door, listing_id="1", verdict="confirmed")
    send(door, listing_id="1", verdict="appeal_reversed", source="申诉")  # replaces the one before
    send(door, listing_id="2", verdict="confirmed", decided_at="2026-03-05T09:00:00")
    send(door, listing_id="2", verdict="false_alarm", decided_at="2026-03-04T09:00:00")  # told late, decided before
    send(door, listing_id="3", verdict="confirmed", reason="brushing")
    send(door, listing_id="3", verdict="confirmed", reason="replica")
    told = export(ledger_url, tmp_path / name, monkeypatch)
    assert told == f"5 takedowns → {tmp_path / name}; 2 of 7 labels were replaced or erased\n"
    rows = list(read_takedowns(tmp_path / name))
    assert [(row.listing.listing_id, row.outcome, row.reason) for row in rows] == [
        ("0", "confirmed", "replica"),
        ("1", "appeal_reversed", "replica"),
        ("2", "confirmed", "replica"),
        ("3", "confirmed", "brushing"),
        ("3", "confirmed", "replica"),
    ]
    first = rows[0]
    assert first.listing == read_listing(BAG | {"listing_id": "0", "title": "=高仿(1)"})
    assert (first.reviewer, first.source) == ("周", "抽检")
    assert first.decided_at is not None
    assert first.decided_at.isoformat() == "2026-03-05T01:00:00+00:00"
    assert label(first, "counterfeit") == Label.GUILTY
    assert label(rows[1], "counterfeit") == Label.HONEST


def test_what_was_erased_is_not_exported(
    door: TestClient, ledger: Ledger, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(door, analyst="周", note="电话 138")
    door.post("/v1/score", json=BAG | {"listing_id": "8", "seller": {"seller_id": "s-2"}})
    send(door, listing_id="8")
    assert erase_seller(ledger, "s-1", who="王", why="申请") == 2  # the evaluation and its label
    (erased, kept) = recorded(ledger)
    assert (erased["listing_id"], erased["analyst"], erased["note"]) == (None, None, None)
    assert erased["verdict"] == "confirmed"
    assert kept["listing_id"] == "8"
    assert export(ledger_url, tmp_path / "t.jsonl", monkeypatch).startswith("1 takedowns")


def test_a_label_that_outlives_its_listing_is_not_exported(
    serve: Serve, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    ledger = Ledger(ledger_url, lambda: now[0])
    door = serve({}, ledger)
    door.post("/v1/score", json=BAG)
    now[0] += timedelta(days=40)
    assert send(door).status_code == 201
    assert erase_before(ledger, date(2026, 1, 20), who="周", why="retention") == 1
    assert export(ledger_url, tmp_path / "t.jsonl", monkeypatch).startswith("0 takedowns")
    ledger.close()


@pytest.mark.parametrize(
    "note", ["'); DROP TABLE labels; --", "<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "\n{}"]
)
def test_a_note_is_only_text(door: TestClient, ledger: Ledger, note: str) -> None:
    assert send(door, note=note, analyst=note.strip(), label_id=f"a{note.strip()}").status_code == 201
    assert [row["note"] for row in recorded(ledger)] == [note]
