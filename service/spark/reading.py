"""Rows as an executor gets them, in Arrow: cells of a dataframe, JSON lines, or files as a whole."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import pyarrow as pa

from features import cells, columns
from features.columns import Columns
from features.intake import Problem
from features.listing import Listing
from features.tables import Entry, FileRejected, Table, lines
from features.tables.entry import plain_cell
from service.rows import Refused, Source, open_source

NUMBER, FILE = "zhenwei_row", "zhenwei_file"
"""The columns that tell a row's number, from 1, and the place of its file in the order of reading."""
Batches = Iterable[pa.RecordBatch]
Numbered = tuple[int, int | None, Listing | Refused]
"""The place of the file, the number of the row in it (None: nobody counted), what the row holds."""
UNREAD = "and all after it are not read: "
"""How the row is told at which a file could not be read on."""
_NO_ID = Problem("/listing_id", "is required; add it, or count the rows in a column of their own")
_ANYWHERE = Path("dataframe")


class Reading(Protocol):
    """Reads the rows of record batches. Travels to the executors, so it is plain data."""

    def rows(self, batches: Batches) -> Iterator[Numbered]:
        """Every row, in order. Raises FileRejected, ColumnsRejected."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A dataframe's columns under the names people give them; those that count rows and files among them or not."""

    header: tuple[str, ...]
    names: Mapping[str, str]  # column -> field, before the built-in names

    def rows(self, batches: Batches) -> Iterator[Numbered]:
        """Read row by row."""
        told = [name for name in self.header if name not in {NUMBER, FILE}]
        source = table_of(told, self.names)
        named = id_column(source.columns) if source.columns else None
        for batch in batches:
            columns_of = [_cells(batch.column(at)) for at in range(batch.num_columns)]
            for row in zip(*columns_of, strict=True):
                cells_of = dict(zip(reversed(self.header), reversed(row), strict=True))  # of two the first counts
                number, file = cells_of.pop(NUMBER, None), cells_of.pop(FILE, 0)
                if number is None and (named is None or cells.text(cells_of.get(named)) is None):
                    yield file, None, Refused(None, (_NO_ID,))
                else:
                    yield file, number, source.row(Entry(number or 0, number or 0, cells_of))


@dataclass(frozen=True, slots=True)
class Lines:
    """JSON lines as bytes, with their file and number."""

    names: Mapping[str, str]

    def rows(self, batches: Batches) -> Iterator[Numbered]:
        """Read line by line."""
        source = Source(Table(_ANYWHERE, None, ()), None, columns.asked(self.names), ())
        for batch in batches:
            for raw, file, number in zip(*map(_cells_as_they_are, batch.columns), strict=True):
                line = raw.removeprefix(lines.BOM) if number == 1 else raw
                yield file, number, source.row(Entry(number, number, lines.told(line + b"\n")))


@dataclass(frozen=True, slots=True)
class Whole:
    """Files as bytes with their place: every format one machine reads, read as one machine reads it."""

    files: tuple[str, ...]  # path of each, whose ending tells the format
    names: Mapping[str, str]

    def rows(self, batches: Batches) -> Iterator[Numbered]:
        """Read file by file."""
        for batch in batches:
            for at in range(batch.num_rows):
                yield from self._file(batch.column(0)[at].as_buffer(), batch.column(1)[at].as_py())

    def _file(self, content: pa.Buffer, file: int) -> Iterator[Numbered]:
        name = PurePosixPath(self.files[file]).name
        with tempfile.TemporaryDirectory(prefix="zhenwei-") as folder:
            path = Path(folder, name)
            path.write_bytes(content)
            source, number = open_source(path, self.names), 0
            try:
                for entry in source.table:
                    number = entry.number
                    yield file, number, source.row(entry)
            except FileRejected as error:
                why = str(error).replace(str(path), name)
                yield file, number + 1, Refused(None, (Problem("", f"{UNREAD}{why}"),))


def table_of(header: Sequence[str], names: Mapping[str, str]) -> Source:
    """How a table of this header is read. Raises ColumnsRejected."""
    found = columns.with_title(columns.resolve(header, names))
    return Source(Table(_ANYWHERE, tuple(header), ()), found, columns.asked(names), columns.unused(found))


def id_column(found: Columns) -> str | None:
    """The column that holds the listing's id."""
    return next((name for name, target in found.targets.items() if target.path == ("listing_id",)), None)


def _cells(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))  # Spark's zone is the session's, not the file's
    return [plain_cell(cell) for cell in column.to_pylist()]


def _cells_as_they_are(column: pa.Array) -> list[Any]:
    cells_of: list[Any] = column.to_pylist()
    return cells_of
