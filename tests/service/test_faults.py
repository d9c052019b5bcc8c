"""Servers that die under a running service: killed while bundles are activated, a database stopped and restarted."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import select

from service.ledger import activations
from service.ledger.ledger import Ledger
from service.ledger.tables import EVALUATIONS, LABELS
from service.ledger.verification import verify

ROOT = Path(__file__).parents[2]
POSTGRES = Path("/usr/lib/postgresql/15/bin")
BUNDLES = ("a" * 16, "b" * 16)
CHANGES, LISTINGS = 40, 120
SERVICE = """
import sys
from dataclasses import replace
from types import SimpleNamespace
import uvicorn
sys.path.insert(0, "tests/service")
from conftest import new_stand_in
from models.registers import NO_REGISTERS
from service import watch
from service.app import create_app
from service.ledger.ledger import Ledger
from service.settings import Settings
stand_in = new_stand_in()
type(stand_in).registers = NO_REGISTERS
class Store:
    def open(self, bundle):
        return SimpleNamespace(**vars(stand_in.bundle) | {"id": bundle})
def opened(bundle, *_):
    return replace(stand_in, bundle=bundle, versions=replace(stand_in.versions, bundle=bundle.id))
watch.Screener, watch._EVERY = opened, 0.05
ledger = Ledger(sys.argv[1])
app = create_app(stand_in, Settings(), ledger=ledger, watch=watch.BundleWatch(ledger, Store()))
uvicorn.run(app, port=int(sys.argv[2]), log_config=None, access_log=False)
"""


class Worker:
    """The real service, its ledger and its watch in a process of its own; screener and bundles are stand-ins."""

    def __init__(self, url: str) -> None:
        """Start on a free port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._command = [sys.executable, "-c", SERVICE, url, str(self.port)]
        self.start()

    def start(self) -> None:
        """Start again."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603

    def kill(self) -> None:
        """As kill -9 does."""
        self._process.kill()
        self._process.wait()

    def url(self, path: str) -> str:
        """Where to ask."""
        return f"http://127.0.0.1:{self.port}{path}"


async def acknowledged(client: httpx2.AsyncClient, url: str, body: dict[str, object]) -> dict[str, object]:
    """Send until it is acknowledged, as a client would; whatever is said on the way is honest."""
    while True:
        with suppress(httpx2.HTTPError):
            answer = await client.post(url, json=body)
            assert answer.status_code in {200, 201, 503}, answer.text
            told: dict[str, object] = answer.json()
            if answer.status_code < 300:
                return told
            assert told["type"] == "urn:zhenwei:problem:ledger-away"
        await asyncio.sleep(0.05)


async def activate_under_kills(workers: list[Worker]) -> list[str]:
    """Both workers activate at once while both are killed in turn; returns what was acknowledged to have changed."""
    changed: list[str] = []
    async with httpx2.AsyncClient(timeout=30) as client:
        await asyncio.gather(
            *(acknowledged(client, w.url("/v1/score"), {"listing_id": "1", "title": "包"}) for w in workers)
        )

        async def hammer(worker: Worker, own: int) -> None:
            for number in range(own, CHANGES, len(workers)):
                if number // len(workers) == 5 + 5 * own:
                    worker.kill()
                    worker.start()
                told: dict[str, object] = {"bundle": BUNDLES[number // 2 % 2], "who": "周", "why": f"{number}"}
                if (await acknowledged(client, worker.url("/v1/models/activate"), told))["changed"]:
                    changed.append(f"{number}")

        await asyncio.gather(*(hammer(worker, own) for own, worker in enumerate(workers)))
        last = (await client.get(workers[0].url("/v1/models"))).json()["active"]
        for worker in workers:
            for _ in range(600):
                told = await acknowledged(
                    client, worker.url("/v1/score?dry_run=true"), {"listing_id": "2", "title": "包"}
                )
                if told["versions"] == {**told["versions"], "bundle": last}:  # type: ignore[dict-item]
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail("a worker answers with another bundle than the one that is active")
    return changed


def test_two_workers_activating_at_once_under_kill_9_agree_on_one_order(ledger_url: str) -> None:
    ledger = Ledger(ledger_url)
    ledger.open()
    workers = [Worker(ledger_url) for _ in range(2)]
    try:
        changed = asyncio.run(activate_under_kills(workers))
    finally:
        for worker in workers:
            worker.kill()
    with ledger.reading() as connection:
        assert verify(connection).broken is None
    with ledger.view() as view:
        events = activations.history(view)
    ledger.close()
    bundles = [activations.SHIPPED, *(event.bundle for event in events)]
    assert all(one != next_one for one, next_one in pairwise(bundles))
    assert set(changed) <= {event.why for event in events}  # a kill may take an acknowledgement, never what it is of
    assert len(changed) == len(set(changed))


class Cluster:
    """A database server in a folder, run by a user who may run one."""

    def __init__(self, folder: Path) -> None:
        """Make the folder and an empty database in it."""
        self._folder = folder
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._run(f"{POSTGRES}/initdb -D {folder}/data -U zhenwei -A trust -E UTF8 --no-sync")

    def start(self) -> None:
        """Start, and wait until it answers."""
        told = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        self._run(f"{POSTGRES}/pg_ctl -D {self._folder}/data -w -l {self._folder}/log -o '{told}' start")

    def stop(self, mode: str) -> None:
        """Stop: fast ends sessions in order, immediate is a crash."""
        self._run(f"{POSTGRES}/pg_ctl -D {self._folder}/data -w -m {mode} stop")

    def remove(self) -> None:
        """Stop for good."""
        with suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self._folder)

    @property
    def url(self) -> str:
        """The ledger in it."""
        return f"postgresql+psycopg://zhenwei@127.0.0.1:{self._port}/postgres"

    def _run(self, command: str) -> None:
        words = ["su", "postgres", "-s", "/bin/sh", "-c", command] if os.geteuid() == 0 else ["sh", "-c", command]
        subprocess.run(words, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of its own, which a test may stop."""
    if not (POSTGRES / "initdb").is_file() and not os.environ.get("ZHENWEI_TEST_ALL"):
        pytest.skip("PostgreSQL's own programs are not here")
    made = Cluster(Path("/tmp") / f"zhenwei-{uuid4().hex}")  # noqa: S108 - the server's user must reach it
    try:
        made.start()
        yield made
    finally:
        made.remove()


async def label_under_restarts(worker: Worker, cluster: Cluster) -> None:
    """Score and label while the database goes and comes, in order and by a crash."""
    door, done = asyncio.Semaphore(8), 0
    reached = {LISTINGS // 4: asyncio.Event(), LISTINGS // 2: asyncio.Event()}
    async with httpx2.AsyncClient(timeout=30) as client:

        async def one(number: int) -> None:
            nonlocal done
            async with door:
                listing: dict[str, object] = {"listing_id": f"{number}", "title": "高仿包包"}
                answer = await acknowledged(client, worker.url("/v1/score"), listing)
                assert (answer["assessment"], answer["level"]) == ("assessed", "high")
                label: dict[str, object] = {
                    "listing_id": f"{number}",
                    "verdict": "false_alarm",
                    "label_id": f"L{number}",
                }
                await acknowledged(client, worker.url("/v1/labels"), label)
            done += 1
            if done in reached:
                reached[done].set()

        async def restarts() -> None:
            for at, mode in zip(reached.values(), ("fast", "immediate"), strict=True):
                await at.wait()
                await asyncio.to_thread(cluster.stop, mode)
                refused = await client.post(worker.url("/v1/score"), json={"listing_id": "away", "title": "高仿包包"})
                assert refused.status_code == 503
                ready = await client.get(worker.url("/readyz"))
                assert (ready.status_code, "ledger" in ready.text) == (503, True)
                await asyncio.to_thread(cluster.start)

        await asyncio.gather(restarts(), *(one(number) for number in range(LISTINGS)))


def test_nothing_acknowledged_is_lost_while_postgresql_is_stopped_and_restarted(cluster: Cluster) -> None:
    worker = Worker(cluster.url)
    try:
        asyncio.run(label_under_restarts(worker, cluster))
    finally:
        worker.kill()
    ledger = Ledger(cluster.url)
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        scored = connection.execute(select(EVALUATIONS.c.listing_id)).scalars().all()
        labelled = connection.execute(select(LABELS.c.label_id)).scalars().all()
    ledger.close()
    assert sorted(filter(str.isdecimal, scored), key=int) == [f"{number}" for number in range(LISTINGS)]
    assert sorted(labelled) == sorted(f"L{number}" for number in range(LISTINGS))
