"""Upkeep: what is old goes, by itself, and the chain holds."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from service.jobs.folder import Shelf
from service.ledger.ledger import Ledger
from service.ledger.tables import ERASURES, EVALUATIONS
from service.ledger.verification import verify
from service.upkeep import Upkeep

Running = Callable[..., AbstractContextManager[TestClient]]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def listing(number: int) -> dict[str, object]:
    return {"listing_id": f"l-{number}", "title": "帆布包", "seller": {"seller_id": "s"}}


def upkeep(ledger: Ledger, home: Path, days: int, now: datetime) -> Upkeep:
    return Upkeep(ledger, Shelf(home / "jobs"), 7, days, now.date, lambda: now)


def test_personal_data_goes_when_it_is_old_and_not_before(ledger: Ledger, home: Path, running: Running) -> None:
    written = datetime.now(UTC)
    with running(ledger=ledger) as door:
        for number in range(3):
            door.post("/v1/score", json=listing(number))
    for days, kept in ((0, 3), (32, 3), (28, 0), (28, 0)):
        asyncio.run(upkeep(ledger, home, days, written + timedelta(days=30)).forget())
        with ledger.reading() as connection:
            assert connection.execute(select(func.count(EVALUATIONS.c.snapshot))).scalar_one() == kept
            assert verify(connection).broken is None
    with ledger.reading() as connection:
        (erasure,) = connection.execute(select(ERASURES)).mappings()
    assert (erasure["scope"], erasure["erased"], erasure["who"]) == ("age", 3, "retention")


def test_retention_runs_by_itself_where_it_is_wished(running: Running, queue: Mapping[str, str], book: Ledger) -> None:
    with running() as door:
        door.post("/v1/score", json=listing(1))
    later = datetime.now(UTC).date() + timedelta(days=10)
    with running({**queue, "retention_days": "5"}) as door:
        object.__setattr__(door.app.state.background.upkeep, "today", lambda: later)  # type: ignore[attr-defined]
        for _ in range(200):
            with book.reading() as connection:
                if connection.execute(select(ERASURES)).mappings().all():
                    break
            time.sleep(0.02)
    with book.reading() as connection:
        assert connection.execute(select(func.count(EVALUATIONS.c.snapshot))).scalar_one() == 0
        assert verify(connection).erased == 1


def test_files_of_jobs_go_after_their_days_and_strays_too(running: Running, book: Ledger, home: Path) -> None:
    with running() as door:
        job = door.post("/v1/jobs", files={"file": ("a.csv", "0\n甲".encode())}).json()["job_id"]
        while door.get(f"/v1/jobs/{job}").json()["state"] != "done":
            time.sleep(0.02)
        aborted, fresh = Shelf(home / "jobs").new("aborted"), Shelf(home / "jobs").new("fresh")
        os.utime(aborted.path, (0, 0))
        asyncio.run(upkeep(book, home, 0, datetime.now(UTC) + timedelta(days=6.9)).tidy())
        assert (home / "jobs" / job).exists()
        assert [aborted.exists, fresh.exists] == [False, True]
        asyncio.run(upkeep(book, home, 0, datetime.now(UTC) + timedelta(days=7.1)).tidy())
        assert not (home / "jobs" / job).exists()
        told = door.get(f"/v1/jobs/{job}").json()
        assert (told["state"], told["kept"], told["results"]) == ("done", False, [])
