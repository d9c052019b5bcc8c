"""The queue of jobs: docket, over Redis or in memory://, and the worker that takes from it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from docket import Docket, ExponentialRetry, Retry, Worker
from redis import RedisError

from features.errors import ZhenweiError

_AT_ONCE = 1
"""Jobs that run at once in one home folder; each uses every core."""
_ABANDONED = timedelta(seconds=10)
"""After this long without a sign of life, what a process had begun is taken up by another."""
_AFTER_A_CRASH = ExponentialRetry(attempts=3, minimum_delay=timedelta(seconds=2))
Run = Callable[[str], Awaitable[None]]


class QueueAway(ZhenweiError):
    """Redis does not answer; what waits stays in the ledger."""


class JobQueue:
    """An open queue."""

    def __init__(self, docket: Docket, run: Run) -> None:
        """Put into `docket` what `run` is to run."""
        self._docket, self._run = docket, run
        docket.register(self.run_job)

    async def run_job(self, job_id: str, retry: Retry = _AFTER_A_CRASH) -> None:  # noqa: ARG002 - docket reads it
        """Run a job; when its process was killed, try again later."""
        await self._run(job_id)

    async def put(self, waiting: Sequence[str]) -> None:
        """Put jobs in; one that is there, or runs, stays as it is. Raises QueueAway."""
        try:
            for job_id in waiting:
                await self._docket.add(self.run_job, key=job_id)(job_id)
            async with self._docket.redis() as client:
                await client.xlen(self._docket.stream_key)  # a sign of life
        except (RedisError, OSError) as error:
            raise QueueAway("Redis does not answer; jobs wait in the ledger.") from error


@asynccontextmanager
async def working(url: str, name: str, run: Run) -> AsyncIterator[JobQueue]:
    """Open a queue and run what comes out of it; at the end wait for what runs."""
    async with Docket(name=name, url=url) as docket:
        queue = JobQueue(docket, run)
        async with Worker(docket, concurrency=_AT_ONCE, redelivery_timeout=_ABANDONED) as worker:
            taking = asyncio.create_task(worker.run_forever())
            try:
                yield queue
            finally:
                taking.cancel()
                await asyncio.gather(taking, return_exceptions=True)
