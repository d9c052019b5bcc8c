"""`zhenwei screen`: files of listings."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import spark

if TYPE_CHECKING:
    from rich.console import Console

    from service.batch.outcome import Outcome
    from service.batch.progress import Progress, Watch
    from service.opening import Opened

_TOP = 10
_HOW = {"name": "its name", "asked": "--map", "content": "what it holds: a guess", "unused": "not used"}
_STYLES = {"content": "yellow", "unused": "dim"}
STOPPED = 4
"""Exit code: ended before the end; the same command goes on from there."""


def screen(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files, folders or patterns: .csv .tsv .txt .parquet .xlsx .jsonl, each also .gz or .zst."),
    ],
    *,
    out: Annotated[
        Path | None, typer.Option(help=".jsonl (everything) .csv .parquet .xlsx; text also .gz .zst.")
    ] = None,
    explain: Annotated[str, typer.Option(help="none, findings or full.")] = "findings",
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
    guess: Annotated[bool, typer.Option(help="Tell columns without a known name by what they hold.")] = True,
    show_mapping: Annotated[
        bool, typer.Option("--show-mapping", "--dry-run", help="Show what every column is taken for, and stop.")
    ] = False,
    with_listing: Annotated[bool, typer.Option("--with-listing", help="Repeat the listing beside its answer.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go. Default: OUT.rejects.csv.")] = None,
    called: Annotated[str | None, typer.Option(help="What the results call the file; one file only.")] = None,
    leads: Annotated[Path | None, typer.Option(help="Leads: .xlsx the workbook, .zip the sealed package.")] = None,
    report: Annotated[Path | None, typer.Option(help="A page about it, .html, as `zhenwei report` makes.")] = None,
    processes: Annotated[int, typer.Option(help="How many screen; 0 = one per core.", min=0, max=256)] = 0,
    progress_file: Annotated[Path | None, typer.Option(help="Keep how far it is in this small JSON file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    engine: Annotated[
        str, typer.Option(help="local: this machine; spark: a cluster, into a folder of parts.")
    ] = "local",
    master: Annotated[str, typer.Option(help="Spark: where the cluster is.")] = "local[*]",
    spark_conf: Annotated[list[str] | None, typer.Option(help="Spark: NAME=VALUE, any number of times.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Screen files of listings; one answer per row, in order.

    Cut off, even by kill -9, the same command goes on where it stopped and gives the same bytes. Files are read in the
    order of their paths; links are followed where they are named, not inside folders. OUT.summary.json counts every
    row. Exit codes: 0 done; 1 done, some rows or the rest of a file were rejected; 2 nothing done; 4 stopped midway.
    """
    from rich.console import Console  # noqa: PLC0415 - heavy, see service.cli

    from service import clock, home  # noqa: PLC0415
    from service.answers import Stopped  # noqa: PLC0415
    from service.batch.channel import Output  # noqa: PLC0415
    from service.batch.forms import outputs  # noqa: PLC0415
    from service.batch.request import Request  # noqa: PLC0415
    from service.batch.run import screen_files  # noqa: PLC0415
    from service.cli import options  # noqa: PLC0415
    from service.leads.form import LeadsFile  # noqa: PLC0415
    from service.opening import open_all  # noqa: PLC0415
    from service.report.page import Report  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from training.crew import usable_cores  # noqa: PLC0415

    console = Console(stderr=True)
    chosen = options.explain(explain)
    asked = options.pairs("--map", names)
    if out is None and not show_mapping:
        raise options.OptionRejected("--out: name the file the answers go to, such as answers.csv")
    if options.one_of("--engine", engine, ("local", "spark")) == "spark" and (
        out is None or show_mapping or rejects or called or leads or report or processes or progress_file
    ):
        raise options.OptionRejected(
            "--engine spark: --show-mapping, --rejects, --called, --leads, --report, --processes and --progress-file "
            "are of one machine only; rejected rows stand among the answers, and `zhenwei report` reads them"
        )
    if engine == "spark" and out is not None:
        outcome = spark.screen(
            inputs, str(out), master=master, settings=spark_conf, names=asked, explain=chosen, bundle=bundle,
            listed=with_listing, replace=force,
        )  # fmt: skip
        _summary(console, outcome, out)
        raise typer.Exit(1 if outcome.tally.rejected else 0)
    options.page_path(report)
    beside = [path for path in (out, rejects, leads, report) if path]
    wanted = LeadsFile(ending=options.ending("--leads", leads, (".xlsx", ".zip"))) if leads else None
    opened = open_all(inputs, asked, beside=beside, guess=guess)
    opened = opened.called(called) if called else opened
    show(opened, console, whole=show_mapping)
    if out is None or show_mapping:
        return
    settings = read_settings({"bundle": bundle})
    request = Request(
        sources=tuple(one.source for one in opened.mapped),
        names=opened.names,
        outputs=(
            *outputs(out, rejects, sourced=len(opened.names) > 1 or with_listing, listed=with_listing),
            *([Output(wanted, leads)] if wanted and leads else ()),
            *([Output(Report(clock.today(), opened.names), report)] if report else ()),
        ),
        open=partial(home.lasting_screener, settings.model_copy(update={"bundle": home.bundle(settings)})),
        explain=chosen,
        today=clock.today(),
        options={"map": repr(sorted(asked.items())), "guess": str(guess), "listing": str(with_listing)},
        processes=processes or usable_cores(),
        force=force,
    )
    with watching(console, progress_file) as watch, stoppable() as stop:
        try:
            outcome = screen_files(request, watch, stop)
        except Stopped as error:
            console.print(f"zhenwei: {error}", markup=False, highlight=False)
            raise typer.Exit(STOPPED) from error
    _summary(console, outcome, out)
    if outcome.tally.rejected:
        raise typer.Exit(1)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM ask for an end after the rows at hand; a second Ctrl-C does not wait for them."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def watching(console: "Console", path: Path | None) -> Iterator["Watch"]:
    """Show a bar with rate and time left, on a terminal only, and keep the file of progress when one is asked for."""
    from rich import progress as bars  # noqa: PLC0415

    from service.batch.progress import ProgressFile, nobody  # noqa: PLC0415

    keep = nobody if path is None else ProgressFile(path)
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TextColumn("{task.completed:,} rows  {task.fields[rate]:,.0f}/s"),
        bars.TimeElapsedColumn(),
        bars.TextColumn("left"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("looking", total=None, rate=0.0)

        def watch(told: "Progress") -> None:
            keep(told)
            bar.update(task, description=told.state, completed=told.rows, total=told.total, rate=told.rate)

        yield watch


def show(opened: "Opened", console: "Console", *, whole: bool) -> None:
    """Tell what columns are taken for, once per kind of table, before any row is screened.

    Unless asked for the `whole`, only where that is not plain from the names of the columns.
    """
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from service.terminal import visible  # noqa: PLC0415

    for note in opened.notes:
        console.print(f"! {visible(note)}", markup=False, highlight=False, soft_wrap=True)
    for mapped, count in opened.kinds():
        if not (whole or mapped.guessed):
            continue
        more = f" and {count - 1} like it" if count > 1 else ""
        table = Table("column", "taken for", "because of", "such as", title=Text(f"{mapped.source.path}{more}"))
        for one in mapped.shown:
            style = _STYLES.get(one.how)
            told = (one.column, one.field or "–", _HOW[one.how], " · ".join(one.examples))
            table.add_row(*(Text(visible(text), style=style or "") for text in told))
        console.print(table)


def _summary(console: "Console", outcome: "Outcome", out: Path) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from service.terminal import visible  # noqa: PLC0415

    tally = outcome.tally
    console.print(f"{tally.rows} rows → {out}", markup=False, highlight=False, soft_wrap=True)  # a path to copy
    table = Table(show_header=False)

    def add(what: str, counts: Counter[str]) -> None:
        for name, times in counts.most_common(_TOP):
            table.add_row(what, Text(visible(name)), Text(str(times), justify="right"))
            what = ""

    add("level", tally.levels)
    add("action", tally.actions)
    add("findings", tally.findings)
    table.add_row("screened", "", Text(str(tally.rows - tally.rejected), justify="right"))
    table.add_row("rejected", "", Text(str(tally.rejected), justify="right"))
    add("why", Counter({tally.examples.get(kind, kind): times for kind, times in tally.problems.items()}))
    if outcome.resumed:
        table.add_row("done before", "", Text(str(outcome.resumed), justify="right"))
    console.print(table)
    for file in outcome.files:
        if file.broken:
            console.print(f"! {file.name}: row {file.rows} {file.broken}", markup=False, highlight=False, style="red")
