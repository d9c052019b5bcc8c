"""What is done beside the answers: one process of each home folder does it, others stand by to take over.

The ledger says what there is to do; the queue says when, retries, and takes up what a process that died left behind.
A queue that lost everything is filled again from the ledger.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from service.jobs.folder import Shelf
from service.jobs.run import ZHENWEI, Runner
from service.jobs.steps import Steps
from service.ledger import jobs as records
from service.ledger.database import LedgerAway
from service.ledger.ledger import Ledger
from service.ledger.tables import RECORDS
from service.metrics import Metrics

if TYPE_CHECKING:
    from service.jobs.queue import JobQueue

LOG = logging.getLogger("zhenwei")
_EVERY = 1.0
"""Seconds between looks at what there is to do."""
State = Literal["ok", "away"]


class Background:
    """Runs jobs while the app lives. Use from one event loop."""

    def __init__(
        self,
        ledger: Ledger,
        shelf: Shelf,
        steps: Steps,
        metrics: Metrics,
        *,
        url: str,
        prefix: str,
        environment: Mapping[str, str],
        every: float = _EVERY,
        program: Sequence[str] = ZHENWEI,
    ) -> None:
        """Prepare; `url` and `prefix` name the queue, `environment` and `program`: how our own command is started."""
        self._ledger, self._shelf, self._metrics = ledger, shelf, metrics
        self._url, self._prefix, self._every = url, prefix, every
        self.stop = asyncio.Event()
        self._runner = Runner(ledger, shelf, steps, environment, metrics.job_ended, self.stop, program)
        self._state: State = "ok"
        self._seen, self._waiting = -1, list[str]()

    @property
    def state(self) -> State:
        """Whether the queue answered when it was last asked."""
        return self._state

    async def run(self) -> None:
        """Do what there is to do until told to stop; stand by while another process does it."""
        while not await self._stopped():
            try:
                with _leading(self._shelf.root) as leading:
                    if leading and (name := await run_in_threadpool(self._name)):
                        await self._lead(name)
            except LedgerAway:
                continue  # told by /readyz and by every answer
            except Exception:  # nobody else would look again
                LOG.exception("background failed")

    async def _lead(self, name: str) -> None:
        from service.jobs.queue import working  # noqa: PLC0415 - heavy, and not needed to be ready

        async with working(self._url, name, self._runner.run) as queue:
            while not await self._stopped():
                with suppress(LedgerAway):
                    await self._fill(queue)

    async def _fill(self, queue: "JobQueue") -> None:
        from service.jobs.queue import QueueAway  # noqa: PLC0415 - see above

        waiting = await run_in_threadpool(self._unfinished)
        try:
            await queue.put(waiting)
        except QueueAway:
            if self._state == "ok":
                LOG.warning("queue away")
            self._state = "away"
        else:
            self._state = "ok"

    async def _stopped(self) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), self._every)
        return self.stop.is_set()

    def _name(self) -> str | None:
        """The queue of this ledger and home folder, whoever else uses the Redis; None: nothing is recorded yet."""
        with self._ledger.view() as view:
            first = view.rows(select(RECORDS.c.digest).where(RECORDS.c.seq == 1))
        return f"{self._prefix}-jobs-{first[0]['digest'][:16]}-{self._shelf.place()}" if first else None

    def _unfinished(self) -> Sequence[str]:
        with self._ledger.view() as view:
            if (newest := records.newest(view)) != self._seen:
                found = records.unfinished(view, self._shelf.place())
                self._waiting, self._seen = [one.job_id for one in found], newest
                running = sum(one.state == "running" for one in found)
                self._metrics.jobs(len(found) - running, running)
        return self._waiting


@contextmanager
def _leading(root: Path) -> Iterator[bool]:
    """Lead the home folder, if nobody else does; the system takes that back from a process that dies."""
    root.mkdir(0o700, parents=True, exist_ok=True)
    descriptor = os.open(root / "leader", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
