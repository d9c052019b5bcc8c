"""`zhenwei drift`: whether the market moved away from what a bundle was trained on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.drift import DriftReport

_STYLES = {None: "reverse", 0: "black on green", 1: "black on yellow", 2: "bold white on red"}


def drift(
    bundle: Annotated[Path, typer.Argument(help="Folder of the bundle.")],
    file: Annotated[Path, typer.Argument(help="Listings of today; no label is needed.")],
    *,
    reference: Annotated[
        Path | None, typer.Option(help="Listings to compare with. Default: what the bundle remembers of its training.")
    ] = None,
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write a page here (.html), and its figures beside it (.json)."),
    ] = None,
    json_out: Annotated[bool, typer.Option("--json-out", help="Print everything that was compared as JSON.")] = False,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Say whether listings still look like those a bundle was trained on: steady, watch or retrain."""
    from rich.console import Console  # noqa: PLC0415 - heavy, see service.cli

    from features.reader import Reader  # noqa: PLC0415
    from models import open_bundle  # noqa: PLC0415
    from service.cli.drawn import drawn_from  # noqa: PLC0415
    from service.cli.options import OptionRejected, page_path, pairs  # noqa: PLC0415
    from training.drift import Profile, compare, reference_of, sampled  # noqa: PLC0415

    if lang not in {"zh", "en"}:
        raise OptionRejected(f"--lang {lang}: choose zh or en")
    page = page_path(report)
    columns, console = pairs("--map", names), Console(stderr=True)
    opened = open_bundle(bundle)
    reader, refused = Reader(opened.knowledge), 0
    if reference is None:
        profile = reference_of(opened)
    else:
        known, refused = drawn_from(reference, columns, console)
        profile = Profile.of(sampled(opened, known.listings, reader))
    drawn, more = drawn_from(file, columns, console)
    found = compare(opened, profile, sampled(opened, drawn.listings, reader), drawn.seen)
    if page:
        from training.report.drift import html  # noqa: PLC0415
        from training.report.page import save  # noqa: PLC0415

        typer.echo(f"{page} and {save(page, html(found, file.name), found.to_json())}", err=True)
    if json_out:
        typer.echo(found.to_json().decode())
    else:
        _print(found, lang)
    if refused + more:
        raise typer.Exit(1)


def _print(report: "DriftReport", lang: str) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from service.terminal import visible  # noqa: PLC0415

    console = Console(highlight=False)
    verdict, advice = (getattr(text, lang) for text in (report.verdict, report.advice))
    console.print(Text.assemble((f" {verdict} ", _STYLES[report.state]), f"  {advice}"))
    table = Table(show_header=False)
    for part in report.parts:
        state = Text(getattr(part.called, lang), _STYLES[part.state])
        table.add_row(getattr(part.label, lang), state, Text(visible(getattr(part.message, lang))))
    console.print(table)
