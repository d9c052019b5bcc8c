"""Tables as text: CSV and TSV, quoted as spreadsheets quote."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from features.intake import Problem
from features.tables import files
from features.tables.delimiter import cut_elsewhere
from features.tables.encoding import errors_of, misfit
from features.tables.entry import LONGEST, MOST_COLUMNS, Entry, FileRejected, too_wide

_TOO_LONG = f"is longer than {LONGEST:,} characters; is a quote never closed?"


class _LineTooLong(ValueError):
    pass


class _Lines:
    """Lines of a file, ends kept; no line and no row is longer than LONGEST. Remembers those of a row."""

    def __init__(self, file: TextIO, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self.number = 0
        self.begin()

    def begin(self) -> None:
        """Forget the lines of the last row."""
        self.row: list[str] = []
        self._length = 0
        self.wrong: str | None = None

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == LONGEST and not line.endswith("\n"):
            while (rest := self._file.readline(LONGEST)) and not rest.endswith("\n"):
                pass
            raise _LineTooLong(_TOO_LONG)
        self._length += len(line)
        if self._length > LONGEST:
            raise _LineTooLong(_TOO_LONG)
        self.row.append(line)
        if self.wrong is None:
            self.wrong = misfit(line, self._encoding)
        return line


def read(path: Path, encoding: str, delimiter: str) -> Iterator[list[str] | Entry]:
    """Yield the header, a list of names, then every row that is not blank. Raises FileRejected."""
    with files.stream(path) as raw:
        text = io.TextIOWrapper(raw, encoding, errors_of(encoding), newline="")
        lines = _Lines(text, encoding)
        rows = _cells(lines, delimiter)
        _, header = next(rows, (0, None))
        if header is None:
            raise FileRejected(f"{path} is empty; it needs a row of column names and one row per listing")
        if isinstance(header, Problem):
            raise FileRejected(f"{path}: the row of column names {header.message}")
        if len(header) > MOST_COLUMNS:
            raise too_wide(path, len(header))
        yield header
        for number, (line, cells) in enumerate(rows, start=1):
            if isinstance(cells, list) and (why := cut_elsewhere(lines.row, len(cells), len(header), delimiter)):
                cells = Problem("", why)  # noqa: PLW2901 - these are no cells
            yield Entry(number, line, cells if isinstance(cells, Problem) else by_name(cells, header))


def by_name(cells: Sequence[Any], header: Sequence[str]) -> Mapping[str, object] | Problem:
    """The cells of a row under their column names; of two columns with one name the first counts."""
    if len(cells) > len(header) and any(str(cell).strip() for cell in cells[len(header) :]):
        counts = f"has {len(cells)} cells, the header has {len(header)}"
        return Problem("", f"{counts}; name every column, and quote cells that hold the delimiter")
    if cells[1:] == header[1:] and cells and str(cells[0]).removeprefix("\ufeff") == header[0]:
        return Problem("", "repeats the column names, as files do that were put behind each other; remove it")
    told = dict(zip(header, cells, strict=False))
    if len(told) == min(len(header), len(cells)):
        return told
    return dict(zip(reversed(header[: len(cells)]), reversed(cells[: len(header)]), strict=True))


def _cells(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Line and cells of every row that is not blank; a Problem where it cannot be split."""
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = lines.number + 1
        lines.begin()
        try:
            cells = next(table, None)
        except _LineTooLong as error:
            yield start, Problem("", str(error))
            continue
        except csv.Error as error:
            where = f"lines {start} to {lines.number}"
            yield start, Problem("", f"{where} cannot be split into cells ({error}); correct the quotes there")
            continue
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield start, cells if lines.wrong is None else Problem("", lines.wrong)
