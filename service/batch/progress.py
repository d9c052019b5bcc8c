"""How far a screening is, for people who watch and for programs that ask."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import orjson

State = Literal["looking", "screening", "writing", "done", "stopped", "failed"]
_EVERY = 0.5  # seconds between two writes of the same state


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. `total` is a guess, None when nobody can know before reading."""

    state: State = "looking"
    rows: int = 0  # done, those of earlier runs too
    rejected: int = 0
    total: int | None = None
    rate: float = 0.0  # rows per second of this run
    eta_seconds: float | None = None
    file: int = 0  # files that are done
    files: int = 0
    levels: dict[str, int] = field(default_factory=dict)
    message: str = ""  # why it stopped or failed


Watch = Callable[[Progress], None]


def nobody(_progress: Progress) -> None:
    """Nobody watches."""


class Meter:
    """Tells those who watch, with the rate and the time left as counted from where this run began."""

    def __init__(self, watch: Watch, files: int) -> None:
        """Nothing is done yet."""
        self._watch, self._last = watch, Progress(files=files)
        self._begun, self._start = 0, time.monotonic()
        watch(self._last)

    def begin(self, rows: int, total: int | None) -> None:
        """Screening begins; `rows` are done already."""
        self._begun, self._start = rows, time.monotonic()
        self._last = replace(self._last, state="screening", total=total)

    def rows(self, rows: int, rejected: int, file: int, levels: dict[str, int]) -> None:
        """So many rows are done."""
        seconds = time.monotonic() - self._start
        rate = (rows - self._begun) / seconds if seconds else 0.0
        total = self._last.total
        left = max(total - rows, 0) / rate if rate and total is not None else None
        self._last = replace(
            self._last,
            rows=rows,
            rejected=rejected,
            rate=round(rate, 1),
            eta_seconds=None if left is None else round(left, 1),
            file=file,
            levels=levels,
        )
        self._watch(self._last)

    def state(self, state: State, message: str = "") -> None:
        """Another stage begins, or it is over."""
        whole = {"total": self._last.rows, "eta_seconds": 0.0, "file": self._last.files} if state == "done" else {}
        self._last = replace(self._last, state=state, message=message, **whole)  # type: ignore[arg-type]  # of its fields
        self._watch(self._last)


class ProgressFile:
    """A small JSON file, always whole, for whoever started the screening from outside."""

    def __init__(self, path: Path) -> None:
        """Write to `path`."""
        self._path, self._state, self._next = path, "", 0.0

    def __call__(self, progress: Progress) -> None:
        """Write it, when it is time. A disk that takes nothing does not stop the screening."""
        if progress.state == self._state and time.monotonic() < self._next:
            return
        self._state, self._next = progress.state, time.monotonic() + _EVERY
        told = asdict(progress) | {"pid": os.getpid(), "updated_at": datetime.now(UTC).isoformat(timespec="seconds")}
        aside = self._path.with_name(f".{self._path.name}.new")
        with suppress(OSError):
            aside.write_bytes(orjson.dumps(told))
            aside.replace(self._path)
