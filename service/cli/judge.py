"""`zhenwei evaluate`: how good a bundle is on labelled takedowns."""

from pathlib import Path
from typing import Annotated

import typer

Bundle = Annotated[Path, typer.Argument(help="Folder of the bundle.")]
File = Annotated[Path, typer.Argument(help="Labelled takedowns, in any format `train` reads.")]
Names = Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")]
JsonOut = Annotated[bool, typer.Option("--json-out", help="Print the result as JSON.")]
Rejects = Annotated[Path | None, typer.Option(help="Where rows that cannot be used are written, and why.")]
ReportTo = Annotated[
    Path | None,
    typer.Option("--report", help="Write a page to look at here (.html), and its figures beside it (.json)."),
]


def evaluate(
    bundle: Bundle,
    file: File,
    *,
    names: Names = None,
    rejects: Rejects = None,
    json_out: JsonOut = False,
    report: ReportTo = None,
) -> None:
    """Measure a bundle on labelled takedowns it has not seen."""
    from models import open_bundle  # noqa: PLC0415 - heavy, see service.cli
    from service.cli.options import page_path  # noqa: PLC0415
    from service.cli.takedowns import reading  # noqa: PLC0415
    from training.evaluate import evaluate as measure  # noqa: PLC0415

    page = page_path(report)
    with reading(file, names, rejects) as takedowns:
        measured = measure(open_bundle(bundle), takedowns)
    if page:
        from training.report.evaluation import html  # noqa: PLC0415
        from training.report.page import save  # noqa: PLC0415

        told = measured.to_json()
        beside = save(page, html(measured, file.name), told)
        typer.echo(f"{page} and {beside}", err=True)
    if measured.trained_on:
        typer.echo(f"! {bundle} was trained on {file}: these figures flatter it", err=True)
    typer.echo(measured.to_json().decode() if json_out else measured.table())
