"""Excel workbooks (.xlsx), read row by row.

openpyxl streams a sheet. Faster readers lay the whole sheet out in memory first, and two cells in opposite corners, a
file of 2 KB, are then half a terabyte (calamine issue 693).
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from features.tables import files
from features.tables.delimited import by_name
from features.tables.entry import MOST_COLUMNS, Entry, FileRejected, too_wide
from features.tables.parts import Parts

MOST_ROWS = 1 << 20
"""What a sheet can hold."""

Cells = tuple[object, ...]


def read(path: Path) -> Iterator[list[str] | str | Entry]:
    """Yield the header, a remark when there are sheets nobody reads, then every row. Raises FileRejected."""
    with files.seekable(path) as raw:
        try:
            yield from _entries(path, raw)
        except (FileRejected, GeneratorExit):
            raise
        except Exception as error:  # openpyxl raises whatever its parts raise on a broken file
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise FileRejected(
                f"{path} is no whole .xlsx workbook ({told}); save it again, without a password"
            ) from error


def _entries(path: Path, raw: BinaryIO) -> Iterator[list[str] | str | Entry]:
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415 - heavy, and most files are text

    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")  # styles, which nobody reads
    parts = Parts(raw, path)
    reader = ExcelReader(raw, read_only=True, data_only=True, keep_links=False)  # as openpyxl.load_workbook does
    reader.archive = parts
    reader.read()
    parts.read_rows()
    book = reader.wb
    if not book.worksheets:
        raise FileRejected(f"{path} holds no sheet of cells; put the listings in its first sheet")
    sheet = book.worksheets[0]
    if unread := [other.title for other in book.worksheets[1:]]:
        yield f"only the first sheet, {sheet.title}, is read; not {', '.join(unread)}"
    header: list[str] | None = None
    number = 0
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        parts.new_row()
        if line > MOST_ROWS:
            raise FileRejected(f"{path} has more than {MOST_ROWS:,} rows, which no sheet can hold; save it again")
        if not (told := _trimmed(cells)):
            continue
        if header is None:
            header = _header(path, told)
            yield header
            continue
        number += 1
        yield Entry(number, line, by_name(told, header))
    if header is None:
        raise FileRejected(f"{path}: its first sheet is empty; it needs a row of column names and a row per listing")


def _header(path: Path, told: list[object]) -> list[str]:
    if len(told) > MOST_COLUMNS:
        raise too_wide(path, len(told))
    return ["" if cell is None else str(cell) for cell in told]


def _trimmed(cells: Cells) -> list[object]:
    """The cells up to the last with anything in it."""
    last = len(cells)
    while last and (cells[last - 1] is None or (isinstance(cells[last - 1], str) and not str(cells[last - 1]).strip())):
        last -= 1
    return list(cells[:last])
