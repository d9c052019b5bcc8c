"""What is asked of a screening."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from models import Screener
from models.screening import Explain
from service.batch.channel import Output
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
