"""Traces and log lines: where a request went and how long it took, and nothing of what it said."""

import logging
import sys
from collections.abc import Callable

import orjson
import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from models import Screener
from service import traces
from service.app import create_app
from service.ledger.ledger import Ledger
from service.online.online import Online
from service.settings import Settings, SettingsInvalid
from service.telemetry import JsonLines

Serve = Callable[..., TestClient]
SECRETS = ("高仿", "小鹿轻奢馆", "s-77", "L-77", "坏掉")
TOLD = {"listing_id": "L-77", "title": "高仿包包", "seller": {"seller_id": "s-77", "name": "小鹿轻奢馆"}}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, ReadableSpan]]:
    """What was traced, by name: by us, or by a library that finds a provider set up."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(traces, "_tracer", provider.get_tracer("test"))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    return lambda: {span.name: span for span in kept.get_finished_spans()}


@pytest.fixture
def door(screener: Screener, ledger: Ledger) -> TestClient:
    online = Online("memory://", "test", 1.0)
    return TestClient(
        create_app(screener, Settings(), ledger=ledger, online=online),
        "http://127.0.0.1",
        raise_server_exceptions=False,
    )


def test_a_request_is_traced_below_its_caller_and_quotes_nothing(
    door: TestClient, spans: Callable[[], dict[str, ReadableSpan]]
) -> None:
    caller = f"00-{'a' * 32}-{'b' * 16}-01"
    assert door.post("/v1/score", json=TOLD, headers={"traceparent": caller}).status_code == 200
    told = spans()
    assert {"POST /v1/score", "screen", "ledger commit", "redis"} <= told.keys()
    assert {span.context.trace_id for span in told.values() if span.context} == {int("a" * 32, 16)}
    parents = {name: span.parent.span_id for name, span in told.items() if span.parent}
    mine = {span.context.span_id: name for name, span in told.items() if span.context}
    assert parents["POST /v1/score"] == int("b" * 16, 16)
    assert mine[parents["screen"]] == mine[parents["ledger commit"]] == "POST /v1/score"
    assert mine[parents["redis"]] == "screen"
    attributes = told["POST /v1/score"].attributes or {}
    assert (attributes["http.route"], attributes["http.response.status_code"]) == ("/v1/score", 200)
    assert not [secret for secret in SECRETS if secret in "".join(span.to_json() for span in told.values())]


def test_an_error_is_traced_without_its_words(door: TestClient, spans: Callable[[], dict[str, ReadableSpan]]) -> None:
    assert door.post("/v1/score", json=TOLD | {"title": "坏掉的包"}).status_code == 500
    assert door.get("/v1/listings/L-77/高仿?platform=小鹿轻奢馆").status_code == 404
    assert door.get("/console/evaluations/高仿").status_code == 404
    told = "".join(span.to_json() for span in spans().values())
    assert "500" in told
    assert "/v1/listings/{listing_id" in told
    assert not [secret for secret in SECRETS if secret in told]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"req-42.a_B", True),
        (b"a" * 64, True),
        (b"a" * 65, False),
        (b"", False),
        (b"-x", False),
        (b'x","level":"low', False),
        ("高仿".encode(), False),
    ],
)
def test_a_request_has_a_name_its_caller_may_choose(
    door: TestClient, caplog: pytest.LogCaptureFixture, sent: bytes, kept: bool
) -> None:
    named = {b"x-request-id": sent}
    with caplog.at_level(logging.INFO, "zhenwei"):
        answers = [
            door.post("/v1/score", json=TOLD, headers=named),
            door.get("/v1/nothing", headers=named),
            door.post("/v1/score", json=TOLD | {"title": "坏掉的包"}, headers=named),
        ]
    names = [answer.headers["x-request-id"] for answer in answers]
    assert (names == [sent.decode("latin-1")] * 3) is kept
    assert len(set(names)) == (1 if kept else 3)
    lines = [orjson.loads(JsonLines().format(record)) for record in caplog.records if record.name == "zhenwei"]
    assert {line["request_id"] for line in lines} == set(names)
    assert {line["event"] for line in lines} == {"request", "unforeseen"}
    assert not [secret for secret in SECRETS if secret in orjson.dumps(lines).decode()]


def test_nothing_is_sent_anywhere_unless_the_environment_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    set_up: list[object] = []
    monkeypatch.setattr(trace, "set_tracer_provider", set_up.append)
    traces.start()
    assert not set_up
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    traces.start()
    (provider,) = set_up
    assert isinstance(provider, TracerProvider)
    assert provider.resource.attributes["service.name"] == "zhenwei"
    provider.shutdown()


def test_an_endpoint_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsInvalid, match=r"zhenwei\[traces\]"):
        traces.start()
