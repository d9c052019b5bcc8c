"""The register store: an immutable file for every snapshot that was imported, under its hash."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from models.registers import Entry, Register, Snapshot, written
from service.registers.reading import RegisterRejected


class RegisterStore:
    """Snapshots in a folder. Which of them stand, and since when, is in the ledger."""

    def __init__(self, folder: Path) -> None:
        """Keep snapshots in `folder`, which is made when the first one comes."""
        self._folder = folder

    def keep(self, entries: Iterable[Entry]) -> tuple[str, int]:
        """Write entries to a file that never changes; return its sha256 and how many it holds.

        Raises RegisterRejected when there is none.
        """
        blob = written(entries)
        if not blob:
            raise RegisterRejected("no row holds an entry of this kind: nothing was imported; see the reasons above")
        digest = hashlib.sha256(blob).hexdigest()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.path(digest)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            aside = path.with_suffix(".partial")
            aside.write_bytes(blob)
            aside.replace(path)
        return digest, blob.count(b"\n")

    def path(self, digest: str) -> Path:
        """Where a snapshot lies."""
        return self._folder / f"{digest[:16]}.jsonl"

    def open(self, snapshot: Snapshot) -> Register:
        """Open a snapshot. Raises RegisterInvalid when it is not kept here, or not as it was imported."""
        return Register.open(self.path(snapshot.digest), snapshot)
