"""Files of listings, row by row: tables as people export them, JSON lines as machines write them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from features import columns
from features.columns import Columns, Targets
from features.intake import ListingRejected, Problem
from features.listing import Listing
from features.tables import Entry, FileRejected, Table, open_table
from service import wire
from training.takedown_files import DECISION

__all__ = ["FileRejected", "Refused", "Row", "Source", "encodable", "open_source"]

NO_MAP: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that holds no listing we can read. All its text can be encoded as UTF-8."""

    listing_id: str | None
    problems: tuple[Problem, ...]


Row = tuple[int, Listing | Refused]
"""The number of a row, from 1 (a header and blank rows are not counted), and what it holds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of listings, looked at far enough to know how to read it. Iterating reads it again from the start."""

    table: Table
    columns: Columns | None  # None: JSON lines
    mapped: Targets  # what columns of one's own mean
    notes: tuple[str, ...]  # what the reader of the result should know

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.table.path

    def __iter__(self) -> Iterator[Row]:
        """Yield every row, in file order, in constant memory. Raises FileRejected when reading fails midway."""
        return ((entry.number, self.row(entry)) for entry in self.table)

    def row(self, entry: Entry) -> Listing | Refused:
        """Read one row of the file."""
        if isinstance(entry.told, Problem):
            return Refused(None, (entry.told,))
        told: dict[str, object] = {}
        try:
            if self.columns is None:
                told = columns.renamed(entry.told, self.mapped, needless=DECISION)
            else:
                told = columns.record(entry.told, entry.number, self.columns)
            return wire.listing(told)
        except ListingRejected as error:
            return _refused(told.get("listing_id") or self._id(entry), error)

    def _id(self, entry: Entry) -> object:
        if self.columns is None or isinstance(entry.told, Problem):
            return None if isinstance(entry.told, Problem) else entry.told.get("listing_id")
        name = next((h for h, target in self.columns.targets.items() if target.path == ("listing_id",)), "")
        return entry.told.get(name) or str(entry.number)


def open_source(path: Path, names: Mapping[str, str] = NO_MAP) -> Source:
    """Look at a file; `names` maps column names to fields. Raises FileRejected or features.columns.ColumnsRejected."""
    table = open_table(path)
    mapped = columns.asked(names)
    if table.header is None:
        return Source(table, None, mapped, table.notes)
    found = columns.with_title(columns.resolve(table.header, names))
    return Source(table, found, mapped, table.notes + columns.unused(found, DECISION))


def encodable(text: str) -> str:
    """Return text that can be written: broken bytes, kept as lone surrogates while reading, become escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _refused(listing_id: object, error: ListingRejected) -> Refused:
    told = encodable(listing_id[:128]) if isinstance(listing_id, str) else None
    return Refused(told, tuple(Problem(encodable(p.pointer), encodable(p.message)) for p in error.problems))
