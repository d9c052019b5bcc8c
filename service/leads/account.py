"""What leads were made from, by what, and how many rows became what: an account that adds up."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from models.screening import Versions


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was read."""

    name: str
    sha256: str
    bytes: int
    rows: int
    rejected: int
    broken: str | None = None  # why it could not be read to its end


@dataclass(frozen=True, slots=True)
class Account:
    """The whole of it: rows == rejected + not_assessed + risky + passed."""

    made_on: str  # ISO date, China
    versions: Versions
    inputs: tuple[Input, ...]
    not_assessed: int
    risky: int

    @property
    def rows(self) -> int:
        """Rows read."""
        return sum(one.rows for one in self.inputs)

    @property
    def rejected(self) -> int:
        """Rows that held no listing."""
        return sum(one.rejected for one in self.inputs)

    @property
    def passed(self) -> int:
        """Listings in which nothing was found."""
        return self.rows - self.rejected - self.not_assessed - self.risky

    @property
    def names(self) -> str:
        """The files, for people."""
        told = "、".join(one.name for one in self.inputs[:_FEW])
        return told if len(self.inputs) <= _FEW else f"{told} 等 {len(self.inputs)} 个文件"


_FEW = 4


def fingerprint(path: Path) -> tuple[str, int]:
    """Hash and size of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
