"""`zhenwei labels`: what people found out, to train with."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from service.cli.ledger import opened

app = typer.Typer(help="Take labels out of the ledger.", no_args_is_help=True)


@app.callback()
def _labels() -> None:
    """Keep `export` a command of its own, although it is the only one."""


@app.command()
def export(
    *, out: Annotated[Path, typer.Option(help=".jsonl or .csv file of takedowns, for `zhenwei train`.")]
) -> None:
    """Write the labels in force as takedowns, each with its listing as it was answered."""
    from service.ledger import labels  # noqa: PLC0415 - heavy, see service.cli
    from training.takedown_files import write_takedowns  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        recorded = labels.count(view)
        written = write_takedowns(out, labels.takedowns(view))
    typer.echo(f"{written} takedowns → {out}; {recorded - written} of {recorded} labels were replaced or erased")
