"""How far a screening has come, beside its output: what is committed outlives a kill, and only that counts.

A folder `.NAME.partial` holds one part per channel, which only grows, and a journal that says how much of each
counts and where reading stands. Whoever goes on cuts the parts to what the journal says. A lock that dies with its
process keeps a second screening away.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson
from pydantic import TypeAdapter, ValidationError

from service.answers import AnswersRejected
from service.batch.tally import Tally

_FORMAT = 1


@dataclass(slots=True)
class Standing:
    """Everything that is committed."""

    run: dict[str, object]  # what makes this screening this one: inputs, options, bundle
    today: str  # the day whose law is cited where a listing has none, ISO
    file: int = 0  # the file that is read
    row: int = 0  # rows of it that are done
    sizes: dict[str, int] = field(default_factory=dict)  # channel -> bytes of its part that count
    files: list[tuple[int, int]] = field(default_factory=list)  # rows and rejected rows, per file
    broken: dict[str, str] = field(default_factory=dict)  # file that could not be read to its end -> why
    tally: Tally = field(default_factory=Tally)
    read: bool = False  # everything is in the parts
    format: int = _FORMAT


_STANDING = TypeAdapter(Standing)


class Journal:
    """The folder of one screening, held under its lock."""

    def __init__(self, folder: Path) -> None:
        """Take the folder as it is; see `held`."""
        self.folder = folder
        self._parts: dict[str, IO[bytes]] = {}

    @property
    def _file(self) -> Path:
        return self.folder / "journal.json"

    @property
    def empty(self) -> bool:
        """Whether nothing was ever committed."""
        return not self._file.exists()

    def part(self, name: str) -> Path:
        """Where the bytes of a channel are kept."""
        return self.folder / f"{name}.part"

    def standing(self, *, forgiving: bool = False) -> Standing | None:
        """What an earlier screening committed. Raises AnswersRejected when it cannot be read; None if `forgiving`."""
        try:
            return _STANDING.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            if forgiving:
                return None
            raise AnswersRejected(
                f"{self._file} was not written by this version; start anew with --force, which gives up what is there"
            ) from error

    def begin(self, standing: Standing, starts: Mapping[str, bytes]) -> None:
        """Open the parts: new ones with what they begin with, others cut to what is committed."""
        for name, start in starts.items():
            file = self._parts[name] = self.part(name).open("r+b" if name in standing.sizes else "wb")
            if name in standing.sizes:
                file.truncate(standing.sizes[name])
                file.seek(0, os.SEEK_END)
            else:
                file.write(start)

    def append(self, names: Sequence[str], runs: Sequence[bytes]) -> None:
        """Add to the parts. Nothing counts before `commit`."""
        for name, run in zip(names, runs, strict=True):
            if run:
                self._parts[name].write(run)

    def commit(self, standing: Standing) -> None:
        """What was appended, and `standing`, now survive a kill and a power cut."""
        for name, file in self._parts.items():
            file.flush()
            os.fsync(file.fileno())
            standing.sizes[name] = file.tell()
        aside = self.folder / "journal.new"
        with aside.open("wb") as file:
            file.write(orjson.dumps(standing))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._file)

    def clear(self) -> None:
        """Forget everything that is there but the lock."""
        self._file.unlink(missing_ok=True)  # first: without it the parts mean nothing
        for path in self.folder.iterdir():
            if path.name != "lock":
                path.unlink()

    def close(self) -> None:
        """Let go of the parts; what was not committed may be lost."""
        for file in self._parts.values():
            with suppress(OSError):  # a full disk refuses once more; what counts was committed before
                file.close()
        self._parts.clear()

    def remove(self) -> None:
        """Leave no trace."""
        self.close()
        shutil.rmtree(self.folder)


@contextmanager
def held(out: Path) -> Iterator[Journal]:
    """The journal of an output, under its lock. Raises AnswersRejected when somebody else screens into it."""
    folder = out.with_name(f".{out.name}.partial")
    with _locked(folder, out):
        journal = Journal(folder)
        try:
            yield journal
        finally:
            journal.close()
            if folder.exists() and journal.empty:
                shutil.rmtree(folder)


@contextmanager
def _locked(folder: Path, out: Path) -> Iterator[None]:
    while True:
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AnswersRejected(
                    f"another screening is writing {out}; wait until it is done, or name another file"
                ) from error
            if not _there(lock, folder / "lock"):
                continue  # whoever held it before took it away
            yield
            return


def _there(lock: IO[bytes], path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    return False
