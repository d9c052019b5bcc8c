"""Receiving a form with a file: streamed to disk while it is counted, so that nothing of it sits in memory."""

import asyncio
import errno
import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from features.errors import ZhenweiError
from features.tables import ENDINGS
from service.jobs.folder import JobFolder

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_ENDING = re.compile(rf"({'|'.join(map(re.escape, ENDINGS))})(\.gz|\.zst)?$", re.IGNORECASE)
_FIELDS, _LONGEST_FIELD, _LONGEST_NAME = 200, 64 << 10, 255
_PATIENCE = 60.0
"""Seconds without a byte until an upload counts as given up."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class UploadRejected(ZhenweiError):
    """A form we cannot use as it is."""


class UploadTooLarge(ZhenweiError):
    """More bytes than are taken."""


class UploadStalled(ZhenweiError):
    """Nothing came for a long time."""


class NoRoom(ZhenweiError):
    """The disk is full, or cannot be written."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that arrived whole. The file lies in the folder it was received in."""

    file_name: str  # as the client wrote it: data, never a path
    bytes: int
    fields: Mapping[str, tuple[str, ...]]  # the other fields, in the order sent


async def receive(stream: AsyncIterator[bytes], content_type: str, folder: JobFolder, limit: int) -> Upload:
    """Read a multipart form with one part `file` into a folder, which is removed when anything goes wrong.

    Raises UploadRejected, UploadTooLarge, UploadStalled, NoRoom, or what the stream raises.
    """
    form = _Form(folder.path, limit)
    try:
        parser = _parser(content_type, form)
        async for chunk in _patiently(stream):
            await run_in_threadpool(parser.write, chunk)
        parser.finalize()
        return form.upload()
    except BaseException as error:  # also a client that went away
        form.close()
        folder.remove()
        if isinstance(error, FormParserError):
            raise UploadRejected("The form is not written as multipart/form-data; see RFC 7578.") from error
        if isinstance(error, OSError) and error.errno in _FULL:
            raise NoRoom("There is no room for this file now. Try later, or tell the operator.") from error
        raise


def _parser(content_type: str, form: "_Form") -> MultipartParser:
    kind, told = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not told.get(b"boundary"):
        raise UploadRejected("Send a form: Content-Type: multipart/form-data with a part named file (curl -F file=@…).")
    return MultipartParser(told[b"boundary"], form.callbacks())


async def _patiently(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(_PATIENCE):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise UploadStalled(f"Nothing arrived for {_PATIENCE:.0f} seconds. Send the file again.") from error
        yield chunk


class _Form:
    """What the parser calls while the form streams past; small fields are kept, the file is written."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._fields: dict[str, list[str]] = {}
        self._count = 0
        self._file: IO[bytes] | None = None
        self._file_name: str | None = None
        self._file_bytes = 0
        self._header = [b"", b""]
        self._name: str | None = None  # of the part that streams past now
        self._value = bytearray()
        self._whole = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
            "on_header_end": self._headed,
            "on_headers_finished": self._named,
            "on_part_data": lambda data, start, end: self._more(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def upload(self) -> Upload:
        if not self._whole:
            raise UploadRejected("The form did not arrive to its end. Send it again.")
        if self._file_name is None:
            raise UploadRejected("The form holds no part named file with a file name; send one (curl -F file=@…).")
        return Upload(self._file_name, self._file_bytes, {name: tuple(told) for name, told in self._fields.items()})

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _add(self, which: int, data: bytes) -> None:
        self._header[which] += data

    def _begin(self) -> None:
        self._count += 1
        if self._count > _FIELDS:
            raise UploadRejected(f"The form has more than {_FIELDS} parts; send fewer.")
        self._disposition: dict[bytes, bytes] = {}
        self._name = None
        self._value.clear()

    def _headed(self) -> None:
        name, value = self._header
        self._header = [b"", b""]
        if name.lower() == b"content-disposition":
            self._disposition = parse_options_header(value)[1]

    def _named(self) -> None:
        name = self._disposition.get(b"name")
        if name is None:
            raise UploadRejected("A part of the form has no name; name it in its Content-Disposition.")
        self._name = name.decode("utf-8", "replace")
        if self._name == "file":
            self._open()

    def _open(self) -> None:
        if self._file_name is not None:
            raise UploadRejected("The form holds several files; send one per job.")
        sent = self._disposition.get(b"filename", b"").decode("utf-8", "replace")
        self._file_name = sent.replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
        ending = _ENDING.search(self._file_name)
        if ending is None:
            raise UploadRejected(
                f"The name of the file must end in one of {', '.join(ENDINGS)}, and may go on with .gz or .zst."
            )
        self._file = _create(self._folder / f"upload{ending[0].lower()}")

    def _more(self, data: bytes) -> None:
        if self._file is not None:
            self._file_bytes += len(data)
            if self._file_bytes > self._limit:
                raise UploadTooLarge(f"At most {self._limit:,} bytes are taken; pack the file (.gz, .zst) or split it.")
            self._file.write(data)
            return
        self._value += data
        if len(self._value) > _LONGEST_FIELD:
            raise UploadRejected(f"The field {str(self._name)[:50]} is longer than {_LONGEST_FIELD:,} bytes.")

    def _end(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self.close()
        else:
            self._fields.setdefault(str(self._name), []).append(self._value.decode("utf-8", "replace"))

    def _finish(self) -> None:
        self._whole = True


def _create(path: Path) -> IO[bytes]:
    return path.open("xb")
