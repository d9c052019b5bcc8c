"""Rows of a takedown file that teach nothing: counted, and written down with line and reason."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from features.intake import ListingRejected, Problem
from features.tables.formula import unformula
from training.errors import TrainingError

_COLUMNS = ("line", "listing_id", "used", "field", "problem")
_SHOWN = 10  # reasons told on the terminal
_LONGEST = 120  # characters of one of them


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be used, or, when `kept`, one that is read and says nothing to any head."""

    line: int  # of the file, from 1
    listing_id: str | None
    problems: tuple[Problem, ...]
    kept: bool = False


Rejects = Callable[[Reject, Path], None]
"""Told of every row that teaches nothing, and of the file it stands in."""


def no_rejects(reject: Reject, path: Path) -> None:
    """Refuse the whole file at its first unusable row. Raises TrainingError."""
    if not reject.kept:
        raise TrainingError(f"{path}, line {reject.line}: {ListingRejected(reject.problems)}")


@dataclass(slots=True)
class RejectFile:
    """Counts rejects and writes each to a file for spreadsheets, which is there as soon as there is one to tell."""

    path: Path | None  # None: only count
    unused: int = 0  # rows that cannot be used
    idle: int = 0  # rows that are read and teach nothing
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)  # reason -> the first time it was told
    _file: IO[str] | None = None

    def __call__(self, reject: Reject, _path: Path) -> None:
        """Count and write one."""
        self.unused += not reject.kept
        self.idle += reject.kept
        for problem in reject.problems:
            kind = _kind(problem)
            self.reasons[kind] += 1
            self.examples.setdefault(kind, f"line {reject.line}: {problem.pointer} {problem.message}"[:_LONGEST])
            self._write(reject, problem)

    def summary(self) -> list[str]:
        """What was counted, in a few lines; none when there is nothing to tell."""
        if not self.reasons:
            return []
        lines = [f"{self.unused} rows cannot be used, {self.idle} are read and teach nothing:"]
        lines += [f"  {times} × {self.examples[kind]}" for kind, times in self.reasons.most_common(_SHOWN)]
        if len(self.reasons) > _SHOWN:
            lines.append(f"  and {len(self.reasons) - _SHOWN} other reasons")
        lines.append(f"  all of them: {self.path}" if self.path else "  --rejects FILE writes all of them")
        return lines

    def _write(self, reject: Reject, problem: Problem) -> None:
        if self.path is None:
            return
        if self._file is None:
            self._file = _started(self.path)
        used = "says nothing" if reject.kept else "no"
        told = (reject.listing_id or "", used, problem.pointer, problem.message)
        csv.writer(self._file).writerow((reject.line, *map(unformula, told)))

    def close(self) -> None:
        """Finish the file; one of an earlier run does not stay when there is nothing to tell."""
        if self._file is not None:
            self._file.close()
        elif self.path is not None and self.path.exists():
            _started(self.path).close()


@contextmanager
def reject_file(path: Path | None) -> Iterator[RejectFile]:
    """Collect rejects, in a file when `path` is given."""
    rejects = RejectFile(path)
    try:
        yield rejects
    finally:
        rejects.close()


def _started(path: Path) -> IO[str]:
    file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
    csv.writer(file).writerow(_COLUMNS)
    return file


def _kind(problem: Problem) -> str:
    """What is counted together: what is wrong in one field, or with rows in one way."""
    return problem.pointer or re.sub(r"\d+", "#", problem.message)[:_LONGEST]
