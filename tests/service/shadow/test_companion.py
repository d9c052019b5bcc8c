"""The shadow as it runs: chosen over HTTP, in a process of its own, seen by nobody who asks."""

import asyncio
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from models import STARTER, Screener
from service import home as home_folder
from service.app import create_app
from service.ledger.ledger import Ledger
from service.settings import Settings
from service.shadow import companion
from service.shadow.companion import Companion
from service.watch import BundleWatch

WHO = {"who": "周", "why": "试"}


def trained(folder: Path) -> Path:
    """Another valid bundle: the one that ships, made at another time."""
    shutil.copytree(STARTER, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"created": "later"}), "utf-8")
    return folder


def running() -> int:
    """Pid of the process in the shadow."""
    children = " ".join(path.read_text("ascii") for path in Path("/proc/self/task").glob("*/children"))
    (found,) = [pid for pid in children.split() if b"service.shadow" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return int(found)


def until(asked: Callable[[], bool]) -> None:
    """Wait for what another process does, however little of the processor it gets."""
    for _ in range(3000):
        if asked():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)  # test_scoring.py has both
def test_a_candidate_scores_unseen_and_its_death_is_no_concern(
    starter: Screener, ledger: Ledger, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(companion, "_EVERY", 0.05)
    settings = Settings(ledger_url=ledger_url)
    store = home_folder.bundles(settings)
    candidate = store.keep(trained(tmp_path / "later"))
    app = create_app(
        starter, settings, ledger=ledger, watch=BundleWatch(ledger, store),
        companion=Companion(home_folder.folder(settings), settings.variables()),
    )  # fmt: skip
    with TestClient(app, "http://127.0.0.1") as door:

        def scored() -> int:
            return int(door.get("/v1/models/shadow").json()["scored"])

        def ask(listing_id: str) -> bytes:
            return door.post("/v1/score", json={"listing_id": listing_id, "title": "高仿包 原单"}).content

        assert door.post("/v1/models/shadow", json=WHO | {"bundle": "starter"}).status_code == 409
        assert door.post("/v1/models/shadow", json=WHO | {"bundle": candidate.id}).json()["changed"] is True
        assert door.get("/v1/models").json()["shadow"] == candidate.id
        assert starter.bundle.id.encode() in ask("1")
        until(lambda: scored() == 1)
        told = door.get("/v1/models/shadow").json()
        assert (told["same_level"], told["mean_absolute_difference"], told["failed"]) == (1.0, 0.0, 0)
        assert 'zhenwei_shadows_total{outcome="scored"} 1.0' in door.get("/metrics").text
        monkeypatch.setattr(companion, "_AFTER_FAILURE", 0.05)
        os.kill(running(), signal.SIGKILL)
        assert starter.bundle.id.encode() in ask("2")
        until(lambda: scored() == 2)  # by another that takes its place
        assert door.delete("/v1/models/shadow?who=周&why=够了").json()["bundle"] == candidate.id
        assert door.delete("/v1/models/shadow?who=周&why=够了").status_code == 409
        assert door.get("/v1/models").json()["shadow"] is None


@pytest.mark.parametrize(
    ("busy", "stopped", "asked"),
    [
        ([False], False, 1),
        ([True, True, False], False, 3),
        ([True] * 9, True, 0),  # nothing is asked for at the end
    ],
)
def test_the_shadow_goes_on_when_nobody_waits(
    monkeypatch: pytest.MonkeyPatch, busy: list[bool], stopped: bool, asked: int
) -> None:
    monkeypatch.setattr(companion, "_LATE", 60.0)  # whatever machine this is
    monkeypatch.setattr(companion, "_REST", 60.0)
    told = iter(busy)
    seen: list[bool] = []

    def waits() -> bool:
        seen.append(next(told))
        return seen[-1]

    async def go() -> None:
        stop = asyncio.Event()
        if stopped:
            stop.set()
        await companion._spare_time(stop, waits)

    asyncio.run(go())
    assert len(seen) == asked


def test_the_shadow_comes_on_however_busy_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companion, "_REST", 0.05)
    asyncio.run(asyncio.wait_for(companion._spare_time(asyncio.Event(), lambda: True), 60))
