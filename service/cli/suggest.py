"""`zhenwei suggest`: which listings to label next."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

_MOST = 200_000  # listings looked at together


def suggest(
    file: Annotated[Path, typer.Argument(help="Listings nobody has labelled.")],
    *,
    budget: Annotated[int, typer.Option(help="How many can be labelled.", min=1)],
    out: Annotated[Path, typer.Option(help=".csv with the picks: fill in outcome and reason, then train on it.")],
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
) -> None:
    """Pick what to label next: likely guilty, doubtful, new or nobody's guess; never the same offer twice."""
    from rich.console import Console  # noqa: PLC0415 - heavy, see service.cli

    from models import open_bundle  # noqa: PLC0415
    from service import home  # noqa: PLC0415
    from service.cli.drawn import drawn_from  # noqa: PLC0415
    from service.cli.options import OptionRejected, pairs  # noqa: PLC0415
    from service.picks import write_picks  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from training.suggest import suggest as pick  # noqa: PLC0415

    if out.suffix.lower() != ".csv":
        raise OptionRejected(f"--out {out}: picks are written as .csv; choose such a name")
    if out.exists() and out.samefile(file):
        raise OptionRejected(f"--out {out} is the file that is read; choose another name for the picks")
    console = Console(stderr=True)
    opened = open_bundle(home.bundle(read_settings({"bundle": bundle})))
    drawn, refused = drawn_from(file, pairs("--map", names), console, _MOST)
    picks = pick(opened, drawn.listings, budget)
    write_picks(out, picks, drawn.listings)
    kinds = Counter(pick.kind for pick in picks)
    typer.echo(f"{len(picks)} of {drawn.seen} → {out}: " + ", ".join(f"{k} {n}" for k, n in kinds.items()))
    if len(picks) < min(budget, drawn.seen):
        typer.echo(f"! fewer than {budget}: the others repeat an offer, or a seller, that was picked", err=True)
    if refused:
        raise typer.Exit(1)
