"""Listings of a file, for commands that look at all of them at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from training.drift import Drawn


def drawn_from(
    path: Path, columns: Mapping[str, str], console: "Console", most: int | None = None
) -> "tuple[Drawn, int]":
    """Listings of a file, drawn at random when it is large, and how many rows hold none."""
    from features.listing import Listing  # noqa: PLC0415
    from service.cli.options import progress  # noqa: PLC0415
    from service.rows import FileRejected, open_source  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415
    from training.drift import MOST, draw  # noqa: PLC0415

    source, rows = open_source(path, columns), 0
    for note in source.notes:
        typer.echo(f"! {visible(note)}", err=True)
    with progress(console, "read") as done:

        def listings() -> Iterator[Listing]:
            nonlocal rows
            for _, row in source:
                rows += 1
                done(rows)
                if isinstance(row, Listing):
                    yield row

        drawn = draw(listings(), most or MOST)
    if not drawn.listings:
        raise FileRejected(f"{path} holds no listing that can be read; `zhenwei screen` says why, row by row")
    if refused := rows - drawn.seen:
        typer.echo(
            f"! {visible(path.name)}: {refused} of {rows} rows hold no listing; `zhenwei screen` says why", err=True
        )
    return drawn, refused
