"""The companion: one worker of a home folder keeps the process in the shadow, and commits what it says."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from service.hold import held
from service.ledger import shadows
from service.ledger.database import LedgerAway
from service.ledger.shadows import Shadow
from service.metrics import SHARED, Metrics
from service.recording import Recording

LOG = logging.getLogger("zhenwei")
_EVERY = 1.0
"""Seconds between looks at whether a bundle was put into the shadow."""
_AFTER_FAILURE = 30.0
"""Seconds until a process that ended with an error is started again."""
_LOOK, _LATE = 0.02, 0.005
"""Seconds slept before a portion is asked for, and how much later a worker with time to spare wakes up."""
_REST = 2.0
"""Seconds after which a portion is asked for all the same: sixteen listings, so that the shadow comes on at all."""
_LONGEST = 1 << 20
"""Bytes of a line."""


class Companion:
    """Starts the process when a bundle is put into the shadow, commits what it says, and lets it end."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        """`home` is the folder whose workers share one process; `environment` holds the settings it is given."""
        self._home, self._environment = home, environment

    async def run(
        self, recording: Recording, metrics: Metrics, stop: asyncio.Event, busy: Callable[[], bool] = lambda: False
    ) -> None:
        """Do so until told to stop; while the worker is `busy`, hardly. No error of the shadow ever leaves here."""
        pause = _EVERY
        while not await _stopped(stop, pause):
            pause = _EVERY
            try:
                if await recording.read(shadows.chosen) is not None:
                    with held(self._home / "shadow.lock") as alone:
                        if alone is not None and await self._accompany(recording, metrics, stop, busy):
                            pause = _AFTER_FAILURE
            except LedgerAway:
                continue  # told by /readyz and by every answer
            except Exception:  # it must not end what answers
                LOG.exception("shadow failed")
                pause = _AFTER_FAILURE

    async def _accompany(
        self, recording: Recording, metrics: Metrics, stop: asyncio.Event, busy: Callable[[], bool]
    ) -> bool:
        """Keep a process until it ends; True when it ended with an error."""
        inherited = {name: value for name, value in os.environ.items() if name != SHARED}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "service.shadow.scoring", stdin=PIPE, stdout=PIPE, stderr=PIPE,
            env=inherited | {**self._environment, "OMP_NUM_THREADS": "1"}, limit=_LONGEST,
        )  # fmt: skip
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                listening = asyncio.ensure_future(_said(process))
                await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not listening.done():
                    listening.cancel()
                    break
                if (told := listening.result()) is None:
                    return await self._ended(process)
                if told:
                    await _kept(told, recording, metrics)
                    await _spare_time(stop, busy)
                await _go_on(process)
        finally:
            stopping.cancel()
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()  # it has nothing to lose: what it did not say it says next time
                await process.wait()
        return False

    async def _ended(self, process: Process) -> bool:
        why = await process.stderr.read(2000) if process.stderr else b""
        if await process.wait() == 0:
            return False
        last = why.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        LOG.error("shadow failed", extra={"told": {"why": last[0][:500]}})
        return True


async def _said(process: Process) -> list[Shadow] | None:
    """What the process says next; None when it ended."""
    line = await process.stdout.readline() if process.stdout else b""
    return [Shadow(**one) for one in orjson.loads(line)] if line.endswith(b"\n") else None


async def _kept(told: list[Shadow], recording: Recording, metrics: Metrics) -> None:
    kept = await recording.record(shadows.record, told)
    metrics.shadowed([one for one, new in zip(told, kept, strict=True) if new])


async def _spare_time(stop: asyncio.Event, busy: Callable[[], bool]) -> None:
    """Wait until nobody waits here and the machine has time: the lowest priority still shares caches and the ledger."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _REST
    while (start := loop.time()) < end and not stop.is_set():
        await asyncio.sleep(_LOOK)
        if loop.time() - start < _LOOK + _LATE and not busy():
            return


async def _go_on(process: Process) -> None:
    if process.stdin:
        with suppress(ConnectionError):
            process.stdin.write(b"\n")
            await process.stdin.drain()


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
