"""What a finished job offers to take away, and under which name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from service.jobs.folder import JobFolder
from service.ledger.jobs import Job

Part = Literal["results", "rejects", "leads", "report"]
"""results: one answer per row; rejects: the rows that were not screened, and why; leads, report: for inspectors."""
PARTS: tuple[Part, ...] = get_args(Part)
_TYPES = {
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
}
_LONGEST = 100  # characters of a client's file name that go into ours


@dataclass(frozen=True, slots=True)
class Result:
    """A file to take away."""

    part: Part
    path: Path
    media_type: str
    file_name: str  # as it is offered: what was sent, and what this is
    bytes: int


def path_of(folder: JobFolder, part: Part, job: Job) -> Path:
    """Where a part is written."""
    ending = {"results": job.order.format, "rejects": "csv", "leads": "xlsx", "report": "html"}[part]
    return folder.path / f"{part}.{ending}"


def result(folder: JobFolder, part: Part, job: Job) -> Result | None:
    """A part, when the job made it."""
    path = path_of(folder, part, job)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return None
    stem = (job.file_name or job.job_id).partition(".")[0][:_LONGEST] or job.job_id
    return Result(part, path, _TYPES[path.suffix], f"{stem}.{part}{path.suffix}", size)


def results(folder: JobFolder, job: Job) -> list[Result]:
    """Every part the job made."""
    return [found for part in PARTS if (found := result(folder, part, job)) is not None]
