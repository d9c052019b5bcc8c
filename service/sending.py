"""Sending a screening to the queue: what it found risky is recorded as it was answered, in the background.

Recording again changes nothing, so what was cut off is simply sent once more.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

import orjson
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from features.listing import Listing
from models import Screening
from service.hold import held
from service.jobs.folder import JobFolder
from service.jobs.jobs import Jobs
from service.jobs.results import path_of
from service.lane import Lane
from service.ledger.jobs import Job
from service.mapping import open_mapped
from service.recording import Recording

LOG = logging.getLogger("zhenwei")
_SCREENING = TypeAdapter(Screening)
_CHUNK = 256
"""Rows of a file taken at once: others wait for their records at most some tens of ms."""
_SILENT = 60.0
"""Seconds without a sign of life after which a sending was cut off."""
_Answered = tuple[Listing, Screening | None]


@dataclass(frozen=True, slots=True)
class Sent:
    """How far a sending is."""

    rows: int  # of the file, looked at
    total: int
    sent: int  # of them, recorded: what was not passed
    ended: bool
    at: float  # seconds since 1970
    failed: bool = False

    @property
    def cut_off(self) -> bool:
        """Whether it will go no further."""
        return self.failed or (not self.ended and time.time() - self.at > _SILENT)


class Sending:
    """Sends screenings of one app to the queue. Use from one event loop."""

    def __init__(self, desk: Jobs, recording: Recording, lane: Lane, today: Callable[[], date]) -> None:
        """Find files at `desk`, write to `recording`; what the files do not tell is screened again in `lane`."""
        self._desk, self._recording, self._lane, self._today = desk, recording, lane, today
        self._running: set[asyncio.Task[None]] = set()

    def state(self, job: Job) -> Sent | None:
        """How far a sending is; None: there was none."""
        try:
            return Sent(**orjson.loads(_file(self._desk.shelf.folder(job.job_id)).read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def begin(self, job: Job) -> None:
        """Send a finished screening; nothing happens while it is being sent already."""
        task = asyncio.create_task(self.send(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def send(self, job: Job) -> None:
        """The same, until it is done."""
        folder = self._desk.shelf.folder(job.job_id)
        with held(folder.path / "sending.lock") as mine:
            if mine is None:
                return
            told = Sent(0, job.rows or 0, 0, ended=False, at=time.time())
            try:
                _tell(folder, told)
                rows = _answered(path_of(folder, "results", job), folder.upload, job)
                while chunk := await run_in_threadpool(lambda: list(islice(rows, _CHUNK))):
                    sent = await self._record([one for one in chunk if one is not None])
                    told = replace(told, rows=told.rows + len(chunk), sent=told.sent + sent, at=time.time())
                    _tell(folder, told)
                _tell(folder, replace(told, ended=True))
            except FileNotFoundError:
                return  # its files were erased meanwhile
            except Exception:  # nobody waits for it; the page says that it was cut off
                LOG.exception("sending failed")
                _tell(folder, replace(told, failed=True))

    async def _record(self, answered: Sequence[_Answered]) -> int:
        known = [(listing, screening) for listing, screening in answered if screening is not None]
        if asked := [listing for listing, screening in answered if screening is None]:
            judged = await self._lane.screen(asked, explain="findings", today=self._today(), counts=False)
            known += zip(judged.listings, judged.screenings, strict=True)
        risky = [pair for pair in known if pair[1].action != "pass"]
        if risky:
            await self._recording.evaluations([listing for listing, _ in risky], [told for _, told in risky])
        return len(risky)


def _answered(results: Path, source: Path, job: Job) -> Iterator[_Answered | None]:
    """Every row: the listing and its answer, no answer where the file of results does not hold it whole.

    None for rows that passed, or were not screened.
    """
    mapped = open_mapped(source, job.order.names)
    named = any(column.field == "listing_id" for column in mapped.shown)
    if results.suffix != ".jsonl" or not named:
        for number, told in mapped.source:
            if not isinstance(told, Listing):
                yield None
            else:
                yield (told if named else _by_content(told, number)), None
        return
    with results.open("rb") as lines:
        for line, (_, told) in zip(lines, mapped.source, strict=False):
            answer = orjson.loads(line)
            if not isinstance(told, Listing) or answer.get("action", "pass") == "pass":
                yield None
            else:
                yield told, _SCREENING.validate_python(answer)


def _by_content(listing: Listing, number: int) -> Listing:
    """Name a listing of a file without ids by what it says: row 7 of another file is another listing."""
    if listing.listing_id != str(number):
        return listing
    seller = listing.seller.seller_id or listing.seller.name
    told = orjson.dumps([listing.title, listing.platform, seller, listing.url])
    return replace(listing, listing_id="row-" + hashlib.sha256(told).hexdigest()[:16])


def _file(folder: JobFolder) -> Path:
    return folder.path / "sending.json"


def _tell(folder: JobFolder, told: Sent) -> None:
    """Raises FileNotFoundError when the folder is gone."""
    aside = folder.path / ".sending.json"
    aside.write_bytes(orjson.dumps(told))
    aside.replace(_file(folder))
