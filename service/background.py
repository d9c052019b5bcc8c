"""What is done beside the answers: one process of each home folder does it, others stand by to take over.

The ledger says what there is to do; queues say when, retry, and take up what a process that died left behind. A queue
that lost everything is filled again from the ledger.
"""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from service.hold import held
from service.jobs.run import Runner
from service.ledger import jobs
from service.ledger.database import LedgerAway
from service.ledger.tables import RECORDS
from service.metrics import Metrics
from service.upkeep import Upkeep
from service.webhooks.courier import Courier

if TYPE_CHECKING:
    from service.queue import Queue
    from service.tasks import DeskTasks, JobTasks

LOG = logging.getLogger("zhenwei")
_EVERY = 1.0
"""Seconds between looks at what there is to do."""
_JOBS, _MESSAGES = 1, 16
"""What runs at once: a job uses every core, a message waits for somebody's answer."""
State = Literal["ok", "away"]


class Background:
    """Runs jobs, tells webhooks and keeps house while the app lives. Use from one event loop."""

    def __init__(
        self, runner: Runner, courier: Courier, upkeep: Upkeep, metrics: Metrics, *, url: str, prefix: str
    ) -> None:
        """Prepare; `url` and `prefix` name the queues."""
        self.runner, self.courier, self.upkeep = runner, courier, upkeep
        self._ledger, self._shelf, self._metrics = runner.ledger, runner.shelf, metrics
        self._url, self._prefix = url, prefix
        self.every = _EVERY
        self._state: State = "ok"
        self._seen, self._waiting = -1, list[str]()

    @property
    def state(self) -> State:
        """Whether the queues answered when they were last asked."""
        return self._state

    def stop(self) -> None:
        """End `run`, and what runs with it."""
        self.runner.stop.set()

    async def run(self) -> None:
        """Do what there is to do until told to stop; stand by while another process does it."""
        while not await self._stopped():
            try:
                self._shelf.root.mkdir(0o700, parents=True, exist_ok=True)
                with held(self._shelf.root / "leader") as leading:
                    if leading is not None and (name := await run_in_threadpool(self._name)):
                        await self._lead(name)
            except LedgerAway:
                continue  # told by /readyz and by every answer
            except Exception:  # nobody else would look again
                LOG.exception("background failed")
        await self.courier.close()

    async def _lead(self, name: str) -> None:
        from service.queue import working  # noqa: PLC0415 - docket is heavy, and not needed to be ready
        from service.tasks import DeskTasks, JobTasks  # noqa: PLC0415

        job, desk = JobTasks(self.runner), DeskTasks(self.courier, self.upkeep)
        place = await run_in_threadpool(self._shelf.place)
        async with (
            working(self._url, f"{name}-{place}", [job.run_job, desk.tidy], _JOBS) as jobs_queue,
            working(self._url, name, [desk.deliver, desk.forget], _MESSAGES) as messages,
        ):
            while not await self._stopped():
                with suppress(LedgerAway):
                    await self._fill(jobs_queue, messages, job, desk)

    async def _fill(self, jobs_queue: "Queue", messages: "Queue", job: "JobTasks", desk: "DeskTasks") -> None:
        """Put into the queues what waits; what is there already stays as it is."""
        from service.queue import QueueAway  # noqa: PLC0415 - see above

        waiting, due = await run_in_threadpool(self._unfinished), await run_in_threadpool(self.courier.due)
        self._metrics.due(self.courier.waiting)
        try:
            for job_id in waiting:
                await jobs_queue.add(job.run_job, job_id, job_id)
            for one in due:
                key = f"{one.webhook_id}:{one.evaluation_seq}:{one.wish}"
                await messages.add(desk.deliver, key, one.webhook_id, one.evaluation_seq, one.wish)
                self.courier.put(one)
            await messages.check()
        except QueueAway:
            if self._state == "ok":
                LOG.warning("queue away")
            self._state = "away"
        else:
            self._state = "ok"

    async def _stopped(self) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.runner.stop.wait(), self.every)
        return self.runner.stop.is_set()

    def _name(self) -> str | None:
        """The name of this ledger's queues, whoever else uses the Redis; None: nothing is recorded yet."""
        with self._ledger.view() as view:
            first = view.rows(select(RECORDS.c.digest).where(RECORDS.c.seq == 1))
        return f"{self._prefix}-queue-{first[0]['digest'][:16]}" if first else None

    def _unfinished(self) -> list[str]:
        with self._ledger.view() as view:
            if (newest := jobs.newest(view)) != self._seen:
                found = jobs.unfinished(view, self._shelf.place())
                self._waiting, self._seen = [one.job_id for one in found], newest
                running = sum(one.state == "running" for one in found)
                self._metrics.jobs(len(found) - running, running)
        return self._waiting
