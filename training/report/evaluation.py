"""The report of one bundle: what `zhenwei evaluate --report` writes."""

from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup

from models.heads import HEADS
from training.evaluate import Report
from training.promise import Kept, kept
from training.report import pictures
from training.report.page import GROUPS, Page
from training.report.shown import Piece, pieces

_KINDS = ("alarms", "misses")
_PROMISES: Mapping[Kept, tuple[str, str, str, str]] = {
    "kept": ("good", "✓", "守住", "kept"),
    "unsure": ("unsure", "≈", "样本太少", "too few to be sure"),
    "chance": ("unsure", "≈", "可能是偶然", "may be chance"),
    "broken": ("fail", "✗", "超出", "broken"),
}


def html(report: Report, source: str = "") -> bytes:
    """Write the report as one HTML page; `source` names the file it was measured on."""
    data = orjson.loads(report.to_json())
    names = data["names"] | GROUPS
    return Page("report.html.j2").write(
        data,
        source=source,
        heads=HEADS,
        names=names,
        kept={head: _kept(report, head) for head in report.heads},
        pictures={head: _pictures(head, told, names) for head, told in data["heads"].items()},
        curves={
            head: pictures.learning(points, f"{head}-learning") for head, points in data["learning"].items() if points
        },
        titles={head: _titles(told) for head, told in data["mistakes"].items()},
    )


def _pictures(head: str, told: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Markup]:
    drawn = {
        name: draw(told, f"{head}-{name}")
        for name, draw in (
            ("precision", pictures.precision),
            ("roc", pictures.roc),
            ("reliability", pictures.reliability),
            ("scores", pictures.scores),
        )
    }
    for part in ("categories", "seller_sizes"):
        drawn[part] = pictures.groups(told[part], names, f"{head}-{part}")
    return drawn


def _kept(report: Report, head: str) -> dict[str, tuple[str, str, str, str]]:
    """Level -> class, sign and words of what came of its promise."""
    told = report.heads[head]
    return {
        level: _PROMISES[kept(getattr(told, f"fpr_{level}"), most, told.intervals.get(f"fpr_{level}"))]
        for level, most in report.promised[head].items()
    }


def _titles(told: Mapping[str, Any]) -> dict[str, list[list[Piece]]]:
    return {
        kind: [pieces(one["title"], one["contributions"], one["findings"]) for one in told[kind]] for kind in _KINDS
    }
