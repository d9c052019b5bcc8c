"""Webhooks: every risky evaluation that was recorded is told, signed, at least once, whatever happens meanwhile."""

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from service.cli import app
from service.ledger import deliveries, webhooks
from service.ledger.erasure import erase_seller
from service.ledger.ledger import Ledger
from service.ledger.verification import verify

Running = Callable[..., AbstractContextManager[TestClient]]
INSIDE = {"webhook_private": "true"}
LISTING = {"title": "高仿包包", "seller": {"seller_id": "s-1", "name": "张三的店", "uscc": "91330100799655058B"}}


class Receiver(ThreadingHTTPServer):
    """Receives messages, answers with `status`, and follows no instructions."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        self.got: list[tuple[Mapping[str, str], bytes]] = []
        self.status, self.headers = 204, dict[str, str]()
        super().__init__(("127.0.0.1", 0), Receiving)
        self.url = f"http://127.0.0.1:{self.server_port}/hook?a=b"

    def wait(self, messages: int) -> list[dict[str, Any]]:
        """The messages, once there are so many."""
        for _ in range(400):
            if len(self.got) >= messages:
                break
            time.sleep(0.02)
        return [orjson.loads(body) for _, body in self.got]


class Receiving(BaseHTTPRequestHandler):
    """Answers one message."""

    server: Receiver

    def do_POST(self) -> None:
        """Take it."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def score(door: TestClient, number: int, **told: Any) -> Any:  # noqa: ANN401 - JSON
    return door.post("/v1/score", json={"listing_id": f"l-{number}"} | LISTING | told).json()


def add(door: TestClient, url: str, **told: Any) -> Any:  # noqa: ANN401 - JSON
    made = door.post("/v1/webhooks", json={"url": url, "who": "周", "why": "审核台"} | told)
    assert made.status_code == 201
    return made.json()


def outcomes(door: TestClient, webhook_id: str, count: int) -> list[dict[str, Any]]:
    for _ in range(400):
        told: list[dict[str, Any]] = door.get(f"/v1/webhooks/{webhook_id}/deliveries").json()
        if sum(one["outcome"] != "again" for one in told) >= count:
            return told
        time.sleep(0.02)
    raise AssertionError(told)


def test_a_risky_evaluation_is_told_and_signed(
    running: Running, queue: Mapping[str, str], ledger: Ledger, receiver: Receiver
) -> None:
    with running({**queue, **INSIDE}, ledger) as door:
        score(door, 0)  # before anybody wanted to know
        made = add(door, receiver.url)
        high, _low = score(door, 1), score(door, 2, title="帆布包")
        (told,) = receiver.wait(1)
        (became,) = outcomes(door, made["webhook_id"], 1)
        assert (became["outcome"], became["answer"], became["attempts"]) == ("delivered", "204", 1)
        (shown,) = door.get("/v1/webhooks").json()
        assert (shown["levels"], shown["outcomes"]) == (["high"], {"delivered": 1})
        assert 'zhenwei_webhook_deliveries_total{outcome="delivered"} 1.0' in door.get("/metrics").text
    assert (told["type"], told["data"]["evaluation_id"]) == ("evaluation.high", high["evaluation_id"])
    assert {"listing_id": "l-1", "seller_id": "s-1", "risk_score": 90, "action": "review"}.items() <= told[
        "data"
    ].items()
    headers, body = receiver.got[0]
    assert not [word for word in ("高仿", "张三", "91330100799655058B") if word in body.decode()]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.digest(b64decode(made["secret"].removeprefix("whsec_")), signed, "sha256")
    assert headers["webhook-signature"] == f"v1,{b64encode(mac).decode()}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    with ledger.reading() as connection:
        assert verify(connection).broken is None


def test_what_a_receiver_refuses_is_tried_again_then_given_up_and_told_again_when_somebody_asks(
    running: Running, queue: Mapping[str, str], receiver: Receiver
) -> None:
    receiver.status = 500
    with running({**queue, **INSIDE}) as door:
        name = add(door, receiver.url)["webhook_id"]
        score(door, 1)
        (dead,) = outcomes(door, name, 1)
        assert (dead["outcome"], dead["answer"], dead["attempts"]) == ("dead", "500", 4)
        assert 'zhenwei_webhook_deliveries_total{outcome="dead"} 1.0' in door.get("/metrics").text
        receiver.status = 200
        again = f"/v1/webhooks/{name}/redeliver"
        assert door.post(again, json={"who": "周"}).json() == {"evaluations": 1}
        assert [one["outcome"] for one in outcomes(door, name, 2)] == ["delivered", "again", "dead"]
        assert door.post(again, json={"who": "周"}).json() == {"evaluations": 0}
        assert door.post(again, json={"who": "周", "evaluation_id": "nothing"}).json() == {"evaluations": 0}
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 5


def test_nothing_recorded_is_lost_while_nobody_tells_it(
    running: Running, queue: Mapping[str, str], receiver: Receiver
) -> None:
    with running({**queue, **INSIDE}) as door:
        name = add(door, receiver.url)["webhook_id"]
        background = door.app.state.background  # type: ignore[attr-defined]
        background.courier.due = list  # the process that tells is away
        sent = [score(door, number)["evaluation_id"] for number in range(20)]
    assert not receiver.got
    with running({**queue, **INSIDE}) as door:
        told = receiver.wait(20)
        outcomes(door, name, 20)
    assert sorted(one["data"]["evaluation_id"] for one in told) == sorted(sent)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(running: Running, receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.url}
    with running(INSIDE) as door:
        name = add(door, receiver.url)["webhook_id"]
        score(door, 1)
        assert outcomes(door, name, 1)[0]["answer"] == str(status)
    assert len(receiver.got) == 4


def test_what_was_erased_or_removed_meanwhile_is_not_told(running: Running, book: Ledger, receiver: Receiver) -> None:
    receiver.status = 503
    with running(INSIDE) as door:
        erased, removed = (add(door, receiver.url)["webhook_id"] for _ in range(2))
        score(door, 1)
        receiver.wait(1)
        assert door.delete(f"/v1/webhooks/{removed}", params={"who": "周", "why": "停用"}).status_code == 204
        erase_seller(book, "s-1", who="w", why="y")
        assert outcomes(door, erased, 1)[0]["outcome"] == "skipped"
        assert door.get(f"/v1/webhooks/{removed}/deliveries").json() == []
        assert door.delete(f"/v1/webhooks/{removed}", params={"who": "周", "why": "停用"}).status_code == 404


def test_levels_are_chosen_and_a_superseding_answer_is_told_too(running: Running, receiver: Receiver) -> None:
    with running(INSIDE) as door:
        add(door, receiver.url, levels=["medium"])
        add(door, receiver.url, levels=["high", "medium"])
        score(door, 1)
        score(door, 1)
        score(door, 1, title="高仿包包 新款")
        told = receiver.wait(2)
        time.sleep(0.2)
    assert [one["data"]["evaluation_status"] for one in sorted(told, key=lambda one: one["timestamp"])] == [
        "new",
        "superseding",
    ]
    assert len(receiver.got) == 2


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"url": "http://example.cn/"}, 422),
        ({"url": "http://127.0.0.1:9/"}, 422),
        ({"levels": []}, 422),
        ({"levels": ["low"]}, 422),
        ({"why": ""}, 422),
        ({"secret": "mine"}, 422),
    ],
)
def test_a_webhook_that_cannot_be(running: Running, told: dict[str, Any], status: int) -> None:
    with running() as door:
        wish = {"url": "https://example.cn/", "who": "周", "why": "y"} | told
        assert door.post("/v1/webhooks", json=wish).status_code == status
        assert door.get("/v1/webhooks").json() == []


def test_a_home_without_the_key_signs_nothing(running: Running, receiver: Receiver, home: Any) -> None:  # noqa: ANN401
    with running(INSIDE) as door:
        name = add(door, receiver.url)["webhook_id"]
        (home / "webhook.secret").write_bytes(b"x" * 32)
        score(door, 1)
        (dead,) = outcomes(door, name, 1)
        assert (dead["outcome"], dead["answer"]) == (
            "dead",
            "the key in the home folder is another; add the webhook again",
        )
    assert not receiver.got


def test_webhooks_by_command(book: Ledger, monkeypatch: pytest.MonkeyPatch, home: Any) -> None:  # noqa: ANN401
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", str(book.engine.url))
    made = CliRunner().invoke(app, ["webhook", "add", "https://example.cn/hook", "--level", "high", "--why", "审核台"])
    name, secret = made.stdout.split()
    assert (home / "webhook.secret").stat().st_mode & 0o777 == 0o600
    with book.view() as view:
        assert webhooks.webhook(view, name).levels == ("high",)
        assert secret not in str(webhooks.webhooks(view))
    listed = CliRunner().invoke(app, ["webhook", "list"]).stdout
    assert "https://example.cn/hook: delivered 0, dead 0, skipped 0" in listed
    assert secret not in listed
    assert "0 evaluations" in CliRunner().invoke(app, ["webhook", "redeliver", name]).stdout
    assert "nothing more" in CliRunner().invoke(app, ["webhook", "remove", name, "--why", "停用"]).stdout
    assert CliRunner().invoke(app, ["webhook", "list"]).stdout == ""
    refused = CliRunner().invoke(app, ["webhook", "add", "http://example.cn/", "--why", "x"]).exception
    assert "must be https" in str(refused)
    assert deliveries.OUTCOMES == ("delivered", "dead", "skipped")
