"""Pages to look at: `--report` of every command that measures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from training.learning_curve import Point
    from training.rehearsal import Rehearsal


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

    def write(self, page: Path, out: Path, file: Path, names: Sequence[str] | None) -> None:
        """Read the file again, measure on the newest takedowns, and write the page."""
        from models import open_bundle  # noqa: PLC0415
        from service.cli.options import pairs  # noqa: PLC0415
        from training.report.evaluation import html  # noqa: PLC0415
        from training.takedown_files import read_takedowns  # noqa: PLC0415

        if self._heard is None:
            return
        takedowns = read_takedowns(file, pairs("--map", names), lambda _reject, _path: None)  # told the first time
        measured = self._heard.report(takedowns)
        told = replace(measured, bundle=open_bundle(out).id, learning=dict(self._learning))
        write(page, html(told, file.name), told.to_json())
