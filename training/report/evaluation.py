"""The report of one bundle: what `zhenwei evaluate --report` writes."""

from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup

from models.heads import HEADS
from training.evaluate import Report
from training.report import pictures
from training.report.page import Page
from training.report.shown import Piece, pieces

_KINDS = ("alarms", "misses")


def html(report: Report, source: str = "") -> bytes:
    """Write the report as one HTML page; `source` names the file it was measured on."""
    data = orjson.loads(report.to_json())
    return Page("report.html.j2").write(
        data,
        source=source,
        heads=HEADS,
        names={id_: f"{name['zh']} {name['en']}" for id_, name in data["names"].items()},
        pictures={head: _pictures(head, told, data["names"]) for head, told in data["heads"].items()},
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
    called = {id_: name["zh"] for id_, name in names.items()}
    for part in ("categories", "seller_sizes"):
        drawn[part] = pictures.groups(told[part], called, f"{head}-{part}")
    return drawn


def _titles(told: Mapping[str, Any]) -> dict[str, list[list[Piece]]]:
    return {
        kind: [pieces(one["title"], one["contributions"], one["findings"]) for one in told[kind]] for kind in _KINDS
    }
