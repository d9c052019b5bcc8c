"""One register: an immutable snapshot of licence numbers, looked up where it lies.

The file holds one JSON list per number and product, [number, product, trade name, holder, status, valid until],
sorted and each once, so that the same content is the same bytes. It is mapped into memory, not read: half a million
entries cost what is looked at, and processes share it.
"""

import hashlib
import mmap
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from features.errors import ZhenweiError

_LINE_END = 10


class RegisterInvalid(ZhenweiError):
    """A snapshot is not here, or is not what was imported. The message says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line of a register; empty text is what the register does not say."""

    number: str  # canonical, as features.evidence.LicenceNumber.number
    product: str
    trade_name: str = ""
    holder: str = ""
    status: str = ""  # as written there
    valid_until: str = ""  # ISO date, the last day


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which register this is, and of which day."""

    kind: str  # id of a licence format in the knowledge
    as_of: date
    digest: str  # sha256 of the file, 64 hex digits
    complete: bool  # it holds every number in force that day, so that a number it lacks says something

    @property
    def name(self) -> str:
        """What answers call it: day, content, and whether a number it lacks says something."""
        return f"{self.as_of.isoformat()} {self.digest[:16]}{' complete' if self.complete else ''}"


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """A snapshot that can be asked. Safe to share between threads; survives a fork."""

    snapshot: Snapshot
    _blob: mmap.mmap | bytes
    _starts: NDArray[np.int64]  # where lines begin, and the end, (n + 1,)

    @classmethod
    def open(cls, path: Path, snapshot: Snapshot) -> "Register":
        """Map a file. Raises RegisterInvalid when it is not there or not the one that was imported."""
        try:
            with path.open("rb") as file:
                blob = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise RegisterInvalid(
                f"the register {snapshot.kind} of {snapshot.as_of} is not kept at {path}; import it again, copy the "
                "file from where it was imported, or remove it with `zhenwei register remove`"
            ) from error
        return cls.of(blob, snapshot)

    @classmethod
    def of(cls, blob: "mmap.mmap | bytes", snapshot: Snapshot) -> "Register":
        """Take the bytes of a file, as they travel to another machine. Raises RegisterInvalid for other bytes."""
        if hashlib.sha256(blob).hexdigest() != snapshot.digest:
            raise RegisterInvalid(
                f"the register {snapshot.kind} of {snapshot.as_of} is not as it was imported; import it again"
            )
        ends = np.flatnonzero(np.frombuffer(blob, dtype=np.uint8) == _LINE_END)
        return cls(snapshot, blob, np.concatenate([[0], ends + 1]).astype(np.int64))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process as bytes."""
        return Register.of, (self.blob(), self.snapshot)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._starts) - 1

    def find(self, number: str) -> list[Entry]:
        """Every entry of a number, sorted; none when the register lacks it."""
        at = bisect_left(range(len(self)), number, key=lambda line: self._line(line)[0])
        found = []
        while at < len(self) and (told := self._line(at))[0] == number:
            found.append(Entry(*told))
            at += 1
        return found

    def blob(self) -> bytes:
        """The bytes of the file."""
        return self._blob[:]

    def _line(self, at: int) -> list[str]:
        told: list[str] = orjson.loads(self._blob[self._starts[at] : self._starts[at + 1]])
        return told


def written(entries: Iterable[Entry]) -> bytes:
    """The file of a register: every entry once, sorted by number."""
    lines = (
        orjson.dumps([e.number, e.product, e.trade_name, e.holder, e.status, e.valid_until])
        for e in sorted(set(entries))
    )
    return b"".join(line + b"\n" for line in lines)
