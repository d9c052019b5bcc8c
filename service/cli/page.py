"""Pages to look at: `--report` of every command that measures."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from training.learning_curve import Point
    from training.rehearsal import Rehearsal
    from training.takedowns import Takedown


def write(page: Path, html: bytes, told: bytes) -> None:
    """Write a page and its figures, and say where."""
    from training.report.page import save  # noqa: PLC0415 - heavy, see service.cli

    typer.echo(f"{page} and {save(page, html, told)}", err=True)


class Trained:
    """The page of a training: it hears the rehearsal, and measures once the bundle is in its place."""

    def __init__(self, *, curve: bool) -> None:
        """Listen; `curve` asks for a learning curve, too."""
        self._curve = curve
        self._heard: Rehearsal | None = None
        self._learning: Mapping[str, tuple[Point, ...]] = {}

    def __call__(self, rehearsal: "Rehearsal") -> None:
        """Hear what the figures are about; teaches again for the curve."""
        self._heard = rehearsal
        if self._curve:
            self._learning = rehearsal.curves()

    def write(self, page: Path, out: Path, source: str, takedowns: "Iterable[Takedown]") -> None:
        """Read the takedowns again, measure on the newest, and write the page; `source` names their file."""
        from models import open_bundle  # noqa: PLC0415
        from training.report.evaluation import html  # noqa: PLC0415

        if self._heard is None:
            return
        measured = self._heard.report(takedowns)
        told = replace(measured, bundle=open_bundle(out).id, learning=dict(self._learning))
        write(page, html(told, source), told.to_json())
