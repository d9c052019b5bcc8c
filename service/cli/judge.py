"""`zhenwei evaluate`, `compare` and `gate`: how good a bundle is, whether it is better, whether that will do."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.compare import Comparison

SHUT = 3
"""Exit code of a gate that a bundle may not pass."""

Old = Annotated[Path, typer.Argument(help="Folder of the bundle in use.")]
New = Annotated[Path, typer.Argument(help="Folder of the bundle that would replace it.")]
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
    from service.cli.page import write  # noqa: PLC0415
    from service.cli.takedowns import reading  # noqa: PLC0415
    from training.evaluate import evaluate as measure  # noqa: PLC0415

    page = page_path(report)
    with reading(file, names, rejects) as takedowns:
        measured = measure(open_bundle(bundle), takedowns)
    told = measured.to_json()
    if page:
        from training.report.evaluation import html  # noqa: PLC0415

        write(page, html(measured, file.name), told)
    _say_contradicted(measured.contradicted)
    if measured.trained_on:
        typer.echo(f"! {bundle} was trained on {file}: these figures flatter it", err=True)
    typer.echo(told.decode() if json_out else measured.table())


def compare(
    old: Old,
    new: New,
    file: File,
    *,
    names: Names = None,
    rejects: Rejects = None,
    json_out: JsonOut = False,
    report: ReportTo = None,
) -> None:
    """Measure two bundles on the same labelled takedowns, which neither has seen, and say what changed."""
    from service.cli.options import page_path  # noqa: PLC0415
    from service.cli.page import write  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    page = page_path(report)
    found = _compared(old, new, file, names, rejects)
    told = found.to_json()
    if page:
        from training.report.comparison import html  # noqa: PLC0415

        write(page, html(found, file.name), told)
    for name in found.trained_on:
        typer.echo(f"! the {name} bundle was trained on {file}: the figures flatter it", err=True)
    if json_out:
        typer.echo(told.decode())
        return
    typer.echo(found.table())
    for line in found.examples():
        typer.echo(visible(line))


def gate(
    old: Old,
    new: New,
    file: File,
    *,
    limits: Annotated[
        Path | None, typer.Option(help="TOML laid over the default limits, training/gate.toml, entry by entry.")
    ] = None,
    names: Names = None,
    rejects: Rejects = None,
    json_out: JsonOut = False,
    report: ReportTo = None,
) -> None:
    """Say whether a new bundle may replace an old one. Exit code 0: it may; 3: it may not; 2: nothing was judged."""
    from service.cli.options import page_path  # noqa: PLC0415
    from service.cli.page import write  # noqa: PLC0415
    from training.gate import judge  # noqa: PLC0415
    from training.limits import read_limits  # noqa: PLC0415

    page, allowed = page_path(report), read_limits(limits)
    judged = judge(_compared(old, new, file, names, rejects), allowed)
    told = judged.to_json()
    if page:
        from training.report.comparison import html  # noqa: PLC0415

        write(page, html(judged.comparison, file.name, judged), told)
    typer.echo(told.decode() if json_out else judged.table())
    if not judged.passed:
        raise typer.Exit(SHUT)


def _compared(old: Path, new: Path, file: Path, names: Sequence[str] | None, rejects: Path | None) -> "Comparison":
    from models import open_bundle  # noqa: PLC0415 - heavy, see service.cli
    from service.cli.takedowns import reading  # noqa: PLC0415
    from training.compare import compare as measure  # noqa: PLC0415

    with reading(file, names, rejects) as takedowns:
        found = measure(open_bundle(old), open_bundle(new), takedowns)
    _say_contradicted(found.contradicted)
    return found


def _say_contradicted(listings: int) -> None:
    from service.cli.takedowns import CONTRADICTED  # noqa: PLC0415

    if listings:
        typer.echo(f"! {CONTRADICTED.format(listings)}", err=True)
