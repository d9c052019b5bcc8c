"""The desk of jobs: a file is handed in, followed, its results are taken away. Doors and pages call this.

The ledger says which jobs there are; what runs them (service.background) reads it there. So a job that was accepted is
run, whatever happens to the queue.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from features import columns
from features.errors import ZhenweiError
from service.jobs import results
from service.jobs.folder import JobFolder, Progress, Shelf
from service.jobs.results import Part, Result
from service.jobs.upload import NoRoom, Upload, UploadRejected
from service.ledger import jobs as records
from service.ledger.jobs import Format, Job, Order
from service.ledger.ledger import Ledger, Page, Rows

KINDS = ("screen",)
_Word = TypeVar("_Word", bound=str)
_RESERVE = 256 << 20
"""Bytes of disk that uploads leave free."""


class JobUnknown(ZhenweiError):
    """No job of this key has this id."""


class JobNotReady(ZhenweiError):
    """The job has not made this, yet or ever."""


class JobsFull(ZhenweiError):
    """The key has as many jobs, or bytes, as it may."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one key may use."""

    upload_bytes: int  # of one file
    waiting: int  # jobs that have not ended
    kept_bytes: int  # of everything kept for it


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    who: str  # for the ledger
    key_id: str | None = None
    everything: bool = True  # sees the jobs of everybody

    @property
    def owner(self) -> str | None:
        """Whose jobs are seen; None: everybody's."""
        return None if self.everything else self.key_id


@dataclass(frozen=True, slots=True)
class Followed:
    """A job, how far it is, and what can be taken away."""

    job: Job
    progress: Progress | None
    results: Sequence[Result]


class Jobs:
    """The jobs whose files lie in one home folder. Every method may block for a moment; call from a thread."""

    def __init__(self, ledger: Ledger, shelf: Shelf, limits: Limits, bundle: Callable[[Rows], str | None]) -> None:
        """`bundle` names the bundle that answers now; None: one that was configured by its folder."""
        self.ledger, self.shelf, self.limits = ledger, shelf, limits
        self._bundle = bundle
        self._place: str | None = None

    @property
    def place(self) -> str:
        """The name of the home folder."""
        self._place = self._place or self.shelf.place()
        return self._place

    def room_for(self, viewer: Viewer, announced: int) -> tuple[str, JobFolder]:
        """Make an id and a folder to receive `announced` bytes in (0: not said).

        Raises JobsFull, NoRoom, LedgerAway.
        """
        with self.ledger.view() as view:
            self._see_limits(view, viewer, announced)
        try:
            if self.shelf.free < announced + _RESERVE:
                raise NoRoom("There is no room for this file now. Try later, or tell the operator.")
            job_id = secrets.token_hex(16)
            return job_id, self.shelf.new(job_id)
        except OSError as error:
            raise NoRoom("Files cannot be kept now. Try later, or tell the operator.") from error

    def submit(self, viewer: Viewer, job_id: str, received: JobFolder, upload: Upload) -> Followed:
        """Accept a file that was received. When this returns, the job will be run, whatever happens.

        Raises UploadRejected, JobsFull, NoRoom, LedgerAway; the folder is removed then.
        """
        try:
            order = self._order(upload.fields)
            kept = self.shelf.keep(received, job_id)
        except BaseException as error:
            received.remove()
            if isinstance(error, OSError):
                raise NoRoom("Files cannot be kept now. Try later, or tell the operator.") from error
            raise
        try:
            with self.ledger.writing() as page:
                self._see_limits(page, viewer, upload.bytes)
                told = Job(job_id, order, self.place, viewer.key_id, upload.file_name, upload.bytes, viewer.who, "")
                records.submit(page, told)
        except BaseException:
            kept.remove()
            raise
        return self.get(viewer, job_id)

    def list(self, viewer: Viewer) -> list[Followed]:
        """The newest jobs that the viewer may see, newest first. Raises LedgerAway."""
        with self.ledger.view() as view:
            found = records.newest_of(view, viewer.owner)
        return [self._followed(one) for one in found]

    def get(self, viewer: Viewer, job_id: str) -> Followed:
        """A job as it stands. Raises JobUnknown, LedgerAway."""
        with self.ledger.view() as view:
            return self._followed(_seen(view, viewer, job_id))

    def result(self, viewer: Viewer, job_id: str, part: Part) -> Result:
        """A file to take away. Raises JobUnknown, JobNotReady, LedgerAway."""
        job = self.get(viewer, job_id).job
        if not job.kept:
            raise JobNotReady("The files of this job were erased; send the file again.")
        if job.state != "done":
            told = "see its error" if job.ended else "ask again when it is done"
            raise JobNotReady(f"The job is {job.state}; {told}.")
        found = results.result(self.shelf.folder(job_id), part, job)
        if found is None:
            raise JobNotReady(f"This job made no {part}, or its files lie on another machine.")
        return found

    def remove(self, viewer: Viewer, job_id: str) -> Followed:
        """Cancel a job that has not ended, and erase its files. Raises JobUnknown, LedgerAway."""
        with self.ledger.writing() as page:
            job = _seen(page, viewer, job_id)
            if not job.ended:
                records.end(page, job_id, "cancelled", who=viewer.who)
            elif job.kept:
                records.erase(page, job_id, who=viewer.who)
        if job.state != "running":  # what runs notices, stops and removes
            self.shelf.folder(job_id).remove()
        return self.get(viewer, job_id)

    def _followed(self, job: Job) -> Followed:
        folder = self.shelf.folder(job.job_id)
        made = results.results(folder, job) if job.state == "done" and job.kept else ()
        return Followed(job, folder.progress(), made)

    def _see_limits(self, ledger: Rows | Page, viewer: Viewer, more: int) -> None:
        kept = [one for one in records.kept(ledger, self.place) if one.owner == viewer.key_id]
        if sum(not one.ended for one in kept) >= self.limits.waiting:
            raise JobsFull(f"{self.limits.waiting} jobs of this key wait or run already; wait for one, or cancel one.")
        taken = sum(self.shelf.folder(one.job_id).size() for one in kept)
        if taken + more > self.limits.kept_bytes:
            raise JobsFull(
                f"{taken:,} bytes are kept for this key, at most {self.limits.kept_bytes:,} may be; "
                "delete jobs whose results you have (DELETE /v1/jobs/ID)."
            )

    def _order(self, fields: Mapping[str, Sequence[str]]) -> Order:
        known = {"kind", "format", "map"}
        if odd := sorted(name for name in fields if name not in known and not name.startswith("_")):
            raise UploadRejected(f"{odd[0][:50]} is no field of this form; send file, kind, format and map.")
        kind, form = _one_of(fields, "kind", KINDS), _one_of(fields, "format", get_args(Format))
        names = dict(_pair(told) for told in fields.get("map", ()))
        columns.asked(names)  # raises ColumnsRejected
        with self.ledger.view() as view:
            return Order(kind, form, names, self._bundle(view))


def _seen(ledger: Rows, viewer: Viewer, job_id: str) -> Job:
    job = records.job(ledger, job_id)
    if job is None or (not viewer.everything and job.owner != viewer.key_id):
        raise JobUnknown("No job of yours has this id; see GET /v1/jobs.")
    return job


def _one_of(fields: Mapping[str, Sequence[str]], name: str, known: tuple[_Word, ...]) -> _Word:
    told = fields.get(name, known[:1])
    for word in known:
        if tuple(told) == (word,):
            return word
    raise UploadRejected(f"The field {name} must be one of {', '.join(known)}, once.")


def _pair(told: str) -> tuple[str, str]:
    name, _, field = told.partition("=")
    if not (name.strip() and field.strip()) or not told.isprintable():
        raise UploadRejected("A field map must be written COLUMN=FIELD, such as 商品名=title; see GET /openapi.json.")
    return name.strip(), field.strip()
