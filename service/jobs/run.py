"""Running a job: our own commands, one after the other, niced and in processes of their own, watched from the loop.

A step leaves its exit code in the folder, and its process holds the job's lock: should this service die meanwhile, the
step goes on, and whoever comes next waits for it and takes up what it left.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from features.errors import ZhenweiError
from service.jobs.folder import JobFolder, Shelf
from service.jobs.results import path_of, unpack
from service.jobs.steps import Step, Steps
from service.ledger import jobs as records
from service.ledger.database import LedgerAway
from service.ledger.jobs import Ended, Job
from service.ledger.ledger import Ledger, Page

_LOOK = 0.25
"""Seconds between looks at a process that runs."""
_GRACE = 5.0
"""Seconds a process gets to end by itself."""
_CRASHES = 3
"""Times a job's process may be killed by others, the machine's memory guard above all, until the job has failed."""
_KILLED = 128
"""The shell adds this to the number of the signal that killed a command."""
_NICE = "10"
_SHELL = 'at=$1 how=$2; shift 2; nice -n "$how" "$@"; echo $? >"$at.part" && mv "$at.part" "$at"'
ZHENWEI = (sys.executable, "-c", "from service.cli import main; main()")
_DONE, _SOME_REJECTED, _MIDWAY = 0, 1, 4  # exit codes, see service.cli; midway: the same command goes on


class JobCrashed(ZhenweiError):
    """The process of a job was killed by somebody else; it will be tried again."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs jobs of one home folder."""

    ledger: Ledger
    shelf: Shelf
    steps: Steps
    environment: Mapping[str, str]
    told: Callable[[Ended], None]  # how a job ended
    stop: asyncio.Event  # the service ends: let go of what runs, it is taken up again
    program: Sequence[str] = ZHENWEI

    async def run(self, job_id: str) -> None:
        """Run a job to its end, or until the service stops. Safe to call again. Raises JobCrashed, LedgerAway."""
        folder = self.shelf.folder(job_id)
        if not (job := await self._unfinished(job_id)):
            return
        if not folder.exists:
            await self._end(job_id, "failed", error="The file is gone from this machine; send it again.")
            return
        while not self.stop.is_set():
            with folder.held() as lock:
                if lock is None:
                    await asyncio.sleep(_LOOK)
                    continue
                if job := await self._unfinished(job_id):
                    await self._record(lambda page: records.start(page, job_id, who=_me()))
                    await self._steps(job, folder, lock)
            break
        if not (job := await self._unfinished(job_id)) and await self._gone(job_id):
            await run_in_threadpool(folder.remove)

    async def _steps(self, job: Job, folder: JobFolder, lock: int) -> None:
        for step in self.steps(job, folder):
            code = folder.exit_code(step.name)
            if code is None and step.makes.exists():  # killed before its exit was noted
                code = _DONE
            if code is None or code == _MIDWAY:
                folder.forget_exit(step.name)
                code = await self._step(job, folder, step, lock)
            if code is None:  # stopped, or cancelled
                return
            if code == _MIDWAY or code > _KILLED:
                folder.forget_exit(step.name)
                await self._crashed(job, _advice(job, folder) if code == _MIDWAY else _killed(code - _KILLED))
                return
            if code not in {_DONE, _SOME_REJECTED}:
                await self._end(job.job_id, "failed", error=_advice(job, folder))
                return
        await run_in_threadpool(unpack, folder, job)
        told = await run_in_threadpool(folder.counts, path_of(folder, "results", job))
        await self._end(job.job_id, "done", rows=told.rows, rejected=told.rejected)

    async def _step(self, job: Job, folder: JobFolder, step: Step, lock: int) -> int | None:
        """Run one command; None: it was stopped, or its job cancelled."""
        command = (str(folder.exit_file(step.name)), _NICE, *self.program, *step.words)
        with folder.messages.open("ab") as messages:
            process = await asyncio.create_subprocess_exec(
                *("/bin/sh", "-c", _SHELL, "zhenwei", *command),
                cwd=folder.path,
                env=dict(self.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=messages,
                pass_fds=(lock,),
                start_new_session=True,  # so that it outlives us, and all of it can be stopped at once
            )
        ended = asyncio.create_task(process.wait())
        try:
            while not ended.done():
                await asyncio.wait((ended,), timeout=_LOOK)
                if self.stop.is_set() or not await self._wanted(job.job_id):
                    return None
        finally:
            if not ended.done():
                _signal(process.pid, signal.SIGTERM)
                await asyncio.wait((ended,), timeout=_GRACE)
                _signal(process.pid, signal.SIGKILL)
            await ended
        code = folder.exit_code(step.name)
        return _KILLED + signal.SIGKILL if code is None else code  # the shell itself was killed

    async def _crashed(self, job: Job, why: str) -> None:
        await self._record(lambda page: records.crash(page, job.job_id, who=_me(), why=why))
        if job.crashes + 1 < _CRASHES:
            raise JobCrashed(why)
        await self._end(job.job_id, "failed", error=f"{why} It was tried {_CRASHES} times; see the machine's memory "
                        "and disk, or split the file.")  # fmt: skip

    async def _wanted(self, job_id: str) -> bool:
        """Whether nobody cancelled it; a ledger that is away says nothing."""
        try:
            return await self._unfinished(job_id) is not None
        except LedgerAway:
            return True

    async def _unfinished(self, job_id: str) -> Job | None:
        found = await run_in_threadpool(self._read, job_id)
        return found if found and not found.ended else None

    async def _gone(self, job_id: str) -> bool:
        found = await run_in_threadpool(self._read, job_id)
        return found is None or not found.kept

    def _read(self, job_id: str) -> Job | None:
        with self.ledger.view() as view:
            return records.job(view, job_id)

    async def _end(
        self, job_id: str, how: Ended, *, rows: int | None = None, rejected: int | None = None, error: str | None = None
    ) -> None:
        await self._record(
            lambda page: records.end(page, job_id, how, who=_me(), rows=rows, rejected=rejected, error=error)
        )
        self.told(how)

    async def _record(self, write: Callable[[Page], object]) -> None:
        def written() -> None:
            with self.ledger.writing() as page:
                write(page)

        await run_in_threadpool(written)


def _me() -> str:
    return f"{socket.gethostname()}#{os.getpid()}"[:128]


def _killed(number: int) -> str:
    return f"Its process was killed (signal {number})."


def _signal(group: int, what: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, what)


def _advice(job: Job, folder: JobFolder) -> str:
    """Why a command stopped, in its own words, without the paths of this machine."""
    said = folder.last_message().removeprefix("zhenwei: ")
    with suppress(FileNotFoundError):
        said = said.replace(str(folder.upload), job.file_name or "the file")
    said = said.replace(f"{folder.path}{os.sep}", "")
    return said[:1000] or "Something went wrong here; tell the operator the id of the job."
