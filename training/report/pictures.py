"""The pictures of a head: how well it ranks, whether its probabilities hold, for whom it works."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from models.calibration import HIGH, MEDIUM
from training.interval import FEW
from training.ranking import RATES
from training.report.chart import ACCENT, CARD, GUILTY, HONEST, INK, MUTED, ROW, drawing, name_of, svg

Told = Mapping[str, Any]
"""A part of a report as plain data: pictures show what the JSON says, nothing else."""

SQUARE = (4.6, 3.7)
"""Inches of a picture that shares a row with another."""
_SHARE = PercentFormatter(1, decimals=0)


def precision(head: Told, name: str) -> Markup:
    """Precision at every recall; the line to beat is the share of the guilty."""
    with drawing(*SQUARE) as (figure, (axes,)):
        curve, share = head["precision"], head["guilty"] / (head["guilty"] + head["honest"])
        axes.fill_between(curve["x"], curve["y"], step="pre", color=ACCENT, alpha=0.12, linewidth=0)
        axes.step(curve["x"], curve["y"], where="pre", color=ACCENT, linewidth=2)
        axes.axhline(share, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.text(0.01, share + 0.015, f"随机 chance {share:.1%}", color=MUTED, fontsize=9)
        axes.text(0.97, 0.93, f"PR-AUC {head['pr_auc']:.3f}", ha="right", fontsize=12, transform=axes.transAxes)
        shares(axes, "查全率 recall", "查准率 precision")
        return done(figure, name)


def roc(head: Told, name: str) -> Markup:
    """Recall at every false-positive rate, on a scale that shows the small ones people can afford."""
    with drawing(*SQUARE) as (figure, (axes,)):
        curve = head["roc"]
        least = min(max(1e-3, 1 / head["honest"]), RATES[0])
        axes.plot(np.maximum(curve["x"], least), curve["y"], color=ACCENT, linewidth=2)
        rates = np.geomspace(least, 1)
        axes.plot(rates, rates, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        shares(axes, "误报率 false-positive rate", "查全率 recall")
        axes.set_xscale("log")
        axes.set_xlim(least, 1)
        for rate in RATES:
            caught = head["recall"][str(rate)]
            axes.plot([rate], [caught], "o", color=GUILTY, markersize=7, markeredgecolor=CARD)
            axes.annotate(f"{caught:.0%}", (rate, caught), (0, 8), textcoords="offset points", ha="center", fontsize=9)
        axes.text(0.03, 0.92, f"ROC-AUC {head['roc_auc']:.3f}", fontsize=12, transform=axes.transAxes)
        ticks = [tick for tick in (0.001, *RATES, 0.2, 1) if tick >= least]
        axes.set_xticks(ticks, [f"{100 * tick:g}%" for tick in ticks])
        axes.minorticks_off()
        return done(figure, name)


def reliability(head: Told, name: str) -> Markup:
    """What was promised against what was seen, with how many listings stand behind each point."""
    with drawing(*SQUARE, rows=(3.4, 1)) as (figure, (axes, counts)):
        bins = head["reliability"]
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        for one in bins:
            at, seen = one["promised"], one["guilty"]
            axes.plot([at, at], [seen["low"], seen["high"]], color=ACCENT, linewidth=1.4, alpha=0.55)
            fill = CARD if seen["count"] < FEW else ACCENT
            axes.plot([at], [seen["value"]], "o", color=fill, markeredgecolor=ACCENT, markersize=6)
        axes.plot([one["promised"] for one in bins], [one["guilty"]["value"] for one in bins], color=ACCENT, alpha=0.5)
        axes.text(0.03, 0.92, f"ECE {head['ece']:.3f}", fontsize=12, transform=axes.transAxes)
        shares(axes, "", "实际违规率 seen")
        middle = [(one["low"] + one["high"]) / 2 for one in bins]
        width = [(one["high"] - one["low"]) * 0.9 for one in bins]
        counts.bar(middle, [one["guilty"]["count"] for one in bins], width, color=HONEST, alpha=0.75)
        counts.set_yscale("log")
        counts.set_ylabel("数量 n", fontsize=10)
        counts.minorticks_off()
        counts.xaxis.set_major_formatter(_SHARE)
        counts.set_xlabel("预测概率 promised")
        return done(figure, name)


def scores(head: Told, name: str) -> Markup:
    """Risk scores of the guilty above the line, of the honest below it."""
    with drawing(*SQUARE) as (figure, (axes,)):
        told = head["scores"]
        edges = np.array(told["edges"])
        width, middle = np.diff(edges) * 0.86, (edges[1:] + edges[:-1]) / 2
        axes.bar(middle, told["guilty"], width, color=GUILTY)
        axes.bar(middle, -np.array(told["honest"]), width, color=HONEST)
        most = max(*told["guilty"], *told["honest"]) * 1.18
        axes.set_ylim(-most, most)
        for at, label in ((MEDIUM, "中 medium"), (HIGH, "高 high")):
            axes.axvline(at, color=INK, linewidth=1, linestyle=(0, (2, 2)))
            axes.text(at + 0.8, most * 0.88, label, fontsize=9)
        axes.axhline(0, color=MUTED, linewidth=0.8)
        axes.text(1, most * 0.86, "违规 guilty", color=GUILTY, fontsize=11)
        axes.text(1, -most * 0.94, "正常 honest", color=HONEST, fontsize=11)
        axes.set_xlim(0, 100)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.0%}"))
        axes.set_xlabel("风险分 risk score")
        axes.set_ylabel("占比 share")
        return done(figure, name)


def learning(points: Sequence[Told], name: str) -> Markup:
    """What the head was worth with fewer labels, on the same newest sellers."""
    with drawing(*SQUARE) as (figure, (axes,)):
        x = [point["guilty"] + point["honest"] for point in points]
        for metric, color, words in (
            ("recall_at_0.05_fpr", GUILTY, "查全率 recall @ 5%"),
            ("roc_auc", MUTED, "ROC-AUC"),
            ("pr_auc", ACCENT, "PR-AUC"),
        ):
            y = [point["metrics"][metric] for point in points]
            lies = [
                point["intervals"].get(metric, {"low": at, "high": at}) for at, point in zip(y, points, strict=True)
            ]
            axes.fill_between(
                x, [one["low"] for one in lies], [one["high"] for one in lies], color=color, alpha=0.12, linewidth=0
            )
            axes.plot(x, y, "o-", color=color, linewidth=2, markersize=5, label=words)
        axes.set_xscale("log")
        axes.set_xticks(x, [f"{count:,}" for count in x])
        axes.minorticks_off()
        axes.set_ylim(0, 1.03)
        axes.yaxis.set_major_formatter(_SHARE)
        axes.set_xlabel("学习用的标注 labels that taught")
        axes.legend(loc="lower right", fontsize=9)
        return done(figure, name)


def groups(told: Sequence[Told], names: Mapping[str, Mapping[str, str]], name: str) -> Markup:
    """Recall per group at every rate of RATES, with its interval at the last; hollow where few listings speak."""
    shown = [group for group in reversed(told) if group["guilty"]]
    with drawing(SQUARE[0] * 2 + 0.4, 0.9 + ROW * max(len(shown), 1)) as (figure, (axes,)):
        for place, group in enumerate(shown):
            last = group["recall"][str(RATES[-1])]
            few = last["count"] < FEW
            band: Any = {
                "color": MUTED if few else ACCENT,
                "alpha": 0.25 if few else 0.5,
                "linewidth": 5,
                "solid_capstyle": "round",
            }
            axes.plot([last["low"], last["high"]], [place, place], **band)
            dot: Any = {"color": CARD if few else GUILTY, "markeredgecolor": MUTED if few else GUILTY}
            for rate, size in zip(RATES, (4, 6, 8), strict=True):
                axes.plot([group["recall"][str(rate)]["value"]], [place], "o", markersize=size, **dot)
        axes.set_yticks(range(len(shown)), [row_name(group, group["guilty"], names) for group in shown], color=INK)
        axes.tick_params(axis="y", labelsize=9)
        axes.set_ylim(-0.6, len(shown) - 0.4)
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_formatter(_SHARE)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("查全率 recall")
        figure.subplots_adjust(left=0.3, right=0.98, top=0.98, bottom=0.6 / figure.get_figheight())
        return svg(figure, name)


def row_name(group: Told, count: int, names: Mapping[str, Mapping[str, str]]) -> str:
    """What people call a group, and how many listings speak for it."""
    called = names.get(group["name"])
    return name_of(called, f"  n={count}") if called else f"{group['name']}  n={count}"


def shares(axes: Axes, x: str, y: str) -> None:
    """Label axes that show shares 0..1."""
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.03)
    axes.xaxis.set_major_formatter(_SHARE)
    axes.yaxis.set_major_formatter(_SHARE)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def done(figure: Figure, name: str) -> Markup:
    """Leave room for labels, and write the picture."""
    figure.subplots_adjust(left=0.15, right=0.945, top=0.97, bottom=0.16)
    return svg(figure, name)
