"""What is reported of a shadow: agreement, disagreements of both directions, and who was right."""

from collections.abc import Callable

import orjson
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from features.errors import ZhenweiError
from service.cli import app
from service.ledger import shadows
from service.ledger.ledger import Ledger
from service.ledger.shadows import Shadow
from service.shadow.report import report

Serve = Callable[..., TestClient]
CANDIDATE = "c" * 16


def heads(level: str) -> str:
    return orjson.dumps({"counterfeit": {"p": 0.5, "score": 50, "level": level}}).decode()


@pytest.fixture
def door(serve: Serve, ledger: Ledger) -> TestClient:
    """Six listings, the first three answered high; the candidate says the opposite of 1 and 4, and fails at 6."""
    client = serve({}, ledger)
    with ledger.writing() as page:
        shadows.begin(page, CANDIDATE, who="周", why="试")
    for i in range(1, 7):
        title = "高仿包" if i <= 3 else "帆布包"
        assert client.post("/v1/score", json={"listing_id": str(i), "title": title}).status_code == 200
    with ledger.view() as view:
        seqs = [one.seq for one in shadows.waiting(view, 0, 10)]
    levels = ["low", "high", "high", "medium", "low"]
    scores = {"low": 5, "medium": 70, "high": 90}
    told = [
        Shadow(CANDIDATE, seq, "assessed", level, scores[level], "pass" if level == "low" else "review", heads(level))
        for seq, level in zip(seqs, levels, strict=False)
    ]
    with ledger.writing() as page:
        shadows.record(page, [*told, Shadow(CANDIDATE, seqs[5], error="ValueError")])
    return client


def test_agreement_and_both_directions(door: TestClient, ledger: Ledger) -> None:
    with ledger.view() as view:
        told = report(view)
    assert told
    assert (told.bundle, told.running, told.scored, told.waiting, told.skipped, told.failed) == (
        CANDIDATE, True, 5, 0, 0, 1,
    )  # fmt: skip
    assert told.errors == {"ValueError": 1}
    assert told.levels == {"high": {"low": 1, "high": 2}, "low": {"medium": 1, "low": 1}}
    assert (told.same_level, told.same_action) == (0.6, 0.6)
    assert (told.mean_difference, told.mean_absolute_difference) == (-3.2, 30.8)
    assert [(one.live_score, one.shadow_score) for one in told.lowered] == [(90, 5)]
    assert [(one.live_level, one.shadow_level) for one in told.raised] == [("low", "medium")]
    raised = door.get(f"/v1/evaluations/{told.raised[0].evaluation_id}").json()
    assert raised["listing"]["listing_id"] == "4"
    assert told.compared_with == ["0123456789abcdef"]


def test_labels_say_who_was_right(door: TestClient) -> None:
    for listing, verdict in (("1", "confirmed"), ("2", "confirmed"), ("3", "false_alarm"), ("4", "missed")):
        label = {"listing_id": listing, "verdict": verdict, "reason": "replica" if verdict != "false_alarm" else ""}
        assert door.post("/v1/labels", json=label).status_code == 201
    door.post("/v1/labels", json={"listing_id": "6", "verdict": "missed", "reason": "replica"})  # the candidate failed
    told = door.get("/v1/models/shadow").json()["heads"]
    assert told["counterfeit"] == {
        "guilty": 3,
        "honest": 1,
        "live": {"caught": 2, "missed": 1, "false_alarms": 1, "precision": 0.6667, "recall": 0.6667},
        "shadow": {"caught": 2, "missed": 1, "false_alarms": 1, "precision": 0.6667, "recall": 0.6667},
    }
    assert told["fraud_order"]["guilty"] == 0
    assert told["fraud_order"]["shadow"]["recall"] is None


def test_a_report_by_command_and_over_http_says_the_same(
    door: TestClient, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    told = CliRunner().invoke(app, ["model", "shadow", "--json-out"])
    assert orjson.loads(told.output) == door.get("/v1/models/shadow").json()
    shown = CliRunner().invoke(app, ["model", "shadow", "--report"]).output
    assert "scored 5, waiting 0, skipped 0, failed 1 {'ValueError': 1}" in shown
    assert "same level 0.6" in shown
    assert " low 3 -> medium 70" in shown
    assert CliRunner().invoke(app, ["model", "shadow", "--off", "--why", "够了"]).output == (
        f"{CANDIDATE} left the shadow\n"
    )
    assert door.get("/v1/models/shadow").json()["running"] is False
    for words in (["--off"], ["x", "--off", "--why", "x"], ["--off", "--why", "x"]):
        assert isinstance(CliRunner().invoke(app, ["model", "shadow", *words]).exception, ZhenweiError)


def test_where_there_never_was_a_shadow_nothing_is_reported(
    serve: Serve, ledger: Ledger, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    assert serve({}, ledger).get("/v1/models/shadow").status_code == 404
    assert "no bundle was ever" in CliRunner().invoke(app, ["model", "shadow"]).output
