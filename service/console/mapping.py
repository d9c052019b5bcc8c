"""A file before it is screened: what its columns are taken for, with examples, for a person to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from features import columns
from features.columns import ColumnsRejected
from features.intake import Problem
from features.tables import open_table
from service.mapping import Shown, open_mapped
from service.rows import encodable

_EXAMPLES, _LONGEST = 3, 40  # rows, characters of a cell


@dataclass(frozen=True, slots=True)
class FileShown:
    """What a file looks like."""

    columns: Sequence[Shown]
    notes: Sequence[str]
    titled: bool  # whether anything holds the title

    def chosen(self, form: Mapping[str, str]) -> dict[str, str]:
        """What a person chose that is not what we took it for: column -> field."""
        told = {}
        for place, column in enumerate(self.columns):
            field = form.get(f"column-{place}", column.field)
            if field and field != column.field and not fixed(column.column):
                told[column.column.strip()] = field
        return told


def fixed(name: str) -> bool:
    """Whether a column's name is such that no other meaning can be given to it."""
    return not name.strip() or "=" in name or not name.isprintable()


def look(path: Path, names: Mapping[str, str]) -> FileShown:
    """Look at the head of a file as it will be screened; `names` are columns a person gave a meaning.

    Raises features.tables.FileRejected, or ColumnsRejected for a meaning there is not.
    """
    columns.asked(names)
    try:
        mapped = open_mapped(path, names)
    except ColumnsRejected:  # nothing holds the title
        return _untitled(path, names)
    return FileShown(mapped.shown, mapped.source.table.notes, titled=True)


def _untitled(path: Path, names: Mapping[str, str]) -> FileShown:
    table = open_table(path)
    rows = [entry.told for entry in islice(table, _EXAMPLES) if not isinstance(entry.told, Problem)]
    header = table.header or ()
    found = columns.resolve(header, names).targets
    fields = [".".join(found[name].path) if name in found else "" for name in header]
    examples = [tuple(encodable(str(row.get(name) or ""))[:_LONGEST] for row in rows) for name in header]
    shown = [
        Shown(encodable(name), field, "name" if field else "unused", told)
        for name, field, told in zip(header, fields, examples, strict=True)
    ]
    return FileShown(shown, table.notes, titled=False)
