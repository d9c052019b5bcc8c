"""Pictures of two bundles beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from training.compare import SMALLER_IS_BETTER
from training.interval import FEW
from training.report.chart import ACCENT, CARD, GUILTY, INK, MUTED, ROW, drawing, svg
from training.report.pictures import SQUARE, Told, done, row_name, shares

CALLED: Mapping[str, str] = {
    "pr_auc": "PR-AUC",
    "roc_auc": "ROC-AUC",
    "ece": "校准误差 ECE",
    "recall_at_0.005_fpr": "查全 recall @ 0.5%",
    "recall_at_0.02_fpr": "查全 recall @ 2%",
    "recall_at_0.05_fpr": "查全 recall @ 5%",
    "fpr_high": "误报 FPR, 高 high",
    "recall_high": "查全 recall, 高 high",
    "fpr_medium": "误报 FPR, 中 med.",
    "recall_medium": "查全 recall, 中 med.",
}
"""What metrics are called on charts."""


def changes(told: Mapping[str, Told], name: str) -> Markup:
    """What every metric gained or lost; to the right of the line the new bundle is better."""
    rows = [
        (CALLED[metric], -1 if metric in SMALLER_IS_BETTER else 1, one) for metric, one in reversed(list(told.items()))
    ]
    return _forest([(label, sign * one["difference"], *sorted((sign * one["low"], sign * one["high"])), False)
                    for label, sign, one in rows], SQUARE, name)  # fmt: skip


def categories(told: Sequence[Told], names: Mapping[str, Mapping[str, str]], name: str) -> Markup:
    """What the recall of every category gained or lost; hollow where few listings speak."""
    rows = [(row_name(one, one["recall"]["count"], names), one["recall"]) for one in reversed(told)]
    size = (SQUARE[0] * 2 + 0.4, 0.9 + ROW * max(len(rows), 1))
    return _forest([(label, one["difference"], one["low"], one["high"], one["count"] < FEW) for label, one in rows],
                   size, name)  # fmt: skip


def precision(old: Told, new: Told, name: str) -> Markup:
    """Precision at every recall, the old bundle dashed."""
    with drawing(*SQUARE) as (figure, (axes,)):
        for head, style in ((old, {"color": MUTED, "linestyle": (0, (4, 2))}), (new, {"color": ACCENT})):
            curve: Any = head["precision"]
            line: Any = style
            axes.step(curve["x"], curve["y"], where="pre", linewidth=2, **line)
        axes.text(0.97, 0.93, f"新 new {new['pr_auc']:.3f}", ha="right", color=ACCENT, transform=axes.transAxes)
        axes.text(0.97, 0.86, f"旧 old {old['pr_auc']:.3f}", ha="right", color=MUTED, transform=axes.transAxes)
        shares(axes, "查全率 recall", "查准率 precision")
        return done(figure, name)


def _forest(rows: Sequence[tuple[str, float, float, float, bool]], size: tuple[float, float], name: str) -> Markup:
    with drawing(*size) as (figure, (axes,)):
        for place, (_, value, low, high, few) in enumerate(rows):
            color = MUTED if few or low <= 0 <= high else ACCENT if value > 0 else GUILTY
            axes.plot([low, high], [place, place], color=color, linewidth=2.2, alpha=0.6, solid_capstyle="round")
            axes.plot([value], [place], "o", color=CARD if few else color, markeredgecolor=color, markersize=6)
        axes.axvline(0, color=INK, linewidth=1)
        _labels(axes, [row[0] for row in rows])
        most = max([0.05, *(abs(bound) for row in rows for bound in row[2:4])]) * 1.08
        axes.set_xlim(-most, most)
        axes.set_xlabel("← 旧更好 old      new 新更好 →")
        _room(figure)
        return svg(figure, name)


def _labels(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels, color=INK, fontsize=9 if any("\n" in one for one in labels) else None)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.2f}" if value else "0"))


def _room(figure: Figure) -> None:
    wide = figure.get_figwidth() > 2 * figure.get_figheight() or figure.get_figwidth() > 2 * SQUARE[0]
    figure.subplots_adjust(
        left=0.27 if wide else 0.36, right=0.97, top=0.98, bottom=min(0.6 / figure.get_figheight(), 0.5)
    )
