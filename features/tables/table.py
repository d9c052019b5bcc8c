"""A file of rows, looked at far enough to know how to read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from features.tables import delimited, files, kind, lines, parquet, workbook
from features.tables.delimiter import delimiter_of
from features.tables.encoding import SNIFFED, encoding_of, text_of
from features.tables.entry import Entry, FileRejected

TEXT, LINES, COLUMNAR, WORKBOOK = (".csv", ".tsv", ".txt"), (".jsonl", ".ndjson"), (".parquet",), (".xlsx",)
ENDINGS = (*TEXT, *LINES, *COLUMNAR, *WORKBOOK)
"""How the names of files we read end; each may end in .gz or .zst beyond that."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows. Iterating reads it again from the start, in memory that does not grow with it."""

    path: Path
    header: tuple[str, ...] | None  # column names as written; None: JSON lines, where every row names its own
    notes: tuple[str, ...]  # what the reader of the result should know
    encoding: str = "utf-8-sig"  # of text
    delimiter: str = ","

    def __iter__(self) -> Iterator[Entry]:
        """Yield every row that is not blank, in file order. Raises FileRejected when reading fails midway."""
        try:
            yield from (part for part in self._parts() if isinstance(part, Entry))
        except UnicodeError as error:
            raise FileRejected(f"{self.path} cannot be read to its end ({error}); save it again as UTF-8") from error

    def _parts(self) -> Iterator[list[str] | str | Entry]:
        """A list is the header, a text a note."""
        suffix = files.inner_suffix(self.path)
        if suffix in LINES:
            return lines.read(self.path)
        if suffix in COLUMNAR:
            return parquet.read(self.path)
        if suffix in WORKBOOK:
            return workbook.read(self.path)
        return delimited.read(self.path, self.encoding, self.delimiter)


def open_table(path: Path) -> Table:
    """Look at a file. Raises FileRejected when it is none, or no format we read."""
    suffix = files.inner_suffix(path)
    if suffix not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise FileRejected(
            f"{path}: the name must end in one of {known}, and may go on with .gz or .zst; save the rows in such a file"
        )
    with files.plainly(path) as file:
        kind.refuse_packing(path, file.read(kind.LOOKED_AT))
    with files.stream(path) as file:
        head = file.read(SNIFFED if suffix in TEXT + LINES else kind.LOOKED_AT)
    kind.refuse_other(path, suffix, head[: kind.LOOKED_AT])
    if suffix in COLUMNAR + WORKBOOK:
        return _with_header(Table(path, (), ()))
    encoding = encoding_of(head)
    if suffix in LINES:
        if encoding != "utf-8-sig":
            raise FileRejected(f"{path}: JSON lines must be UTF-8; save the file again as UTF-8")
        return Table(path, None, ())
    notes = () if encoding == "utf-8-sig" else (f"{path.name} is not UTF-8; it is read as {encoding.upper()}",)
    delimiter = delimiter_of(path, text_of(head, encoding), only="\t" if suffix == ".tsv" else "")
    return _with_header(Table(path, (), notes, encoding, delimiter))


def _with_header(table: Table) -> Table:
    notes = table.notes
    try:
        for part in table._parts():  # noqa: SLF001 - its own class
            if isinstance(part, list):
                return Table(table.path, tuple(part), notes, table.encoding, table.delimiter)
            if isinstance(part, str):
                notes += (part,)
    except UnicodeError as error:
        raise FileRejected(f"{table.path} is neither UTF-8 nor GB18030 ({error}); save it again as UTF-8") from error
    raise FileRejected(f"{table.path} is empty; it needs a row of column names and one row per listing")
