"""Who is slow on purpose holds nothing for long; who comes when too many wait is told so."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import cast

import orjson
import pytest
import uvicorn
from fastapi.testclient import TestClient

from models import Screener
from service import body, lane, wire
from service.app import create_app
from service.errors import Overloaded
from service.lane import Lane
from service.patience import PatientProtocol
from service.settings import Settings

Serve = Callable[..., TestClient]
WHOLE = b'{"listing_id":"1","title":"x"}'


@pytest.fixture
def port(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real server with little patience."""
    monkeypatch.setattr(PatientProtocol, "seconds", 0.4)
    monkeypatch.setattr(body, "_PATIENCE", 0.4)
    config = uvicorn.Config(create_app(screener, Settings()), port=0, http=PatientProtocol, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join()


def until_hung_up(port: int, *parts: bytes) -> bytes:
    """Send parts, then nothing; what came back when the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        for part in parts:
            client.sendall(part)
        received = b""
        try:
            while more := client.recv(65536):
                received += more
        except ConnectionResetError:
            pass
        return received


HEAD = b"POST /v1/score HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize("parts", [(), (b"POST /v1/sc",), (HEAD,), (HEAD, b"x-more: y")])
def test_a_head_that_never_ends_is_hung_up_on(port: int, parts: tuple[bytes, ...]) -> None:
    assert until_hung_up(port, *parts) == b""


def test_the_head_after_an_answer_is_timed_too(port: int) -> None:
    whole = HEAD.replace(b"connection: close\r\n", b"") + b"content-length: %d\r\n\r\n%b" % (len(WHOLE), WHOLE)
    answer = until_hung_up(port, whole, b"POST /v1/sc")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_that_never_ends_is_a_problem(port: int) -> None:
    answer = until_hung_up(port, HEAD, b"content-length: 5000\r\n\r\n", WHOLE[:9])
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"urn:zhenwei:problem:late" in answer


def test_a_whole_request_is_answered(port: int) -> None:
    answer = until_hung_up(port, HEAD, b"content-length: %d\r\n\r\n" % len(WHOLE), WHOLE)
    assert answer.startswith(b"HTTP/1.1 200")
    assert orjson.loads(answer.split(b"\r\n\r\n", 1)[1])["level"] == "low"


def test_of_very_many_at_once_some_are_told_to_come_again(stand_in: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "_MOST_WAITING", 100)

    async def ask() -> list[object]:
        door = Lane(cast("Screener", stand_in))
        listing = wire.listing({"listing_id": "1", "title": "x"})
        asked = (door.screen([listing], explain="none", today=date(2026, 3, 2)) for _ in range(500))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    told = asyncio.run(ask())
    refused = [one for one in told if isinstance(one, Overloaded)]
    assert len(refused) == 500 - 101  # one was under way
    assert len(told) == 500
