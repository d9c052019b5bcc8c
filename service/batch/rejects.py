"""Rows that were not screened, in a file for spreadsheets: where they stand, why, and what they hold."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from features.intake import Problem
from features.tables import Entry
from features.tables.formula import unformula
from service.answers import joined
from service.batch.channel import Line
from service.batch.outcome import Outcome
from service.rows import Refused, encodable

_COLUMNS = ("source", "line", "row", "listing_id", "field", "problem", "cells")
_LONGEST = 32_000  # characters of the raw cells, which a spreadsheet can still show
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Rejects:
    """One line per row that was not screened; no cell can start a formula."""

    name: str = "rejects"

    def begin(self, _heads: Sequence[str]) -> bytes:
        """The mark spreadsheets need, and the names of the columns."""
        return BOM + table([_COLUMNS])

    def write(self, source: str, lines: Sequence[Line], _heads: Sequence[str]) -> bytes:
        """The rejected rows among `lines`."""
        return table(_cells(source, line.entry, line.told) for line in lines if isinstance(line.told, Refused))

    def finish(self, part: Path, _room: Path, _outcome: Outcome) -> Path:
        """The part is the file."""
        return part


def table(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV in UTF-8. No cell can start a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([unformula(c) if isinstance(c, str) else c for c in row] for row in rows)
    return text.getvalue().encode()


def _cells(source: str, entry: Entry, row: Refused) -> tuple[object, ...]:
    fields, why = joined(p.pointer for p in row.problems), joined(p.message for p in row.problems)
    return source, entry.line, entry.number, row.listing_id, fields, why, _raw(entry)


def _raw(entry: Entry) -> str:
    """The cells as they stand in the file; what was no row has none."""
    if isinstance(entry.told, Problem):
        return ""
    told = {encodable(str(name)): encodable(str(cell)) for name, cell in entry.told.items() if cell not in (None, "")}
    return orjson.dumps(told).decode()[:_LONGEST]
