"""A Redis of our own that is stopped, restarted, filled, held up and poisoned while listings are scored.

Whatever happens to it: every request is answered, no answer hides what is missing, and afterwards all is as before.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import redis
from fastapi.testclient import TestClient

from models import Screener
from service.app import create_app
from service.ledger.ledger import Ledger
from service.online.online import Online
from service.settings import Settings

TODAY = date(2026, 3, 2)
PATIENCE = 1.0  # a busy test machine is not a fault


@pytest.fixture
def ledger_url(tmp_path: Path) -> str:
    """One kind of ledger is enough here."""
    return f"sqlite:///{tmp_path}/ledger.sqlite3"


class Server:
    """A redis-server on a free port."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, empty, and wait until it answers."""
        self._process = subprocess.Popen(  # noqa: S603
            ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self._folder)],  # noqa: S607
            stdout=subprocess.DEVNULL,
        )
        for _ in range(500):
            try:
                with self.client() as client:
                    client.ping()
                    return
            except redis.ConnectionError:
                time.sleep(0.02)
        raise TimeoutError("redis-server did not start")

    def stop(self) -> None:
        """Kill it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def send(self, what: signal.Signals) -> None:
        """Send the process a signal."""
        if self._process:
            self._process.send_signal(what)

    def client(self) -> redis.Redis:
        """Someone else who talks to it."""
        return redis.Redis.from_url(self.url)

    def do(self, *command: str | int) -> None:
        """Send it a command."""
        with self.client() as client:
            client.execute_command(*command)

    def spoil(self, poison: Callable[[redis.Redis, bytes], object]) -> None:
        """Do something to every key."""
        with self.client() as client:
            for key in list(client.scan_iter()):
                poison(client, key)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if shutil.which("redis-server") is None and not os.environ.get("ZHENWEI_TEST_ALL"):
        pytest.skip("there is no redis-server to start")
    started = Server(tmp_path)
    yield started
    started.stop()


@pytest.fixture
def online(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Online]:
    monkeypatch.setattr("service.online.link._AGAIN", 0.0)
    opened = Online(server.url, "t", PATIENCE, b"s" * 32, cached_s=60)
    yield opened
    opened.close()


@pytest.fixture
def client(screener: Screener, ledger: Ledger, online: Online) -> TestClient:
    app = create_app(screener, Settings(), today=lambda: TODAY, ledger=ledger, online=online)
    return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


def scored(client: TestClient, name: str, times: int = 20) -> list[dict[str, Any]]:
    """Answers to new listings of one seller, and to each once more."""
    listings = [
        {"listing_id": f"{name}{i}", "title": f"雨伞 {name} {i}", "price_cny": 9.9, "seller": {"seller_id": "s"}}
        for i in range(times)
    ]
    answers = [client.post("/v1/score", json=one) for one in [*listings, *listings]]
    many = client.post("/v1/score/batch", json={"listings": listings})
    assert {answer.status_code for answer in (*answers, many)} == {200}
    told = [answer.json() for answer in answers] + [one["screening"] for one in many.json()["screened"]]
    assert len(told) == 3 * times
    assert [one["evaluation_status"] for one in told] == ["new"] * times + ["duplicate"] * (2 * times)
    return told


def assessments(told: list[dict[str, Any]]) -> set[str]:
    """What is said of the answers; a degraded one says what is missing."""
    for one in told:
        missing = {warning["code"] for warning in one["warnings"]} & {"online.away"}
        assert bool(missing) is (one["assessment"] == "degraded")
    return {one["assessment"] for one in told}


def recovered(client: TestClient, online: Online) -> None:
    """Wait for the probe that finds it again."""
    for _ in range(200):
        online.look()
        if client.get("/readyz").json()["online"] == "ok":
            return
        time.sleep(0.02)
    raise TimeoutError("Redis was not found again")


def _open(server: Server) -> None:
    with redis.Redis(port=server.port, password="x") as client:  # noqa: S106
        client.config_set("requirepass", "")


Fault = tuple[Callable[[Server], None], Callable[[Server], None]]
AWAY: dict[str, Fault] = {
    "stopped": (Server.stop, Server.start),
    "full": (
        lambda server: server.do("CONFIG", "SET", "maxmemory", 1),
        lambda server: server.do("CONFIG", "SET", "maxmemory", 0),
    ),
    "held up": (lambda server: server.send(signal.SIGSTOP), lambda server: server.send(signal.SIGCONT)),
    "writes held up": (
        lambda server: server.do("CLIENT", "PAUSE", 600_000, "WRITE"),
        lambda server: server.do("CLIENT", "UNPAUSE"),
    ),
    "a copy that may not be written": (
        lambda server: server.do("REPLICAOF", "127.0.0.1", 1),
        lambda server: server.do("REPLICAOF", "NO", "ONE"),
    ),
    "a password": (
        lambda server: server.do("CONFIG", "SET", "requirepass", "x"),
        _open,
    ),
}


@pytest.mark.parametrize(("breaks", "heals"), AWAY.values(), ids=AWAY)
def test_answers_go_on_and_say_what_is_missing(
    client: TestClient,
    online: Online,
    server: Server,
    breaks: Callable[[Server], None],
    heals: Callable[[Server], None],
) -> None:
    assert assessments(scored(client, "before")) == {"assessed"}
    breaks(server)
    online.link._client.connection_pool.disconnect()  # who was let in before a password stays in
    during = scored(client, "during")
    assert "degraded" in assessments(during)
    assert assessments(during[-1:]) == {"degraded"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["away"]) == (200, ["online"])
    heals(server)
    recovered(client, online)
    assert assessments(scored(client, "after")) == {"assessed"}


def test_it_waits_once_and_not_for_every_request(client: TestClient, online: Online, server: Server) -> None:
    scored(client, "before", 2)
    waits: list[float] = []
    call: Any = online.link._client.execute_command

    def timed(*told: Any, **options: Any) -> object:  # noqa: ANN401
        started = time.perf_counter()
        try:
            return call(*told, **options)
        finally:
            waits.append(time.perf_counter() - started)

    online.link._client.execute_command = timed  # type: ignore[method-assign]
    server.send(signal.SIGSTOP)
    assert assessments(scored(client, "during", 30)) == {"degraded"}
    assert len(waits) == 1  # ninety listings, one wait
    server.send(signal.SIGCONT)


def test_a_restart_in_between_loses_what_was_known_and_no_answer(
    client: TestClient, online: Online, server: Server
) -> None:
    scored(client, "before")
    server.stop()
    server.start()
    told = scored(client, "after")  # the first finds the connection cut, the probe finds the new one
    recovered(client, online)
    assert assessments(told) <= {"assessed", "degraded"}
    assert assessments(scored(client, "later")) == {"assessed"}


POISONS: dict[str, Callable[[redis.Redis, bytes], object]] = {
    "garbage": lambda client, key: client.set(key, b"\xff\x00garbage|;:"),
    "nothing": lambda client, key: client.set(key, b""),
    "a list": lambda client, key: (client.delete(key), client.rpush(key, "x")),
    "a set": lambda client, key: (client.delete(key), client.sadd(key, "x")),
    "a megabyte": lambda client, key: client.set(key, b"9" * 1_000_000),
    "huge numbers": lambda client, key: client.set(key, b"99999999999999 99999999999999|99:9999999|99:999999"),
    "cut off": lambda client, key: client.set(key, bytes(client.get(key) or b"")[:-3]),  # type: ignore[arg-type]
    "gone": lambda client, key: client.delete(key),
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_poisoned_keys_are_written_anew(
    client: TestClient, server: Server, poison: Callable[[redis.Redis, bytes], object]
) -> None:
    scored(client, "before", 5)
    server.spoil(poison)
    again = client.post("/v1/score", json={"listing_id": "before0", "title": "雨伞 before 0", "price_cny": 9.9})
    assert (again.status_code, again.json()["assessment"]) == (200, "assessed")
    assert assessments(scored(client, "after", 5)) == {"assessed"}
    server.spoil(poison)
    assert assessments(scored(client, "later", 5)) == {"assessed"}
