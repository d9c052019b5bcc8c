"""The folder of a job: the file that was sent and everything made from it, under names that are ours alone."""

import os
import secrets
import shutil
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from service.hold import held

_PRIVATE = 0o700
_ABORTED_HOURS = 24
"""An upload that was not finished by then never will be."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    rows: int  # done
    total: int | None  # of the file, as far as it can be guessed
    rejected: int
    rows_per_s: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a finished job."""

    rows: int
    rejected: int


@dataclass(frozen=True, slots=True)
class JobFolder:
    """One folder. Nothing in its paths comes from a client except an ending out of a fixed set."""

    path: Path

    @property
    def upload(self) -> Path:
        """The file that was sent. Raises FileNotFoundError."""
        for found in self.path.glob("upload.*"):
            return found
        raise FileNotFoundError(self.path / "upload.*")

    @property
    def messages(self) -> Path:
        """What the processes wrote to standard error."""
        return self.path / "messages"

    @property
    def progress_file(self) -> Path:
        """What the processes say about how far they are."""
        return self.path / "progress.json"

    @property
    def exists(self) -> bool:
        """Whether there is such a folder."""
        return self.path.is_dir()

    def exit_file(self, step: str) -> Path:
        """Where the exit code of a step is kept; it outlives whoever waited for it."""
        return self.path / f"{step}.exit"

    def exit_code(self, step: str) -> int | None:
        """How a step ended; None: it did not, yet."""
        try:
            return int(self.exit_file(step).read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def forget_exit(self, step: str) -> None:
        """Let a step run again."""
        self.exit_file(step).unlink(missing_ok=True)

    def progress(self) -> Progress | None:
        """How far it is; None: nothing is known yet."""
        try:
            told = orjson.loads(self.progress_file.read_bytes())
            return Progress(told["rows"], told["total"], told["rejected"], told["rate"], told["eta_seconds"])
        except (OSError, ValueError, TypeError, KeyError):  # written anew at this moment, or gone
            return None

    def counts(self, results: Path) -> Counts:
        """What became of the rows, as it is written beside finished results. Raises OSError."""
        tally = orjson.loads(results.with_name(f"{results.name}.summary.json").read_bytes())["tally"]
        return Counts(tally["rows"], tally["rejected"])

    def last_message(self) -> str:
        """The last line a process wrote to standard error: why it stopped."""
        try:
            with self.messages.open("rb") as file:
                file.seek(max(0, self.messages.stat().st_size - 4096))
                lines = file.read().decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1].strip() if lines else ""

    def size(self) -> int:
        """Bytes it takes."""
        total = 0
        for found in self.path.rglob("*"):
            with suppress(OSError):  # removed while we look
                total += found.lstat().st_size
        return total

    def remove(self) -> None:
        """Remove everything in it, and itself."""
        shutil.rmtree(self.path, ignore_errors=True)

    def held(self) -> AbstractContextManager[int | None]:
        """Hold the job, see service.hold: the processes that run it inherit the descriptor."""
        return held(self.path / "lock")


class Shelf:
    """Where the folders of all jobs stand."""

    def __init__(self, root: Path) -> None:
        """Keep them in `root`, which is made when the first one comes."""
        self.root = root

    def place(self) -> str:
        """The name of this place, made once: jobs of other homes, whose files lie elsewhere, are not ours to run."""
        self.root.mkdir(_PRIVATE, parents=True, exist_ok=True)
        named = self.root / "place"
        if not named.exists():
            mine = self.root / f".place.{secrets.token_hex(4)}"
            mine.write_text(secrets.token_hex(8), "ascii")
            with suppress(FileExistsError):  # somebody else was first
                os.link(mine, named)
            mine.unlink()
        return named.read_text("ascii")

    def folder(self, job_id: str) -> JobFolder:
        """The folder of a job that the ledger knows."""
        return JobFolder(self.root / job_id)

    def new(self, job_id: str) -> JobFolder:
        """Make a folder nobody finds yet, to receive a file in. Raises OSError."""
        made = JobFolder(self.root / f".{job_id}")
        made.path.mkdir(_PRIVATE, parents=True)
        return made

    def keep(self, received: JobFolder, job_id: str) -> JobFolder:
        """Put a folder that was received in its place, on the disk for good. Raises OSError."""
        kept = self.folder(job_id)
        _flush(received.path)
        received.path.rename(kept.path)
        _flush(self.root)
        return kept

    @property
    def free(self) -> int:
        """Bytes the disk has left. Raises OSError."""
        self.root.mkdir(_PRIVATE, parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def strays(self, known: set[str]) -> list[JobFolder]:
        """Folders that belong to no job whose files are kept, and uploads nobody finishes."""
        if not self.root.is_dir():
            return []
        ago = time.time() - _ABORTED_HOURS * 3600
        found = (entry for entry in os.scandir(self.root) if entry.is_dir(follow_symlinks=False))
        return [JobFolder(Path(one.path)) for one in found if one.name not in known and one.stat().st_mtime < ago]


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
