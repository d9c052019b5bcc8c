"""Keys: who may ask for what. Nothing unauthorised gets in, and every change is recorded."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from typer.testing import CliRunner, Result

from features.errors import ZhenweiError
from models import Screener
from service import home as home_folder
from service.access import KeyRing
from service.app import create_app
from service.cli import app
from service.errors import Forbidden, Unauthorised
from service.ledger import keys
from service.ledger.keys import Key, Scope, Wanted
from service.ledger.ledger import Ledger
from service.ledger.tables import COLUMNS
from service.ledger.verification import verify
from service.settings import Settings, read_settings

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BAG = {"listing_id": "7", "title": "高仿包包", "seller": {"seller_id": "s-1"}}
LABEL = {"listing_id": "7", "verdict": "false_alarm"}


def make(ledger: Ledger, *scopes: Scope, expires_at: datetime | None = None) -> str:
    with ledger.writing() as page:
        return keys.create(page, Wanted("店", scopes, expires_at), who="周", why="试")


def door_of(screener: Screener, ledger: Ledger) -> TestClient:
    return TestClient(
        create_app(screener, Settings(), ledger=ledger), "http://127.0.0.1", raise_server_exceptions=False
    )


def ask(door: TestClient, method: str, path: str, token: str | None) -> Response:
    body = LABEL if path == "/v1/labels" else {"listings": [BAG]} if path.endswith("batch") else BAG
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return door.request(method, path, json=body if method == "POST" else None, headers=headers)


DOORS: list[tuple[str, str, Scope | None]] = [
    ("POST", "/v1/score", "score"),
    ("POST", "/v1/score/batch", "score"),
    ("POST", "/v1/labels", "label"),
    ("GET", "/v1/listings/7", "review"),
    ("GET", "/v1/sellers/s-1", "review"),
    ("GET", "/v1/model", None),
]


@pytest.mark.parametrize(("method", "path", "scope"), DOORS)
def test_every_door_asks_for_its_scope(
    screener: Screener, ledger: Ledger, method: str, path: str, scope: Scope | None
) -> None:
    assert door_of(screener, ledger).post("/v1/score", json=BAG).status_code == 200  # no key was ever made: open
    tokens: dict[Scope, str] = {one: make(ledger, one) for one in keys.SCOPES}
    door = door_of(screener, ledger)
    for token in (None, "", "x", "zw_x_y", tokens["score"] + "x", tokens["score"][:-1], "zw__"):
        refused = ask(door, method, path, token)
        assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
        assert refused.headers["www-authenticate"] == "Bearer"
    for held, token in tokens.items():
        answer = ask(door, method, path, token)
        if scope in {None, held} or held == "admin":
            assert answer.status_code < 300
        else:
            assert (answer.status_code, scope in answer.json()["detail"].split()[-1]) == (403, True)


def test_a_change_is_recorded_with_the_key_it_came_with(screener: Screener, ledger: Ledger) -> None:
    score, label, admin = (make(ledger, scope) for scope in ("score", "label", "admin"))
    door = door_of(screener, ledger)
    evaluation = ask(door, "POST", "/v1/score", score).json()["evaluation_id"]
    assert ask(door, "POST", "/v1/labels", label).status_code == 201
    assert ask(door, "POST", "/v1/labels", admin).json()["label_status"] == "duplicate"  # whoever says it again
    by = {"authorization": f"Bearer {admin}"}
    told = door.get(f"/v1/evaluations/{evaluation}", headers=by).json()["labels"]
    assert [one["key_id"] for one in told] == [keys.id_of(label)]
    entry = {"kind": "seller", "effect": "deny", "value": "s-1", "reason": "三次售假", "who": "周"}
    added = door.post("/v1/lists", json=entry, headers=by).json()["entry_id"]
    assert door.get("/v1/lists", headers=by).json()[0]["key_id"] == keys.id_of(admin)
    assert door.delete(f"/v1/lists/{added}?who=x&why=y", headers=by).status_code == 204
    hook = {"url": "https://example.cn/h", "who": "周", "why": "试"}
    made = door.post("/v1/webhooks", json=hook, headers=by).json()["webhook_id"]
    assert [one["key_id"] for one in door.get("/v1/webhooks", headers=by).json()] == [keys.id_of(admin)]
    again = {"evaluation_id": evaluation, "who": "周"}
    assert door.post(f"/v1/webhooks/{made}/redeliver", json=again, headers=by).json() == {"evaluations": 1}
    assert door.delete(f"/v1/webhooks/{made}?who=x&why=y", headers=by).status_code == 204
    with ledger.reading() as connection:
        for table in ("lists", "webhooks", "deliveries"):
            found = set(connection.execute(text(f"SELECT key_id FROM {table}")).scalars())  # noqa: S608 - names of ours
            assert found == {keys.id_of(admin)}, table
        assert verify(connection).broken is None


def test_whatever_people_do_over_http_is_recorded_with_a_key() -> None:
    by_command_only, named_otherwise = {"erasure", "register"}, {"job"}  # a job names its key `owner`
    assert {
        kind for kind, columns in COLUMNS.items() if "who" in columns and "key_id" not in columns
    } == by_command_only | named_otherwise


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_probes_need_no_key(screener: Screener, ledger: Ledger, path: str) -> None:
    make(ledger, "score")
    assert door_of(screener, ledger).get(path).status_code == 200


SCOPE_OF: dict[str, Scope | Literal["open"] | None] = {
    "POST /v1/score": "score",
    "POST /v1/score/batch": "score",
    "GET /v1/jobs": "score",
    "POST /v1/jobs": "score",
    "GET /v1/jobs/{job_id}": "score",
    "DELETE /v1/jobs/{job_id}": "score",
    "GET /v1/jobs/{job_id}/{part}": "score",
    "POST /v1/labels": "label",
    "GET /v1/evaluations/{evaluation_id}": "review",
    "GET /v1/listings/{listing_id}": "review",
    "GET /v1/sellers/{seller_id}": "review",
    "GET /v1/cases": "review",
    "POST /v1/cases/next": "review",
    "GET /v1/cases/{case_id}": "review",
    "POST /v1/cases/{case_id}/claim": "review",
    "POST /v1/cases/{case_id}/release": "review",
    "POST /v1/cases/{case_id}/decide": "review",
    "POST /v1/cases/{case_id}/undo": "review",
    "POST /v1/cases/{case_id}/golden": "admin",
    "DELETE /v1/cases/{case_id}/golden": "admin",
    "GET /v1/golden": "admin",
    "GET /v1/reviewers": "review",
    "GET /v1/lists": "review",
    "POST /v1/lists": "admin",
    "GET /v1/lists/csv": "review",
    "POST /v1/lists/csv": "admin",
    "DELETE /v1/lists/{entry_id}": "admin",
    "GET /v1/models": "review",
    "POST /v1/models/activate": "admin",
    "POST /v1/models/rollback": "admin",
    "GET /v1/models/shadow": "review",
    "POST /v1/models/shadow": "admin",
    "DELETE /v1/models/shadow": "admin",
    "GET /v1/webhooks": "admin",
    "POST /v1/webhooks": "admin",
    "DELETE /v1/webhooks/{webhook_id}": "admin",
    "GET /v1/webhooks/{webhook_id}/deliveries": "admin",
    "POST /v1/webhooks/{webhook_id}/redeliver": "admin",
    "GET /v1/model": None,  # any key
    "GET /metrics": None,
    "GET /healthz": "open",
    "GET /readyz": "open",
}
"""Every operation of the description, and the scope it asks for."""


def test_every_operation_asks_for_its_scope_before_it_reads_anything(screener: Screener, ledger: Ledger) -> None:
    tokens: dict[Scope, str] = {scope: make(ledger, scope) for scope in keys.SCOPES}
    door = door_of(screener, ledger)
    paths = door.get("/openapi.json").json()["paths"]
    assert {f"{method.upper()} {path}" for path in paths for method in paths[path]} == SCOPE_OF.keys()
    for operation, scope in SCOPE_OF.items():
        method, path = re.sub(r"{[^}]+}", "x", operation).split()
        answers = {held: ask(door, method, path, token).status_code for held, token in tokens.items()}
        allowed = {held for held in keys.SCOPES if scope in {None, "open", held} or held == "admin"}
        assert {held for held, status in answers.items() if status != 403} == allowed, operation
        assert (ask(door, method, path, None).status_code == 401) is (scope != "open"), operation
        assert not {500, 401} & set(answers.values()), operation


@pytest.mark.parametrize("header", ["Basic {}", "{}", "bearer", "Bearer  {} x", "Token {}"])
def test_another_form_of_the_header_is_no_key(screener: Screener, ledger: Ledger, header: str) -> None:
    token = make(ledger, "score")
    answer = door_of(screener, ledger).post("/v1/score", json=BAG, headers={"authorization": header.format(token)})
    assert answer.status_code == 401


def test_a_ring_follows_the_ledger(ledger: Ledger) -> None:
    now = [NOW]
    ring = KeyRing(ledger, lambda: now[0])
    ring.look()
    assert ring.admit(None, "admin") is None
    token = make(ledger, "score", "review", expires_at=NOW + timedelta(days=1))
    assert ring.admit(None, "admin") is None  # until it looks
    ring.look()
    key = ring.admit(token, "review")
    assert key
    assert (key.name, key.scopes) == ("店", ("score", "review"))
    with pytest.raises(Forbidden, match="label"):
        ring.admit(token, "label")
    now[0] += timedelta(days=1)
    for told in (token, None):  # the only key expired: shut, not open again
        with pytest.raises(Unauthorised):
            ring.admit(told, "score")
    assert not ring.usable


def test_a_clock_set_back_opens_no_expired_key(ledger: Ledger) -> None:
    now = [NOW]
    ring = KeyRing(ledger, lambda: now[0])
    token = make(ledger, "score", expires_at=NOW + timedelta(days=1))
    ring.look()
    assert ring.admit(token, "score")
    now[0] = NOW + timedelta(days=1)
    with pytest.raises(Unauthorised):
        ring.admit(token, "score")
    now[0] = NOW
    with pytest.raises(Unauthorised):
        ring.admit(token, "score")


def test_a_revoked_key_is_shut_and_a_rotated_one_has_grace(ledger: Ledger) -> None:
    now = [NOW]
    ring = KeyRing(ledger, lambda: now[0])
    first, other = make(ledger, "label"), make(ledger, "score")
    with ledger.writing() as page:
        second = keys.rotate(page, keys.id_of(first), NOW + timedelta(hours=1), who="周", why="例行")
        keys.revoke(page, keys.id_of(other), who="周", why="泄露")
    ring.look()
    assert ring.admit(first, "label")
    assert ring.admit(second, "label")
    with pytest.raises(Unauthorised):
        ring.admit(other, "score")
    now[0] += timedelta(hours=1)
    assert ring.admit(second, "label")
    with pytest.raises(Unauthorised):
        ring.admit(first, "label")
    with pytest.raises(keys.KeyUnknown), ledger.writing() as page:
        keys.rotate(page, keys.id_of(other), NOW, who="周", why="x")
    with pytest.raises(keys.KeyUnknown), ledger.writing() as page:
        keys.revoke(page, "nobody", who="周", why="x")


def test_rotating_does_not_prolong_a_key(ledger: Ledger) -> None:
    first = make(ledger, "label", expires_at=NOW)
    with ledger.writing() as page:
        keys.rotate(page, keys.id_of(first), NOW + timedelta(days=9), who="周", why="x")
    with ledger.view() as view:
        assert not keys.keys(view)[keys.id_of(first)].active(NOW)


def test_the_ledger_holds_no_key(ledger: Ledger) -> None:
    token = make(ledger, "admin")
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        held = str(connection.execute(text("SELECT * FROM keys")).mappings().all())
    assert token not in held
    assert token.split("_", 2)[2] not in held
    assert "周" in held


def test_a_service_that_loses_the_ledger_still_knows_its_keys(screener: Screener, ledger: Ledger) -> None:
    token = make(ledger, "score")
    door = door_of(screener, ledger)
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE records RENAME TO elsewhere"))
    assert ask(door, "POST", "/v1/score?dry_run=true", token).status_code == 200
    assert ask(door, "POST", "/v1/score?dry_run=true", None).status_code == 401


def test_a_running_service_follows(screener: Screener, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.watch._EVERY", 0.01)
    with door_of(screener, ledger) as door:
        assert door.get("/v1/model").status_code == 200
        make(ledger, "score")
        assert any(door.get("/v1/model").status_code == 401 for _ in range(2000))


@pytest.fixture
def zhenwei(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    return lambda *words: CliRunner().invoke(app, ["key", *words])


def test_keys_by_command(zhenwei: Callable[..., Result], ledger: Ledger) -> None:
    made = zhenwei("create", "--name", "店", "--scope", "score", "--scope", "label", "--expires-days", "30",
                   "--per-minute", "600", "--why", "上线")  # fmt: skip
    token = made.stdout.strip()
    assert re.fullmatch(r"zw_[0-9a-f]{12}_[\w-]{43}", token)
    assert "shown once" in made.stderr
    name = keys.id_of(token)
    assert zhenwei("rotate", name, "--why", "例行", "--grace-hours", "0").stdout.strip() != token
    listed = zhenwei("list").stdout
    assert [line.split()[1] for line in listed.splitlines()] == ["expired", "active"]
    assert "score,label, 600/min" in listed
    assert token.split("_", 2)[2] not in listed
    told = orjson.loads(zhenwei("list", "--json-out").stdout)
    assert zhenwei("revoke", told[1]["key_id"], "--why", "泄露").exit_code == 0
    assert [one["state"] for one in orjson.loads(zhenwei("list", "--json-out").stdout)] == ["expired", "revoked"]
    with ledger.view() as view:
        assert [key.per_minute for key in keys.keys(view).values()] == [600, 600]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["create", "--name", "x", "--scope", "god", "--why", "x"], "choose among score, label, review, admin, test"),
        (["create", "--name", " ", "--scope", "score", "--why", "x"], "who holds the key"),
        (["revoke", "nobody", "--why", "x"], "no key has this id"),
    ],
)
def test_a_key_that_cannot_be(zhenwei: Callable[..., Result], words: list[str], message: str) -> None:
    refused = zhenwei(*words).exception
    assert isinstance(refused, ZhenweiError)
    assert message in str(refused)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.cn"])  # noqa: S104 - what needs keys
def test_beyond_this_machine_keys_are_needed(ledger: Ledger, host: str) -> None:
    settings = read_settings({"host": host})
    for one in (None, ledger):
        with pytest.raises(ZhenweiError, match=r"no access keys yet.*zhenwei key create --name WHO --scope score"):
            home_folder.keys(settings, one)
    make(ledger, "score", expires_at=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(ZhenweiError, match="no access keys yet that work"):
        home_folder.keys(settings, ledger)
    make(ledger, "score")
    assert home_folder.keys(settings, ledger).usable


def test_an_id_is_read_only_from_what_looks_like_a_key() -> None:
    assert keys.id_of("zw_abc_d_e") == "abc"
    assert [keys.id_of(told) for told in ("", "zw", "zw_abc", "xx_abc_d", "\ud800")] == [""] * 5
    assert Key("a", "d", "n", ("admin",), None, None).allows("score")
    assert not Key("a", "d", "n", ("review",), None, None).allows("score")
