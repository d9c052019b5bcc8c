"""Ended sessions: a cookie that was copied before a logout must not work after it.

Cookies hold everything themselves, so a short list of those that were ended is kept in the home folder, where every
worker looks.
"""

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path

from service.console.session import LONGEST, Session

LOG = logging.getLogger("zhenwei")


class Ended:
    """Sessions that were ended before their time."""

    def __init__(self, path: Path | None, now: float) -> None:
        """Look into `path`, without what has lapsed by itself since; None: this process remembers alone."""
        self._path = path
        self._known: set[str] = set()
        self._seen: tuple[int, int] | None = None
        if path is not None:
            with suppress(OSError):
                self._tidy(path, now)

    def end(self, session: Session, now: float) -> None:
        """Let a session work nowhere from now on."""
        name = _name(session)
        self._known.add(name)
        if self._path is None:
            return
        try:
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
                file.write(f"{int(now)} {name}\n")
        except OSError:
            LOG.warning("logout not kept: other workers do not know of it")

    def has(self, session: Session) -> bool:
        """Whether a session was ended."""
        if self._path is not None:
            with suppress(OSError):
                self._look(self._path)
        return _name(session) in self._known

    def _look(self, path: Path) -> None:
        told = path.stat()
        if (told.st_mtime_ns, told.st_size) != self._seen:
            self._known |= {line.partition(" ")[2] for line in path.read_text("ascii").splitlines()}
            self._seen = told.st_mtime_ns, told.st_size

    def _tidy(self, path: Path, now: float) -> None:
        lines = path.read_text("ascii").splitlines()
        kept = [line for line in lines if now - float(line.partition(" ")[0]) <= LONGEST]
        if len(kept) < len(lines):
            aside = path.with_name(f".{path.name}.{os.getpid()}")
            aside.write_text("".join(f"{line}\n" for line in kept), "ascii")
            aside.replace(path)


def _name(session: Session) -> str:
    return hashlib.sha256(session.nonce.encode()).hexdigest()[:32]
