"""The link: one short wait, then nothing until a probe was answered."""

import time
from collections.abc import Iterator
from socket import socket

import pytest
import redis

from service.online.keyspace import KeySpace
from service.online.link import MEMORY, Link, OnlineAway


class Flaky:
    """A client whose calls fail while `broken` says so; counts them."""

    def __init__(self) -> None:
        """Begin whole."""
        self.broken: Exception | None = None
        self.calls = 0

    def set(self, *_told: object, **_options: object) -> None:
        """Take a write."""
        self.get()

    def get(self, *_told: object) -> None:
        """Answer, or fail."""
        self.calls += 1
        if self.broken:
            raise self.broken


@pytest.fixture
def now() -> list[float]:
    return [100.0]


@pytest.fixture
def flaky() -> Flaky:
    return Flaky()


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch, flaky: Flaky, now: list[float]) -> Link:
    monkeypatch.setattr("service.online.link._client", lambda *_told: flaky)
    return Link("redis://stand-in", KeySpace("t"), clock=lambda: now[0])


FAULTS = [
    redis.ConnectionError("refused"),
    redis.TimeoutError("slow"),
    redis.ResponseError("OOM command not allowed when used memory > 'maxmemory'"),
    redis.ReadOnlyError("READONLY"),
    redis.BusyLoadingError("LOADING"),
    OSError("network"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_after_a_failure_nothing_is_asked_until_a_probe_is_answered(
    link: Link, flaky: Flaky, now: list[float], fault: Exception
) -> None:
    flaky.broken = fault
    with pytest.raises(OnlineAway):
        link.call(lambda client: client.get("x"))
    calls = flaky.calls
    for _ in range(100):
        with pytest.raises(OnlineAway):
            link.call(lambda client: client.get("x"))
    link.look()
    assert (flaky.calls, link.state) == (calls, "away")
    now[0] += 1.1
    link.look()
    assert (flaky.calls, link.state) == (calls + 1, "away")
    flaky.broken = None
    now[0] += 1.1
    link.look()
    assert link.state == "ok"
    assert link.call(lambda _client: 7) == 7


def test_while_it_is_away_it_is_probed_every_second(link: Link, flaky: Flaky, now: list[float]) -> None:
    flaky.broken = redis.TimeoutError("slow")
    with pytest.raises(OnlineAway):
        link.call(lambda client: client.get("x"))
    before = flaky.calls
    for _ in range(600):
        now[0] += 1
        link.look()
    assert flaky.calls - before == 600


def test_one_that_answers_probes_only_costs_less_and_less(link: Link, flaky: Flaky, now: list[float]) -> None:
    failed = 0
    for _ in range(600):
        now[0] += 1
        link.look()
        flaky.broken = redis.TimeoutError("slow")
        try:
            link.call(lambda client: client.get("x"))
        except OnlineAway as away:
            failed += "not asked" not in away.cause
        flaky.broken = None
    assert failed <= 30


def test_other_mistakes_are_not_hidden(link: Link) -> None:
    with pytest.raises(ZeroDivisionError):
        link.call(lambda _client: 1 // 0)
    assert link.state == "ok"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where nobody answers, and nobody refuses."""
    with socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_server_that_never_answers_costs_the_patience_once(silent: int) -> None:
    started = time.perf_counter()
    link = Link(f"redis://127.0.0.1:{silent}/0", KeySpace("t"), patience=0.05)
    assert link.state == "away"
    assert time.perf_counter() - started < 5  # without limits it would wait for ever
    with pytest.raises(OnlineAway, match="comes back"):
        link.call(lambda client: client.get("x"))
    link.close()


def test_nobody_there_is_away_and_says_no_password(caplog: pytest.LogCaptureFixture) -> None:
    link = Link("redis://someone:secret@127.0.0.1:1/0", KeySpace("t"))
    assert link.state == "away"
    assert [record.getMessage() for record in caplog.records] == ["online away"]
    assert "secret" not in str([vars(record) for record in caplog.records])


def test_memory_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.online.link._MOST_KEYS", 100)
    link = Link(MEMORY, KeySpace("t"))
    for number in range(250):
        link.call(lambda client, number=number: client.set(f"t:{number}", "x"))  # type: ignore[misc]
    link.sweep()
    assert link.call(lambda client: client.dbsize()) == 90
    link.sweep()
    assert link.call(lambda client: client.dbsize()) == 90
