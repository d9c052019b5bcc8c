"""The bytes of a file, unpacked on the way when its name ends in .gz or .zst, and never without bounds."""

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from features.tables.entry import FileRejected

PACKED = {".gz": "gzip", ".zst": "zstd"}
_TRUSTED = 256 << 20  # unpacked bytes nobody minds
_MOST_TIMES = 250  # unpacked bytes for one packed byte beyond that; listings reach 40


class _Unpacked(io.RawIOBase):
    """Unpacked bytes; refuses to go on when a small file unpacks to more than anybody meant."""

    def __init__(self, path: Path, source: IO[bytes]) -> None:
        self._path, self._source = path, source
        self._most = max(_TRUSTED, _MOST_TIMES * path.stat().st_size)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # io hands in a buffer, whatever its type
        got = self._source.read(len(view))
        view[: len(got)] = got
        self._count += len(got)
        if self._count > self._most:
            raise FileRejected(
                f"{self._path} unpacks to more than {_MOST_TIMES} times its size; when that is meant, unpack it first"
            )
        return len(got)

    def close(self) -> None:
        self._source.close()
        super().close()


def inner_suffix(path: Path) -> str:
    """The ending that tells the format, in lower case: `.csv` for a.csv and a.CSV.gz."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in PACKED else suffix


@contextmanager
def plainly(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file as they lie on the disk. Raises FileRejected when it cannot be opened."""
    with _refusing(path), path.open("rb") as file:
        yield file


@contextmanager
def stream(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file from its start, unpacked. Raises FileRejected when it cannot be opened."""
    with _refusing(path), closing(_opened(path)) as file:
        yield file


@contextmanager
def seekable(path: Path) -> Iterator[BinaryIO]:
    """The same for formats that jump about; a packed file is unpacked to disk."""
    with stream(path) as file:
        if path.suffix.lower() not in PACKED:
            yield file
            return
        with tempfile.TemporaryFile() as unpacked:
            shutil.copyfileobj(file, unpacked, 1 << 20)
            unpacked.seek(0)
            yield unpacked


def _opened(path: Path) -> BinaryIO:
    if (packing := PACKED.get(path.suffix.lower())) is None:
        return path.open("rb")
    import pyarrow as pa  # noqa: PLC0415 - heavy, and most files are not packed

    return io.BufferedReader(_Unpacked(path, pa.input_stream(str(path), compression=packing)), 1 << 20)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise FileRejected(f"{path} cannot be read (there is no such file); name a file that is there") from error
    except OSError as error:
        told = error.strerror or str(error)
        raise FileRejected(f"{path} cannot be read to its end ({told}); get a whole copy of the file") from error
