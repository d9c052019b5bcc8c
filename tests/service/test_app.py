"""What the HTTP door answers to those who ask well; test_bad_input.py has the others."""

import logging
from collections.abc import Callable

import orjson
import pytest
from fastapi.testclient import TestClient

from models import Screener
from service import wire
from service.examples import EXAMPLES, HONEST, RISKY
from service.telemetry import JsonLines

Serve = Callable[..., TestClient]
REPLICA = {"listing_id": "7", "title": "高仿包包", "observed_at": "2026-03-02T00:00:00Z"}
PLAIN = {"listing_id": "8", "title": "帆布包"}


def test_one_listing_is_answered_with_the_bytes_of_the_screening(client: TestClient, screener: Screener) -> None:
    answer = client.post("/v1/score", json=REPLICA)
    expected = screener.screen([wire.listing(dict(REPLICA))], explain="full", today=client.app.state.today())[0]  # type: ignore[attr-defined]
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.content == expected.to_json()


@pytest.mark.parametrize(
    ("path", "told", "findings"),
    [
        ("/v1/score", True, True),
        ("/v1/score?explain=full", True, True),
        ("/v1/score?explain=findings", False, True),
        ("/v1/score?explain=none", False, False),
    ],
)
def test_explain_chooses_how_much_is_told(client: TestClient, path: str, told: bool, findings: bool) -> None:
    answer = client.post(path, json=REPLICA).json()
    assert bool(answer["heads"]["counterfeit"]["explanation"]) is told
    assert bool(answer["findings"]) is findings


def test_a_batch_names_the_bad_row_and_answers_the_others_in_order(client: TestClient) -> None:
    rows = [PLAIN, REPLICA, {**PLAIN, "title": ""}, {**PLAIN, "price_cny": "9.9"}, 5, PLAIN]
    answer = client.post("/v1/score/batch", json={"listings": rows}).json()
    assert [(one["index"], one["screening"]["level"]) for one in answer["screened"]] == [
        (0, "low"),
        (1, "high"),
        (5, "low"),
    ]
    assert [(one["index"], one["listing_id"], one["errors"][0]["pointer"]) for one in answer["rejected"]] == [
        (2, "8", "/listings/2/title"),
        (3, "8", "/listings/3/price_cny"),
        (4, None, "/listings/4"),
    ]


def test_a_batch_explains_findings_and_gives_the_bytes_of_one(client: TestClient) -> None:
    one = client.post("/v1/score?explain=findings", json=REPLICA).content
    many = client.post("/v1/score/batch", json={"listings": [PLAIN, REPLICA]}).content
    assert b'{"index":1,"screening":' + one + b"}" in many


def test_a_batch_is_screened_in_slices_so_that_others_get_their_turn(client: TestClient, stand_in: object) -> None:
    stand_in.calls.clear()  # type: ignore[attr-defined]
    listings = [{"listing_id": str(i), "title": "帆布包"} for i in range(1000)]
    answer = client.post("/v1/score/batch", json={"listings": listings}).json()
    assert [one["screening"]["listing_id"] for one in answer["screened"]] == [str(i) for i in range(1000)]
    assert max(stand_in.calls) <= 64  # type: ignore[attr-defined]


def test_probes_and_model(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {
        "status": "ready",
        "bundle": "0123456789abcdef",
        "ledger": "off",
        "online": "off",
        "queue": "off",
        "away": [],
    }
    model = client.get("/v1/model").json()
    assert model["features"] == 2
    assert model["heads"]["counterfeit"]["thresholds"]["high_fpr"] == 0.005
    assert model["card"].startswith("# Card")
    assert model["knowledge"] == "f" * 16


def test_the_description_shows_examples_that_were_screened(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    one = told["paths"]["/v1/score"]["post"]
    asked = one["requestBody"]["content"]["application/json"]["examples"]
    assert asked == {name: {"value": dict(listing)} for name, listing in EXAMPLES.items()}
    answered = one["responses"]["200"]["content"]["application/json"]["examples"]
    assert answered["risky"]["value"] == client.post("/v1/score", json=dict(RISKY)).json()
    assert answered["honest"]["value"] == client.post("/v1/score", json=dict(HONEST)).json()
    assert set(one["responses"]["422"]["content"]) == {"application/problem+json"}


def test_the_description_refers_only_to_what_it_holds(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    named = {part.split('"')[0] for part in client.get("/openapi.json").text.split("#/components/schemas/")[1:]}
    assert named <= told["components"]["schemas"].keys()
    assert {"ListingIn", "Scored", "ProblemOut", "BatchOut", "ModelOut"} <= named


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_request_is_one_line_without_the_title(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "zhenwei"):
        client.post("/v1/score", json={**REPLICA, "title": "高仿包包 Ｎ.Ｋ"})
        client.get("/v1/张三/高仿")
    lines = [orjson.loads(JsonLines().format(record)) for record in caplog.records if record.name == "zhenwei"]
    assert [(one["path"], one["status"], one.get("levels"), one.get("transforms")) for one in lines] == [
        ("/v1/score", 200, {"high": 1}, {"fullwidth": 2, "separator": 1}),
        ("(unknown)", 404, None, None),
    ]
    assert not [one for one in lines if "高仿" in str(one) or "张三" in str(one)]


def test_a_bug_is_one_plain_500_and_its_log_quotes_nothing(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post("/v1/score", json={"listing_id": "1", "title": "坏掉的包"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "坏掉" not in answer.text
    assert "RuntimeError" not in answer.text
    record = next(record for record in caplog.records if record.exc_info)
    line = orjson.loads(JsonLines().format(record))
    assert line["error"] == "RuntimeError"
    assert line["at"]
    assert "坏掉" not in str(line)


def test_limits_are_settings(serve: Serve) -> None:
    client = serve({"max_batch": 2, "max_body_bytes": 1024})
    assert client.post("/v1/score/batch", json={"listings": [PLAIN] * 2}).status_code == 200
    assert client.post("/v1/score/batch", json={"listings": [PLAIN] * 3}).status_code == 422
    assert client.post("/v1/score", json={**PLAIN, "description": "好" * 400}).status_code == 413
