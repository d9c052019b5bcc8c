"""`zhenwei screen`: a file of listings."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from service.batch import Tally

_TOP = 10


def screen(
    file: Annotated[Path, typer.Argument(help=".csv, .tsv, .txt, .parquet, .xlsx or .jsonl; .gz and .zst too.")],
    *,
    out: Annotated[Path, typer.Option(help="Where the answers go: .jsonl (everything) or .csv (flat).")],
    explain: Annotated[str, typer.Option(help="none, findings or full.")] = "findings",
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Screen a file; one answer per row, in order. Exit code 1 says that some rows were rejected."""
    from rich.console import Console  # noqa: PLC0415 - heavy, see service.cli

    from service import batch, clock, home, rows  # noqa: PLC0415
    from service.cli import options  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415

    console = Console(stderr=True)
    chosen = options.explain(explain)
    source = rows.open_source(file, options.pairs("--map", names))
    for note in source.notes:
        console.print(f"! {note}", markup=False, highlight=False)
    screener = home.screener(read_settings({"bundle": bundle}))
    with options.progress(console, "screened") as progress:
        tally = batch.screen_file(source, out, screener, explain=chosen, today=clock.today(), progress=progress)
    _summary(console, tally, out)
    if tally.rejected:
        raise typer.Exit(1)


def _summary(console: "Console", tally: "Tally", out: Path) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from service.terminal import visible  # noqa: PLC0415

    table = Table(title=Text(f"{tally.rows} rows → {out}"), show_header=False)

    def add(what: str, counts: Counter[str]) -> None:
        for name, times in counts.most_common(_TOP):
            table.add_row(what, Text(visible(name)), Text(str(times), justify="right"))
            what = ""

    add("level", tally.levels)
    add("action", tally.actions)
    add("findings", tally.findings)
    table.add_row("rejected", "", Text(str(tally.rejected), justify="right"))
    add("why", tally.problems)
    console.print(table)
