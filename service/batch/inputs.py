"""Which files are read, in which order, and how they are known again.

A file that is named is read, through a link too. A folder gives the files below it whose names end as files of rows
do; links in it are not followed, hidden files not read. A pattern (*, ?, [], **) gives what it matches. All are read
in the order of their paths, each once.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from features.tables import ENDINGS, FileRejected, files
from features.tables.extent import extent

_BLOCK = 1 << 20
_SHOWN = 5  # names told


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, in order, and what the reader of the result should know."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        """How the files are called in answers: what is different in their paths, the same on every machine."""
        whole = [Path(os.path.abspath(path)) for path in self.paths]  # noqa: PTH100 - a link keeps its name, .. does not
        above = os.path.commonpath([path.parent for path in whole])
        return tuple(path.relative_to(above).as_posix().encode("utf-8", "backslashreplace").decode() for path in whole)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when the screening began."""

    name: str
    size: int  # bytes
    sha256: str
    rows: int | None  # about how many; None: nobody knows before reading it
    changed: int  # when, ns

    def still(self, path: Path) -> bool:
        """Whether the file was left alone since."""
        now = path.stat()
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)


def find(told: Sequence[str], beside: Collection[Path] = ()) -> Found:
    """Find the files; those of `beside`, which this screening writes, are left out. Raises FileRejected."""
    ours = {path.absolute() for path in beside}
    found: dict[Path, Path] = {}  # where it really is -> as it is read
    notes: list[str] = []
    for one in told:
        for path in sorted(_below(one, notes), key=os.fspath):
            if path.absolute() in ours and not Path(one).is_file():
                continue
            if (real := really(path)) in found:
                notes.append(f"{path} is {found[real]} once more; it is read once")
            found.setdefault(real, path)
    if not found:
        raise FileRejected(f"{', '.join(told)}: no file ends in {', '.join(ENDINGS)}; name files that are there")
    return Found(tuple(sorted(found.values(), key=os.fspath)), tuple(notes))


def really(path: Path) -> Path:
    """Where a file is, links followed; one that leads to itself stays as it is, to be refused when it is opened."""
    return Path(os.path.realpath(path))  # Path.resolve fails on it


def look(path: Path, name: str, done: Callable[[int], None]) -> Seen:
    """Read a file once, to know it again and to guess its rows; `done` is told how many bytes were read."""
    digest, stat = hashlib.sha256(), path.stat()
    with files.plainly(path) as raw:
        while block := raw.read(_BLOCK):
            digest.update(block)
            done(len(block))
    return Seen(name, stat.st_size, digest.hexdigest(), extent(path), stat.st_mtime_ns)


def _below(told: str, notes: list[str]) -> Iterator[Path]:
    path = Path(told)
    if path.is_dir():
        yield from _walked(path, notes)
    elif path.exists() or not has_magic(told):
        if path.exists() and not path.is_file():
            raise FileRejected(f"{path} is no file of rows, but a pipe or device; save the rows in a file")
        yield path
    else:
        for match in map(Path, glob(told, recursive=True)):  # noqa: PTH207 - from the root, or from here
            if match.is_file() and _read_here(match):
                yield match


def _walked(folder: Path, notes: list[str]) -> Iterator[Path]:
    others: list[str] = []
    for at, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in (*folders, *names) if Path(at, name).is_symlink()]
        notes += [f"{Path(at, name)} is a link, which is not followed in a folder" for name in sorted(links)[:_SHOWN]]
        for name in names:
            path = Path(at, name)
            if path.is_symlink() or not path.is_file() or name.startswith("."):
                continue
            if _read_here(path):
                yield path
            else:
                others.append(name)
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        notes.append(f"{folder}: not files of rows, not read: {', '.join(sorted(others)[:_SHOWN])}{more}")


def _read_here(path: Path) -> bool:
    return files.inner_suffix(path) in ENDINGS
