"""The report of two bundles: what `zhenwei compare --report` and `zhenwei gate --report` write."""

from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup

from models.heads import HEADS
from training.compare import SMALLER_IS_BETTER, Comparison
from training.gate import Gate
from training.report import contrasts
from training.report.page import GROUPS, Page
from training.report.shown import pieces

KINDS: Mapping[str, tuple[str, str, bool]] = {
    "guilty_down": ("违规商品，等级降低", "Guilty, now lower", False),
    "honest_up": ("正常商品，等级升高", "Honest, now higher", False),
    "guilty_up": ("违规商品，等级升高", "Guilty, now higher", True),
    "honest_down": ("正常商品，等级降低", "Honest, now lower", True),
}
"""Kinds of listings that changed level, in both languages, and whether that is an improvement; bad news first."""


def html(comparison: Comparison, source: str = "", gate: Gate | None = None) -> bytes:
    """Write the comparison as one HTML page, with the gate's verdict when there is one."""
    data = orjson.loads(gate.to_json() if gate else comparison.to_json())
    told = data["comparison"] if gate else data
    names = told["names"] | GROUPS
    return Page("comparison.html.j2").write(
        data,
        told=told,
        root="/comparison" if gate else "",
        gate=data if gate else None,
        source=source,
        heads=HEADS,
        kinds=KINDS,
        small=SMALLER_IS_BETTER,
        pieces=pieces,
        names=names,
        pictures={head: _pictures(head, one, names) for head, one in told["heads"].items()},
    )


def _pictures(head: str, told: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Markup]:
    return {
        "changes": contrasts.changes(told["differences"], f"{head}-changes"),
        "precision": contrasts.precision(told["old"], told["new"], f"{head}-precision"),
        "categories": contrasts.categories(told["categories"], names, f"{head}-categories"),
    }
