"""The report of drift: what `zhenwei drift --report` writes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from markupsafe import Markup

from models.heads import HEADS
from training.drift import DriftReport
from training.drift.sample import SCORE
from training.drift.verdict import SLIGHT, STRONG
from training.report.chart import ACCENT, GRID, GUILTY, INK, MUTED, ROW, drawing, name_of, svg
from training.report.page import Page
from training.report.pictures import SQUARE, done

_SHOWN = 12
_WIDTH = SQUARE[0] * 2 + 0.4
Told = Mapping[str, Any]


def html(report: DriftReport, source: str = "") -> bytes:
    """Write the report as one HTML page; `source` names the file that was compared."""
    data = orjson.loads(report.to_json())
    scores = [column for column in data["columns"] if column["name"].startswith(SCORE)]
    moved = [column for column in data["columns"] if column["distance"]["psi"] > 0][:_SHOWN]
    seen = [rate for rate in data["evasion"] if rate["before"] or rate["after"]][:_SHOWN]
    return Page("drift.html.j2").write(
        data,
        source=source,
        heads=HEADS,
        moved=len(moved),
        pictures={
            "scores": [(column, _bins(column, column["name"])) for column in scores],
            "features": _bars(moved),
            "evasion": _moves(seen),
        },
    )


def _bins(column: Told, name: str) -> Markup:
    """Shares of the bins before and after: tenths of what was known, the last one cut finer."""
    with drawing(*SQUARE) as (figure, (axes,)):
        places = np.arange(len(column["before"]))
        axes.bar(places - 0.2, column["before"], 0.4, color=MUTED, label="训练时 at training")
        axes.bar(places + 0.2, column["after"], 0.4, color=ACCENT, label="现在 now")
        axes.set_xticks(places[[0, -1]], ["风险低 low", "风险高 high"])
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.grid(visible=False, axis="x")
        axes.set_ylim(0, max(*column["before"], *column["after"]) * 1.25)
        axes.legend(loc="upper right", fontsize=9)
        return done(figure, name)


def _bars(columns: Sequence[Told]) -> Markup:
    """How far columns moved, with the limits at which that matters."""
    with drawing(_WIDTH, 0.9 + ROW * max(len(columns), 1)) as (figure, (axes,)):
        shown = list(reversed(columns))
        far = [column["distance"]["psi"] for column in shown]
        colors = [GUILTY if psi >= STRONG else ACCENT if psi >= SLIGHT else MUTED for psi in far]
        axes.barh(range(len(shown)), far, 0.6, color=colors)
        for limit in (SLIGHT, STRONG):
            axes.axvline(limit, color=INK, linewidth=1, linestyle=(0, (2, 2)))
        axes.set_yticks(range(len(shown)), [name_of(column["label"]) for column in shown], color=INK, fontsize=9)
        axes.set_xlim(0, max([*far, STRONG]) * 1.1)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("PSI")
        figure.subplots_adjust(left=0.34, right=0.98, top=0.98, bottom=0.6 / figure.get_figheight())
        return svg(figure, "features")


def _moves(rates: Sequence[Told]) -> Markup:
    """Shares of titles with each evasive spelling: from where to where."""
    with drawing(_WIDTH, 0.9 + ROW * max(len(rates), 1)) as (figure, (axes,)):
        shown = list(reversed(rates))
        for place, rate in enumerate(shown):
            axes.plot([rate["before"], rate["after"]], [place, place], color=GRID, linewidth=4, solid_capstyle="round")
            axes.plot([rate["before"]], [place], "o", color=MUTED, markersize=6)
            axes.plot([rate["after"]], [place], "o", color=ACCENT, markersize=8)
        axes.set_yticks(range(len(shown)), [name_of(rate["label"]) for rate in shown], color=INK, fontsize=9)
        axes.set_ylim(-0.6, max(len(shown), 1) - 0.4)
        axes.set_xlim(left=-0.0005)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("标题占比 share of titles")
        figure.subplots_adjust(left=0.34, right=0.98, top=0.98, bottom=0.6 / figure.get_figheight())
        return svg(figure, "evasion")
