"""A file of listings in, a file of answers out, in constant memory: one answer per row, in order."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO

from features.listing import Listing
from models import Screener, Screening
from models.screening import Explain
from service.answers import Answers, AnswersRejected, answers_for
from service.rows import Row, Source

CHUNK = 512
"""Rows read, screened and written together."""
Progress = Callable[[int], None]
"""Told how many rows are done."""


@dataclass(slots=True)
class Tally:
    """What became of the rows: screened + rejected == rows."""

    rows: int = 0
    rejected: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)  # listings in which a finding stands
    problems: Counter[str] = field(default_factory=Counter)  # "<pointer> <message>" of rejected rows

    def add(self, screening: Screening) -> None:
        """Count one answer."""
        self.levels[screening.level or screening.assessment] += 1
        self.actions[screening.action] += 1
        self.findings.update({finding.code for finding in screening.findings})


def screen_file(
    source: Source, out: Path, screener: Screener, *, explain: Explain, today: date, progress: Progress
) -> Tally:
    """Screen every row of `source` into `out`, which appears only when all is written.

    Raises AnswersRejected when `out` cannot be written, FileRejected when reading fails midway; `out` stays as it was.
    """
    if out.exists() and out.samefile(source.path):
        raise AnswersRejected(f"{out} is the file that is read; choose another name for the answers")
    tally = Tally()
    with _aside(out) as file:
        answers = answers_for(out, file, tuple(screener.bundle.manifest.heads))
        rows = iter(source)
        while chunk := list(islice(rows, CHUNK)):
            _answer(chunk, answers, tally, lambda listings: screener.screen(listings, explain=explain, today=today))
            progress(tally.rows)
    return tally


def _answer(
    chunk: list[Row], answers: Answers, tally: Tally, screen: Callable[[list[Listing]], list[Screening]]
) -> None:
    screened = iter(screen([row for _, row in chunk if isinstance(row, Listing)]))
    for number, row in chunk:
        tally.rows += 1
        if isinstance(row, Listing):
            screening = next(screened)
            tally.add(screening)
            answers.screened(number, screening)
        else:
            tally.rejected += 1
            tally.problems.update({f"{p.pointer} {p.message}".strip() for p in row.problems[:1]})
            answers.refused(number, row)


@contextmanager
def _aside(out: Path) -> Iterator[IO[bytes]]:
    """Write beside `out`, then put it in its place; nothing is left behind when anything fails."""
    aside = out.with_name(f".{out.name}.partial")
    try:
        with aside.open("wb") as file:
            yield file
        aside.replace(out)
    except OSError as error:
        raise AnswersRejected(f"{out} cannot be written ({error.strerror}); choose another place") from error
    finally:
        aside.unlink(missing_ok=True)
