"""What a finished job offers to take away, and under which name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from zipfile import ZipFile

from service.jobs.folder import JobFolder
from service.ledger.jobs import Job

Part = Literal["results", "rejects", "leads", "package", "report"]
"""results: one answer per row; rejects: the rows that were not screened, and why; leads: a workbook for
inspectors; package: the same, sealed, see service.leads.package; report: a page with pictures."""
PARTS: tuple[Part, ...] = get_args(Part)
_TYPES = {
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".html": "text/html; charset=utf-8",
}
_ENDINGS: dict[Part, str] = {"rejects": "csv", "leads": "xlsx", "package": "zip", "report": "html"}
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
    if part == "results":
        return folder.path / f"results.{job.order.format}"
    return folder.path / f"{part}.{_ENDINGS[part]}"


def unpack(folder: JobFolder, job: Job) -> None:
    """Lay the workbook of the package beside it, for whoever wants nothing else. Raises OSError, BadZipFile."""
    out = path_of(folder, "leads", job)
    aside = out.with_name(f".{out.name}.partial")
    with ZipFile(path_of(folder, "package", job)) as parts:
        aside.write_bytes(parts.read(out.name))
    aside.replace(out)


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
