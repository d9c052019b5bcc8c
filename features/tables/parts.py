"""The parts of a workbook, unpacked on the way and never more of them at once than memory holds.

The parser lays out a whole row, every shared text and the styles before anybody sees them, and ten packed megabytes
can be one cell of a gigabyte.
"""

import io
import zipfile
from pathlib import Path
from typing import IO, BinaryIO

from features.tables.entry import FileRejected

_TRUSTED = 16 << 20  # unpacked bytes of a part nobody minds
_MOST_TIMES = 100  # unpacked bytes for one packed byte beyond that; sheets reach 30
_MOST_HELD = 768 << 20  # room for all shared texts
_MOST_LAID_OUT = 64 << 20  # room for a row, what follows the last, or another part: 65,530 links to pages take 12 MB
_TAG = 64  # bytes of room a tag takes beside what is written
_NO_SHEET = b"<worksheet/>"


class Parts(zipfile.ZipFile):
    """The parts of one workbook, to be handed to the parser in place of the archive itself."""

    def __init__(self, raw: BinaryIO, path: Path) -> None:
        """Look at what there is. Raises FileRejected when a part unpacks to far more than it is."""
        super().__init__(raw)
        self._path, self._reading = path, False
        self._room, self._text = _MOST_HELD, 0  # bytes left, and those since a tag
        for part in self.infolist():
            if part.file_size > max(_TRUSTED, _MOST_TIMES * part.compress_size):
                raise FileRejected(f"{path}: {part.filename} unpacks to more than {_MOST_TIMES} times its size")

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """A part that is laid out as a whole. Raises FileRejected."""
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if info.file_size > _MOST_LAID_OUT:
            raise self._too_much()
        content = super().read(name, pwd)
        self.new_row()
        self.spend(content)
        return content

    def open(
        self, name: str | zipfile.ZipInfo, mode: str = "r", pwd: bytes | None = None, *, force_zip64: bool = False
    ) -> IO[bytes]:
        """A part that is read piece by piece; until rows are read, a sheet is empty, as nobody needs its size."""
        del mode, force_zip64
        told = name.filename if isinstance(name, zipfile.ZipInfo) else name
        if told.startswith("xl/worksheets/") and not told.endswith(".rels") and not self._reading:
            return io.BytesIO(_NO_SHEET)
        self._room = _MOST_LAID_OUT if self._reading else _MOST_HELD
        return io.BufferedReader(_Bounded(super().open(name, "r", pwd), self))

    def read_rows(self) -> None:
        """From now on sheets are read, row by row."""
        self._reading = True

    def new_row(self) -> None:
        """The parser gave a row away: there is room for another."""
        self._room = _MOST_LAID_OUT

    def spend(self, block: bytes | memoryview) -> None:
        """The parser takes a block in. Raises FileRejected when there is no room."""
        tags = bytes(block).count(b"<")
        self._room -= len(block) + _TAG * tags
        self._text = 0 if tags else self._text + len(block)
        if self._room < 0 or self._text > _MOST_LAID_OUT:
            raise self._too_much()

    def _too_much(self) -> FileRejected:
        what = "a row holds" if self._reading else "its shared texts or formats take"
        return FileRejected(f"{self._path}: {what} more than memory can; save the listings alone, or as .csv")


class _Bounded(io.RawIOBase):
    """A part whose bytes are counted before the parser gets them."""

    def __init__(self, part: IO[bytes], parts: Parts) -> None:
        self._part, self._parts = part, parts

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # io hands in a buffer, whatever its type
        block = self._part.read(len(view))
        self._parts.spend(block)
        view[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._part.close()
        super().close()
