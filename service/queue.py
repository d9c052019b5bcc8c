"""A queue: docket, over Redis or in memory://, and the worker that takes from it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from docket import Docket, Worker
from redis import RedisError

from features.errors import ZhenweiError

Task = Callable[..., Awaitable[None]]
_ABANDONED = timedelta(seconds=10)
"""After this long without a sign of life, what a process had begun is taken up by another."""


class QueueAway(ZhenweiError):
    """Redis does not answer; what waits stays in the ledger."""


class Queue:
    """An open queue."""

    def __init__(self, docket: Docket) -> None:
        """Put into `docket`."""
        self._docket = docket

    async def add(self, task: Task, key: str, *told: Any) -> None:  # noqa: ANN401 - what the task takes
        """Put a task in; one with this key that is there, or runs, stays as it is. Raises QueueAway."""
        try:
            await self._docket.add(task, key=key)(*told)
        except (RedisError, OSError) as error:
            raise QueueAway("Redis does not answer; what waits stays in the ledger.") from error

    async def check(self) -> None:
        """Ask for a sign of life. Raises QueueAway."""
        try:
            async with self._docket.redis() as client:
                await client.xlen(self._docket.stream_key)
        except (RedisError, OSError) as error:
            raise QueueAway("Redis does not answer; what waits stays in the ledger.") from error


@asynccontextmanager
async def working(url: str, name: str, tasks: Sequence[Task], at_once: int) -> AsyncIterator[Queue]:
    """Open a queue and run what comes out of it, `at_once` tasks together; at the end wait for those that run."""
    async with Docket(name=name, url=url) as docket:
        for task in tasks:
            docket.register(task)
        async with Worker(docket, concurrency=at_once, redelivery_timeout=_ABANDONED) as worker:
            taking = asyncio.create_task(worker.run_forever())
            try:
                yield Queue(docket)
            finally:
                taking.cancel()
                await asyncio.gather(taking, return_exceptions=True)
