"""How commands read takedown files: what is wrong with a file is said on the terminal and written beside the output."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from training.rejects import Rejects
    from training.takedowns import Takedown

CONTRADICTED = "{} listings whose decisions contradict each other are left out"


@contextmanager
def reading(file: Path, names: Sequence[str] | None, rejects: Path | None) -> Iterator["Iterable[Takedown]"]:
    """The takedowns of a file, as often as they are asked for, also afterwards.

    Rows that cannot be used are counted, and written to `rejects` when it is given. What is raised inside says the
    counts too.
    """
    from service.cli.options import pairs  # noqa: PLC0415 - heavy, see service.cli
    from service.terminal import visible  # noqa: PLC0415
    from training.errors import TrainingError  # noqa: PLC0415
    from training.rejects import reject_file  # noqa: PLC0415
    from training.takedown_files import open_takedowns  # noqa: PLC0415

    mapped = pairs("--map", names)
    for note in open_takedowns(file, mapped).notes:
        typer.echo(f"! {visible(note)}", err=True)
    with reject_file(rejects) as told:
        try:
            yield _Again(file, mapped, told)
        except TrainingError as error:
            raise TrainingError(*error.args, *told.summary()) from error
    for line in told.summary():
        typer.echo(f"! {visible(line)}", err=True)


@dataclass(slots=True)
class _Again:
    """A file that is read anew each time; what is wrong with its rows is told the first time only."""

    file: Path
    mapped: Mapping[str, str]
    rejects: "Rejects"
    told: bool = False

    def __iter__(self) -> Iterator["Takedown"]:
        from training.takedown_files import read_takedowns  # noqa: PLC0415

        first, self.told = not self.told, True
        yield from read_takedowns(self.file, self.mapped, self.rejects if first else lambda _reject, _path: None)


def beside(out: Path) -> Path:
    """Where the rejects go when nobody says: next to the output."""
    return out.with_name(f"{out.name}.rejects.csv")
