"""Where a bundle stands: a folder that is replaced whole or not at all, by one writer at a time."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from models.errors import BundleBusy, BundleInvalid, BundleUnwritten

MANIFEST = "manifest.json"
_REPORTS = "report."  # files of this name may lie beside a bundle's own; they go with it


@dataclass(frozen=True, slots=True)
class Shelf:
    """A place that only its holder writes to; see `claimed`."""

    root: Path  # absolute, links followed

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write a whole bundle beside the place, make sure it is on the disk, then put it there by renaming.

        A process killed at any moment leaves the old bundle or the new one. Raises BundleUnwritten when the disk is
        full or refuses; the old bundle stands then.
        """
        aside, old = _beside(self.root)
        try:
            for left in (aside, old):
                _remove(left)
            aside.mkdir()
            for name in sorted(files, key=lambda name: name == MANIFEST):  # a manifest vouches for the rest: last
                _write(aside / name, files[name])
            _sync(aside)
            if self.root.exists():
                self.root.rename(old)
            aside.rename(self.root)
            _sync(self.root.parent)
        except OSError as error:
            with suppress(OSError):
                self.settle()
            raise BundleUnwritten(
                f"{self.root} cannot be written ({error.strerror}); what stood there still stands: make room, or"
                " choose another folder, and train again"
            ) from error
        with suppress(OSError):  # the bundle stands; what is left over goes next time
            _remove(old)

    def settle(self) -> None:
        """Finish what a killed writer had all but finished, and remove what it left behind."""
        whole = standing(self.root)
        if whole != self.root:
            whole.rename(self.root)
        for left in _beside(self.root):
            _remove(left)


@contextmanager
def claimed(root: Path) -> Iterator[Shelf]:
    """Hold a place against other writers until the block ends, however it ends, even by kill -9.

    Raises BundleBusy when somebody else holds it, BundleInvalid when something other than a bundle stands there.
    """
    shelf = Shelf(root.resolve())
    shelf.root.parent.mkdir(parents=True, exist_ok=True)
    lock = shelf.root.with_name(f".{shelf.root.name}.lock")
    descriptor = _locked(lock, root)
    try:
        _refuse_other_things(root)
        shelf.settle()
        yield shelf
    finally:
        lock.unlink(missing_ok=True)  # while held: whoever waits for it sees that it is gone
        os.close(descriptor)


def standing(root: Path) -> Path:
    """Return the folder to read: `root`, or what a writer killed between its two renames left whole beside it."""
    if not root.exists():
        for left in _beside(root.resolve()):
            if (left / MANIFEST).is_file():
                return left
    return root


def identity(root: Path) -> tuple[int, int] | None:
    """What tells the folder that stands there from one that replaces it; None where nothing stands."""
    try:
        told = standing(root).stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino


def _beside(root: Path) -> tuple[Path, Path]:
    return root.with_name(f".{root.name}.new"), root.with_name(f".{root.name}.old")


def _locked(lock: Path, root: Path) -> int:
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.exists() and os.path.samestat(os.fstat(descriptor), lock.stat()):
                return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            raise BundleBusy(
                f"{root}: another training is writing here; wait until it is done, or choose another folder"
            ) from error
        os.close(descriptor)  # its holder finished and removed it between our two steps


def _refuse_other_things(root: Path) -> None:
    if not root.exists():
        return
    if not root.is_dir():
        raise BundleInvalid(f"{root} exists and is not a bundle; choose another folder")
    there = {path.name for path in root.iterdir() if not path.name.startswith(_REPORTS)}
    if there and MANIFEST not in there:
        raise BundleInvalid(f"{root} exists and is not a bundle; choose another folder")
    if strange := sorted(there - {MANIFEST, *_listed(root)}):
        raise BundleInvalid(
            f"{root} holds {strange[:5]} beside a bundle; move them away, or they would be lost with it"
        )


def _listed(root: Path) -> set[str]:
    with suppress(OSError, ValueError, LookupError, TypeError):
        return set(json.loads((root / MANIFEST).read_bytes())["sha256"])
    return {path.name for path in root.iterdir()}  # a broken bundle: all of it may go


def _write(path: Path, blob: bytes) -> None:
    with path.open("xb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
