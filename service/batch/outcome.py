"""What is asked of a screening, and what it came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import orjson

from models import Screener
from models.screening import Explain
from service.batch.channel import Output
from service.batch.journal import Standing
from service.batch.tally import Tally
from service.rows import Source


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be screened, and how."""

    sources: tuple[Source, ...]
    names: tuple[str, ...]  # of the sources, as answers call them
    outputs: tuple[Output, ...]  # the first is the file of answers
    open: Callable[[], Screener]  # in every process; raises ZhenweiError
    explain: Explain
    today: date
    options: Mapping[str, str] = field(default_factory=dict)  # whatever else would make the answers different
    processes: int = 1
    force: bool = False  # replace files that are there, and forget an earlier run

    @property
    def out(self) -> Path:
        """The file of answers."""
        return self.outputs[0].path

    @property
    def summary(self) -> Path:
        """Where the outcome is kept."""
        return self.out.with_name(f"{self.out.name}.summary.json")


@dataclass(frozen=True, slots=True)
class Counted:
    """A file and what became of its rows: screened + rejected == rows."""

    name: str
    rows: int
    screened: int
    rejected: int
    broken: str | None  # why it could not be read to its end


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a screening came to."""

    tally: Tally
    files: tuple[Counted, ...]
    bundle: str
    law_as_of: str  # the day whose law is cited where a listing has none
    resumed: int = 0  # rows an earlier run had done

    @classmethod
    def of(cls, standing: Standing, names: tuple[str, ...], resumed: int) -> "Outcome":
        """Sum up what is committed."""
        files = tuple(
            Counted(name, rows, rows - rejected, rejected, standing.broken.get(name))
            for name, (rows, rejected) in zip(names, standing.files, strict=True)
        )
        return cls(standing.tally, files, str(standing.run["bundle"]), standing.today, resumed)

    def to_json(self) -> bytes:
        """The same as JSON, to keep beside the answers."""
        told = {"tally": self.tally, "files": self.files, "bundle": self.bundle, "law_as_of": self.law_as_of}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
