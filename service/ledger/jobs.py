"""Jobs in the ledger: who sent which file, what became of it. The files themselves lie in the home folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import Select, func, select

from service.ledger.ledger import Page, Rows
from service.ledger.tables import JOBS, RECORDS, Row

State = Literal["queued", "running", "done", "failed", "cancelled"]
"""queued: waits; running: was begun and not ended; the others are how it ended."""
Format = Literal["jsonl", "csv", "parquet", "xlsx"]
Ended = Literal["done", "failed", "cancelled"]
_ENDS: tuple[str, ...] = get_args(Ended)
_GONE = ("cancelled", "erased")
_SHOWN = 200
"""Jobs shown of one owner, newest first."""


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be done with a file that was sent."""

    kind: str
    format: Format
    names: Mapping[str, str]  # column of the file -> field
    bundle: str | None  # id of the bundle that answers, so that a restart changes nothing; None: the configured one


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. Times are as service.ledger.ledger.stamp writes them; what was erased is None."""

    job_id: str
    order: Order
    place: str
    owner: str | None
    file_name: str | None
    bytes: int
    who: str
    submitted_at: str
    state: State = "queued"
    started_at: str | None = None
    ended_at: str | None = None
    crashes: int = 0  # times its process was killed by somebody else
    rows: int | None = None
    rejected: int | None = None
    error: str | None = None  # says what to do
    kept: bool = True  # whether its files are

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in _ENDS


def job(ledger: Rows, job_id: str) -> Job | None:
    """A job as it stands."""
    return next(iter(_jobs(ledger, select(JOBS.c.job_id).where(JOBS.c.job_id == job_id).limit(1))), None)


def newest_of(ledger: Rows, owner: str | None) -> list[Job]:
    """The newest jobs of a key, or of everybody, newest first."""
    sent = select(JOBS.c.job_id).where(JOBS.c.event == "submit")
    mine = sent if owner is None else sent.where(JOBS.c.owner == owner)
    return _jobs(ledger, mine.order_by(JOBS.c.seq.desc()).limit(_SHOWN))[::-1]


def unfinished(ledger: Rows, place: str) -> list[Job]:
    """Every job of a place that has not ended, oldest first."""
    ended = select(JOBS.c.job_id).where(JOBS.c.event.in_(_ENDS))
    waiting = select(JOBS.c.job_id).where(JOBS.c.event == "submit", JOBS.c.place == place, JOBS.c.job_id.not_in(ended))
    return _jobs(ledger, waiting)


def kept(ledger: Rows, place: str) -> list[Job]:
    """Every job of a place whose files are kept, oldest first."""
    gone = select(JOBS.c.job_id).where(JOBS.c.event.in_(_GONE))
    there = select(JOBS.c.job_id).where(JOBS.c.event == "submit", JOBS.c.place == place, JOBS.c.job_id.not_in(gone))
    return _jobs(ledger, there)


def newest(ledger: Rows) -> int:
    """Seq of the newest change, 0 when there is none."""
    return int(ledger.rows(select(func.coalesce(func.max(JOBS.c.seq), 0).label("seq")))[0]["seq"])


def submit(page: Page, told: Job) -> None:
    """Record a job that was sent; its times are those of the record."""
    options = {"format": told.order.format, "map": dict(told.order.names)}
    page.add(
        "job",
        {
            "event": "submit",
            "job_id": told.job_id,
            "job_kind": told.order.kind,
            "place": told.place,
            "owner": told.owner,
            "options": orjson.dumps(options, option=orjson.OPT_SORT_KEYS).decode(),
            "bundle": told.order.bundle,
            "bytes": told.bytes,
            "who": told.who,
            "file_name": told.file_name,
        },
    )


def start(page: Page, job_id: str, *, who: str) -> None:
    """Record that a process took it up, the first time or again."""
    page.add("job", {"event": "start", "job_id": job_id, "who": who})


def crash(page: Page, job_id: str, *, who: str, why: str) -> None:
    """Record that its process was killed by somebody else."""
    page.add("job", {"event": "crash", "job_id": job_id, "who": who, "error": why})


def end(
    page: Page,
    job_id: str,
    how: Ended,
    *,
    who: str,
    rows: int | None = None,
    rejected: int | None = None,
    error: str | None = None,
) -> bool:
    """Record how it ended; False when it had ended before."""
    found = job(page, job_id)
    if found is None or found.ended:
        return False
    told = {"event": how, "job_id": job_id, "who": who, "rows": rows, "rejected": rejected, "error": error}
    page.add("job", told)
    return True


def erase(page: Page, job_id: str, *, who: str) -> None:
    """Record that its files are gone."""
    page.add("job", {"event": "erased", "job_id": job_id, "who": who})


def _jobs(ledger: Rows, chosen: Select[tuple[str]]) -> list[Job]:
    """Jobs by id, in the order they were sent."""
    told = select(JOBS, RECORDS.c.at).join(RECORDS).where(JOBS.c.job_id.in_(chosen.subquery().select()))
    found: dict[str, Job] = {}
    for row in ledger.rows(told.order_by(JOBS.c.seq)):
        before = found.get(row["job_id"])
        found[row["job_id"]] = _sent(row) if before is None else _after(before, row)
    return list(found.values())


def _sent(row: Row) -> Job:
    options: dict[str, Any] = orjson.loads(row["options"])
    order = Order(row["job_kind"], options["format"], options["map"], row["bundle"])
    return Job(row["job_id"], order, row["place"], row["owner"], row["file_name"], row["bytes"], row["who"], row["at"])


def _after(before: Job, row: Row) -> Job:
    event = row["event"]
    if event == "start":
        return replace(before, state="running", started_at=before.started_at or row["at"])
    if event == "crash":
        return replace(before, crashes=before.crashes + 1)
    if event == "erased":
        return replace(before, kept=False)
    return replace(
        before,
        state=event,
        ended_at=row["at"],
        rows=row["rows"],
        rejected=row["rejected"],
        error=row["error"],
        kept=before.kept and event not in _GONE,
    )


def bytes_of(found: Sequence[Job]) -> int:
    """Bytes that were sent, in sum."""
    return sum(one.bytes for one in found)
