"""Files of listings, row by row: tables as people export them, JSON lines as machines write them."""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from features import columns
from features.columns import Columns
from features.errors import ZhenweiError
from features.intake import ListingRejected, Problem
from features.listing import Listing
from service import wire

TABLES = (".csv", ".tsv", ".txt")
LINES = (".jsonl", ".ndjson")
NO_MAP: Mapping[str, str] = MappingProxyType({})
_SNIFFED = 4 << 20  # bytes looked at to tell the encoding
_LONGEST = 1 << 20  # bytes of a JSON line
_THREE_BYTES = re.compile("[\u0800-\uffef\U00010000-\U0010ffff]")  # text in GB18030 hardly ever looks like these
_DELIMITERS = ",\t;"


class FileRejected(ZhenweiError):
    """A file cannot be read as listings. The message says what to do."""


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

    path: Path
    encoding: str
    columns: Columns | None  # None: JSON lines
    notes: tuple[str, ...]  # what the reader of the result should know

    def __iter__(self) -> Iterator[Row]:
        """Yield every row, in file order, in constant memory. Raises FileRejected when reading fails midway."""
        try:
            yield from _json_rows(self.path) if self.columns is None else self._table_rows(self.columns)
        except (OSError, UnicodeError) as error:
            raise FileRejected(f"{self.path} cannot be read to its end ({error}); save it again as UTF-8") from error

    def _table_rows(self, known: Columns) -> Iterator[Row]:
        with _text(self.path, self.encoding) as file:
            table = _cells(file, self.path)
            header = _header(table, self.path)
            for number, cells in enumerate(table, start=1):
                yield number, _from_cells(cells, number, header, known)


def open_source(path: Path, names: Mapping[str, str] = NO_MAP) -> Source:
    """Look at a file; `names` maps column names to fields. Raises FileRejected or features.columns.ColumnsRejected."""
    suffix = path.suffix.lower()
    if suffix not in TABLES + LINES:
        known = ", ".join(TABLES + LINES)
        raise FileRejected(f"{path}: the name must end in one of {known}; save the listings in such a file")
    encoding = encoding_of(path)
    if suffix in LINES:
        if encoding != "utf-8-sig":
            raise FileRejected(f"{path}: JSON lines must be UTF-8; save the file again as UTF-8")
        return Source(path, encoding, None, ())
    try:
        with _text(path, encoding) as file:
            found = columns.resolve(_header(_cells(file, path), path), names)
    except UnicodeError as error:
        raise FileRejected(f"{path} is neither UTF-8 nor GB18030 ({error}); save it again as UTF-8") from error
    notes: tuple[str, ...] = (
        () if encoding == "utf-8-sig" else (f"{path.name} is not UTF-8; it is read as {encoding.upper()}",)
    )
    if unused := [encodable(name) for name in found.unknown if name.strip()]:
        notes += (f"columns not used: {', '.join(unused)}; map one with --map COLUMN=FIELD",)
    return Source(path, encoding, found, notes)


def encoding_of(path: Path) -> str:
    """Tell utf-8-sig, utf-16 and gb18030 apart by the first megabytes. Raises FileRejected when there is no such file.

    A file with a few broken characters still is UTF-8: the rows that hold them are refused one by one, instead of
    every row being read as something it is not.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_SNIFFED)
    except OSError as error:
        raise FileRejected(f"{path} cannot be read ({error.strerror}); name a file of listings") from error
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    return "utf-8-sig" if text.count("\ufffd") <= len(_THREE_BYTES.findall(text)) else "gb18030"


def encodable(text: str) -> str:
    """Return text that can be written: broken bytes, kept as lone surrogates while reading, become escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _text(path: Path, encoding: str) -> TextIO:
    errors = "surrogatepass" if encoding == "utf-16" else "surrogateescape"  # what is broken is refused row by row
    return path.open(encoding=encoding, errors=errors, newline="")


def _cells(file: TextIO, path: Path) -> Iterator[list[str] | Problem]:
    """Cells of every row that is not blank; a Problem where quoting makes no sense."""
    first = file.readline()
    file.seek(0)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=first.count)
    table = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        start = table.line_num + 1
        try:
            cells = next(table, None)
        except csv.Error as error:
            message = (
                f"lines {start} to {table.line_num} cannot be split into cells ({error}); correct the quotes there"
            )
            yield Problem("", message)
            continue
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield cells


def _header(table: Iterator[list[str] | Problem], path: Path) -> list[str]:
    header = next(table, None)
    if header is None:
        raise FileRejected(f"{path} is empty; it needs a row of column names and one row per listing")
    if isinstance(header, Problem):
        raise FileRejected(f"{path}: {header.message}")
    return header


def _from_cells(
    cells: Sequence[str] | Problem, number: int, header: Sequence[str], known: Columns
) -> Listing | Refused:
    if isinstance(cells, Problem):
        return Refused(None, (cells,))
    if any(map(str.strip, cells[len(header) :])):
        message = f"has {len(cells)} cells, the header has {len(header)}; quote cells that hold the delimiter"
        return Refused(None, (Problem("", message),))
    row = dict(zip(reversed(header[: len(cells)]), reversed(cells[: len(header)]), strict=True))  # first of a name wins
    told: dict[str, object] = {}
    try:
        told = columns.record(row, number, known)
        return wire.listing(told)
    except ListingRejected as error:
        name = next((h for h, target in known.targets.items() if target.path == ("listing_id",)), "")
        return _refused(told.get("listing_id") or row.get(name) or str(number), error)


def _json_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        number = 0
        while line := file.readline(_LONGEST):
            whole = line.endswith(b"\n") or len(line) < _LONGEST
            while not whole and (rest := file.readline(_LONGEST)):
                if rest.endswith(b"\n"):
                    break
            if line.strip():
                number += 1
                yield number, _from_line(line) if whole else _too_long()


def _from_line(line: bytes) -> Listing | Refused:
    told: object = None
    try:
        told = wire.parse(line)
        return wire.listing(told)
    except wire.MalformedJson as error:
        return Refused(None, (Problem("", str(error)),))
    except ListingRejected as error:
        return _refused(told.get("listing_id") if isinstance(told, dict) else None, error)


def _too_long() -> Refused:
    return Refused(None, (Problem("", f"is longer than {_LONGEST:,} bytes; write one listing per line"),))


def _refused(listing_id: object, error: ListingRejected) -> Refused:
    told = encodable(listing_id[:128]) if isinstance(listing_id, str) else None
    return Refused(told, tuple(Problem(encodable(p.pointer), encodable(p.message)) for p in error.problems))
