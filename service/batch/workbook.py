"""Answers as an Excel workbook. What does not fit a sheet goes on in the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from errno import ENOSPC
from itertools import chain, count, islice
from pathlib import Path

import orjson
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from features.tables.formula import unformula
from service.answers import Cell, Kind, Shape
from service.batch.channel import Line
from service.batch.outcome import Outcome

MOST_ROWS = 1_048_575  # of a sheet, below the row of column names
_MOST_CHARACTERS = 32_767  # of a cell
_OPENED = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_ALWAYS = datetime(2021, 1, 1, tzinfo=UTC)  # the same answers are the same bytes
_WIDTHS: Mapping[str, int] = {"messages_zh": 50, "laws": 40, "evidence": 40, "title": 50, "rejected": 40}
_WIDTH = 14  # characters


@dataclass(frozen=True, slots=True)
class Workbook:
    """One flat row per row of the file. Its part holds them as JSON lists."""

    shape: Shape
    name: str = "answers"

    def begin(self, heads: Sequence[str]) -> bytes:
        """The columns."""
        return orjson.dumps(list(self._columns(heads).items()), option=orjson.OPT_APPEND_NEWLINE)

    def write(self, source: str, lines: Sequence[Line], heads: Sequence[str]) -> bytes:
        """Some rows."""
        shape = replace(self.shape, heads=tuple(heads))
        told = (shape.flat(source, line.entry.number, line.told) for line in lines)
        return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in told)

    def finish(self, part: Path, room: Path, _outcome: Outcome) -> Path:
        """Write sheet after sheet, row by row."""
        made = room / f"{self.name}.made"
        with part.open("rb") as lines:
            columns: list[tuple[str, Kind]] = orjson.loads(next(lines))
            book = xlsxwriter.Workbook(str(made), _OPENED | {"tmpdir": str(room)})
            _fill(book, [name for name, _ in columns], map(orjson.loads, lines))
            try:
                book.close()
            except FileCreateError as error:
                raise OSError(ENOSPC, str(error)) from error
        return made

    def _columns(self, heads: Sequence[str]) -> Mapping[str, Kind]:
        return replace(self.shape, heads=tuple(heads)).columns()


def _fill(book: xlsxwriter.Workbook, names: Sequence[str], rows: Iterator[Sequence[Cell]]) -> None:
    book.set_properties({"created": _ALWAYS})
    bold, quoted = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
    for number in count(1):
        page = islice(rows, MOST_ROWS)
        first = list(islice(page, 1))
        if not first and number > 1:
            return
        sheet = book.add_worksheet(f"answers {number}")
        for column, name in enumerate(names):
            sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 0)
        below = 0
        for below, row in enumerate(chain(first, page), start=1):
            _write(sheet, below, row, quoted)
        sheet.autofilter(0, 0, below, len(names) - 1)


def _write(sheet: Worksheet, at: int, row: Sequence[Cell], quoted: Format) -> None:
    """Numbers as numbers, text as text that stays text when somebody edits it."""
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            style = quoted if unformula(cell) != cell else None
            sheet.write_string(at, column, cell[:_MOST_CHARACTERS], style)
        elif cell is not None:
            sheet.write_number(at, column, cell)
