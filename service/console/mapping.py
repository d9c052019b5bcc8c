"""A file before it is screened: what its columns mean to us, with examples, for a person to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from features import columns
from features.intake import Problem
from features.tables import open_table

_EXAMPLES, _LONGEST = 3, 60  # rows, characters of a cell


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column. `field` is dotted; "": nobody reads it."""

    name: str
    examples: Sequence[str]
    field: str

    @property
    def own(self) -> str:
        """The field that keeps it as an attribute under its own name."""
        return f"attributes.{self.name.strip()[:64]}"

    @property
    def fixed(self) -> bool:
        """Whether its name is such that no other meaning can be given to it."""
        return not self.name.strip() or "=" in self.name or not self.name.isprintable()


@dataclass(frozen=True, slots=True)
class FileShown:
    """What a file looks like. `columns` None: JSON lines, which name their fields row by row."""

    columns: Sequence[ColumnShown] | None
    notes: Sequence[str]
    titled: bool  # whether a column holds the title

    def chosen(self, form: Mapping[str, str]) -> dict[str, str]:
        """What a person chose that is not what we took it for: column -> field."""
        told = {}
        for place, column in enumerate(self.columns or ()):
            field = form.get(f"column-{place}", column.field)
            if field and field != column.field and not column.fixed:
                told[column.name.strip()] = field
        return told


def look(path: Path) -> FileShown:
    """Look at the head of a file. Raises features.tables.FileRejected."""
    table = open_table(path)
    rows = [entry.told for entry in islice(table, _EXAMPLES) if not isinstance(entry.told, Problem)]
    if table.header is None:
        return FileShown(None, table.notes, titled=True)
    found = columns.resolve(table.header)
    shown = [
        ColumnShown(name, [_cell(row.get(name)) for row in rows], _dotted(found.targets.get(name)))
        for name in table.header
    ]
    return FileShown(shown, table.notes, any(one.field == "title" for one in shown))


def _dotted(target: columns.Target | None) -> str:
    return ".".join(target.path) if target else ""


def _cell(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
