"""What is kept of a chunk of answered rows: bytes, appended in order to one part per channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from features.tables import Entry
from service.answers import Told
from service.batch.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file, and what became of it."""

    entry: Entry
    told: Told


class Channel(Protocol):
    """Keeps something of every chunk. Travels between processes, so it is plain data."""

    @property
    def name(self) -> str:
        """The name of its part."""

    def begin(self, heads: Sequence[str]) -> bytes:
        """What the part begins with; `heads` are those of the bundle."""

    def write(self, source: str, lines: Sequence[Line], heads: Sequence[str]) -> bytes:
        """What the part gets for some rows of one file. The same rows give the same bytes."""


class Form(Channel, Protocol):
    """A channel whose part becomes a file."""

    def finish(self, part: Path, room: Path, outcome: Outcome) -> Path:
        """Return the finished file: the part itself, or one made from it in the folder `room`."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a screening makes."""

    form: Form
    path: Path
