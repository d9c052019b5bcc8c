"""What leads were made from, by what, and how many rows became what: an account that adds up."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from features.listing import Listing
from models import Screener, Screening
from models.screening import Versions
from service.leads.pile import Pile
from service.rows import Source

_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was read. rows == rejected + not_assessed + passed + risky."""

    name: str
    sha256: str
    bytes: int
    rows: int = 0
    rejected: int = 0
    not_assessed: int = 0
    passed: int = 0
    risky: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """The whole of it."""

    made_on: str  # ISO date, China
    versions: Versions
    inputs: tuple[Input, ...]

    def total(self, what: str) -> int:
        """Sum a count over all files."""
        return sum(int(getattr(one, what)) for one in self.inputs)


def gather(
    sources: Sequence[Source], screener: Screener, pile: Pile, *, today: date, progress: Callable[[int], None]
) -> Account:
    """Screen every row of every file and put the risky ones onto the pile. Raises FileRejected when reading fails."""
    inputs: list[Input] = []
    done = 0
    for source in sources:
        told = fingerprint(source.path)
        rows = iter(source)
        while chunk := list(islice(rows, _CHUNK)):
            listings = [row for _, row in chunk if isinstance(row, Listing)]
            screenings = screener.screen(listings, explain="findings", today=today)
            told = _counted(told, len(chunk), screenings, pile.add_screened(listings, screenings))
            done += len(chunk)
            progress(done)
        inputs.append(told)
    return Account(today.isoformat(), screener.versions, tuple(inputs))


def fingerprint(path: Path) -> Input:
    """A file by name, hash and size."""
    with path.open("rb") as file:
        return Input(path.name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _counted(told: Input, rows: int, screenings: Sequence[Screening], risky: int) -> Input:
    unread = sum(one.assessment == "not_assessed" for one in screenings)
    return replace(
        told,
        rows=told.rows + rows,
        rejected=told.rejected + rows - len(screenings),
        not_assessed=told.not_assessed + unread,
        risky=told.risky + risky,
        passed=told.passed + len(screenings) - unread - risky,
    )


def names(inputs: Iterable[Input]) -> str:
    """The files, for people."""
    return "、".join(one.name for one in inputs)
