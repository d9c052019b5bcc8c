"""A service that is killed while labels arrive: nothing acknowledged is lost, nothing is doubled, the chain holds."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
from sqlalchemy import select

from service.ledger.ledger import Ledger
from service.ledger.tables import EVALUATIONS, LABELS
from service.ledger.verification import verify

ROOT = Path(__file__).parents[2]
LISTINGS, SENT, KILLS = 40, 400, 2
SERVICE = """
import sys, uvicorn
sys.path.insert(0, "tests/service")
from conftest import new_stand_in
from service.app import create_app
from service.ledger.ledger import Ledger
from service.settings import Settings
app = create_app(new_stand_in(), Settings(), ledger=Ledger(sys.argv[1]))
uvicorn.run(app, port=int(sys.argv[2]), log_config=None, access_log=False)
"""


class Service:
    """The real service and its real ledger in a process of its own; only the screener is the stand-in."""

    def __init__(self, url: str, port: int) -> None:
        """Start it."""
        self._command = [sys.executable, "-c", SERVICE, url, str(port)]
        self.start()

    def start(self) -> None:
        """Start again."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603

    def kill(self) -> None:
        """As kill -9 does: nothing is finished, nothing is closed."""
        self._process.kill()
        self._process.wait()


@contextmanager
def service(url: str, port: int) -> Iterator[Service]:
    running = Service(url, port)
    try:
        yield running
    finally:
        running.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def send(client: httpx2.AsyncClient, path: str, body: dict[str, object]) -> None:
    """Send until it is acknowledged, as a client would."""
    while True:
        with suppress(httpx2.HTTPError):
            answer = await client.post(path, json=body)
            assert answer.status_code in {200, 201, 503}, answer.text
            if answer.status_code < 300:
                return
        await asyncio.sleep(0.05)


async def label_under_kills(running: Service, port: int) -> None:
    acknowledged, deaths = 0, {SENT * time // (KILLS + 1) for time in range(1, KILLS + 1)}
    door = asyncio.Semaphore(16)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        listings = [{"listing_id": str(i), "title": "帆布包"} for i in range(LISTINGS)]
        await send(client, "/v1/score/batch", {"listings": listings})

        async def one(number: int) -> None:
            nonlocal acknowledged
            told: dict[str, object] = {"listing_id": str(number % LISTINGS), "verdict": "false_alarm"}
            own = {"label_id": f"L{number}"} if number % 2 else {"analyst": f"A{number}"}  # both ways of being safe
            async with door:
                await send(client, "/v1/labels", told | own)
            acknowledged += 1
            if acknowledged in deaths:
                running.kill()
                running.start()

        await asyncio.gather(*(one(number) for number in range(SENT)))


def test_labels_survive_kill_9(ledger_url: str) -> None:
    port = free_port()
    with service(ledger_url, port) as running:
        asyncio.run(label_under_kills(running, port))
    ledger = Ledger(ledger_url)
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        evaluations = connection.execute(select(EVALUATIONS.c.listing_id)).scalars().all()
        kept = connection.execute(select(LABELS.c.label_id, LABELS.c.analyst)).all()
    ledger.close()
    assert sorted(map(int, filter(None, evaluations))) == list(range(LISTINGS))
    names = [row.label_id if row.analyst is None else row.analyst for row in kept]
    assert sorted(names) == sorted(f"L{i}" if i % 2 else f"A{i}" for i in range(SENT))
