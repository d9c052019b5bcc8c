"""What several commands share: how options are read, and how progress is shown."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast, get_args

from features.errors import ZhenweiError

if TYPE_CHECKING:
    from rich.console import Console

    from models.screening import Explain


_MONTHS = 12
_Word = TypeVar("_Word", bound=str)


class OptionRejected(ZhenweiError):
    """An option holds what it must not."""


def pairs(option: str, told: Sequence[str] | None) -> dict[str, str]:
    """Read NAME=VALUE, given any number of times. Raises OptionRejected."""
    found = {}
    for pair in told or ():
        name, sign, value = pair.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise OptionRejected(f"{option} {pair}: write NAME=VALUE")
        found[name.strip()] = value.strip()
    return found


def span(told: str) -> tuple[int, int]:
    """Read months of a year, 4 or 4-6. Raises OptionRejected."""
    first, _, last = told.partition("-")
    if first.isascii() and first.isdecimal() and (last or first).isascii() and (last or first).isdecimal():
        months = int(first), int(last or first)
        if 1 <= months[0] <= months[1] <= _MONTHS:
            return months
    raise OptionRejected(f"--months {told}: write one month or two, such as 4 or 4-6, from 1 to {_MONTHS}")


def one_of(option: str, told: str, known: tuple[_Word, ...]) -> _Word:
    """Read one of a few words. Raises OptionRejected."""
    for word in known:
        if told == word:
            return word
    raise OptionRejected(f"{option} {told}: choose one of {', '.join(known)}")


def ending(option: str, path: Path, known: tuple[str, ...]) -> str:
    """Check where a file is to go, and tell what its name ends in. Raises OptionRejected."""
    if (told := path.suffix.lower()) not in known:
        raise OptionRejected(f"{option} {path}: choose a name that ends in {' or '.join(known)}")
    if not path.parent.is_dir():
        raise OptionRejected(f"{option} {path}: there is no folder {path.parent}; make it first")
    return told


def numbers(option: str, told: Sequence[str] | None) -> dict[str, float]:
    """Read NAME=NUMBER, given any number of times. Raises OptionRejected."""
    try:
        return {name: float(value) for name, value in pairs(option, told).items()}
    except ValueError as error:
        raise OptionRejected(f"{option}: write NAME=NUMBER, such as 投诉=0.5") from error


def explain(told: str) -> "Explain":
    """Read how much is explained. Raises OptionRejected."""
    from models.screening import Explain  # noqa: PLC0415 - heavy, see service.cli

    if told not in get_args(Explain):
        raise OptionRejected(f"--explain {told}: choose one of {', '.join(get_args(Explain))}")
    return cast("Explain", told)


@contextmanager
def progress(console: "Console", what: str) -> Iterator[Callable[[int], None]]:
    """Show a running count and its rate, on a terminal only."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed:,} " + what),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None, rate=0.0)

        def done(count: int) -> None:
            seconds = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=count, rate=count / seconds if seconds else 0.0)

        yield done


@contextmanager
def stages(console: "Console") -> Iterator[Callable[[str, int, int], None]]:
    """Show how far each stage of a long job is and when it will be done, on a terminal only."""
    from rich import progress as bars  # noqa: PLC0415

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        bars.TextColumn("left"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, bars.TaskID] = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=None)
            bar.update(tasks[stage], completed=done, total=total or None)

        yield told


def page_path(told: Path | None) -> Path | None:
    """Check where a page is to go before anything is measured. Raises OptionRejected."""
    if told is not None and told.suffix.lower() not in {".html", ".htm"}:
        raise OptionRejected(f"{told}: a page is a file that ends in .html; name one")
    if told is not None and not told.parent.is_dir():
        raise OptionRejected(f"{told}: there is no folder {told.parent}; make it first")
    return told
