"""About how many rows a file holds, told before they are read: whoever waits wants to know how long."""

import zipfile
import zlib
from pathlib import Path

from features.tables import files
from features.tables.table import COLUMNAR, LINES, TEXT

_BLOCK = 1 << 20
_SHEET = "xl/worksheets/sheet1.xml"  # the first, as every program calls it


def extent(path: Path) -> int | None:
    """Guess the rows of a file that `open_table` opened; None where only reading tells. Raises FileRejected."""
    suffix = files.inner_suffix(path)
    if suffix in TEXT + LINES:
        with files.stream(path) as text:
            lines = sum(block.count(b"\n") for block in iter(lambda: text.read(_BLOCK), b""))
        return max(lines - (suffix in TEXT), 1)
    if path.suffix.lower() in files.PACKED:
        return None  # to unpack a whole file for a guess is too much
    return _told(path) if suffix in COLUMNAR else _closed(path)


def _told(path: Path) -> int:
    """What a Parquet file says of itself."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy, and most files are text

    with files.plainly(path) as raw:
        return int(pq.read_metadata(raw).num_rows)


def _closed(path: Path) -> int | None:
    """The rows of a sheet that hold something, below the column names; what a sheet says of its size need not be true.

    Counting them takes a hundredth of the time of reading them.
    """
    try:
        with files.plainly(path) as raw, zipfile.ZipFile(raw) as parts, parts.open(_SHEET) as sheet:
            rows = sum(block.count(b"</row>") for block in iter(lambda: sheet.read(_BLOCK), b""))
    except (KeyError, EOFError, zlib.error, zipfile.BadZipFile):  # reading it will say so
        return None
    return max(rows - 1, 0) or None
