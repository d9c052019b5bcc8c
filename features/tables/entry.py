"""One row of a file as it stands there, and what is said when a file cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from features.errors import ZhenweiError
from features.intake import Problem

MOST_COLUMNS = 4096
"""A listing fills at most 1,149 fields; a table of more columns than this is something else."""
LONGEST = 1 << 20
"""Characters of a line in a text file, and bytes of a JSON line."""


class FileRejected(ZhenweiError):
    """A file cannot be read, or not to its end. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, or why it is none."""

    number: int  # from 1; the header and blank rows are not counted
    line: int  # where it begins in the file, from 1, as an editor or a spreadsheet counts
    told: Mapping[str, object] | Problem  # column name as written -> cell


def too_wide(name: object, columns: int) -> FileRejected:
    """What is said of a table with more columns than MOST_COLUMNS."""
    return FileRejected(
        f"{name} has {columns:,} columns, and at most {MOST_COLUMNS:,} are read; keep those a listing has fields for"
    )


def plain_cell(cell: object) -> object:
    """Bytes as text: what is no UTF-8 keeps lone surrogates, so that whoever reads the cell refuses it."""
    return cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else cell
