"""How commands read takedown files: what is wrong with a file is said on the terminal and written beside the output."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from training.takedowns import Takedown


@contextmanager
def reading(file: Path, names: Sequence[str] | None, rejects: Path | None) -> Iterator["Iterator[Takedown]"]:
    """The takedowns of a file. Rows that cannot be used are counted, and written to `rejects` when it is given.

    What is raised inside says the counts too.
    """
    from service.cli.options import pairs  # noqa: PLC0415 - heavy, see service.cli
    from service.terminal import visible  # noqa: PLC0415
    from training.errors import TrainingError  # noqa: PLC0415
    from training.rejects import reject_file  # noqa: PLC0415
    from training.takedown_files import open_takedowns, read_takedowns  # noqa: PLC0415

    mapped = pairs("--map", names)
    for note in open_takedowns(file, mapped).notes:
        typer.echo(f"! {visible(note)}", err=True)
    with reject_file(rejects) as told:
        try:
            yield read_takedowns(file, mapped, told)
        except TrainingError as error:
            raise TrainingError("\n".join(filter(None, (str(error), told.summary())))) from error
    for line in told.summary().splitlines():
        typer.echo(f"! {visible(line)}", err=True)


def beside(out: Path) -> Path:
    """Where the rejects go when nobody says: next to the output."""
    return out.with_name(f"{out.name}.rejects.csv")
