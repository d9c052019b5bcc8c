"""The pictures of a screening: who is risky, what moves, who belongs together."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from training.report.chart import ACCENT, CARD, GUILTY, HONEST, INK, MUTED, drawing, svg

Told = Mapping[str, Any]
WIDE = 9.6  # inches of a picture that has a row of its own
HALF = 4.6
_BAR, _LABEL = 9, 12  # characters of a name beside a bar, and above a dot
_LINES = ("-", "--", ":", "-.")
_COLOURS = (ACCENT, GUILTY, HONEST, INK)


def risks(kinds: Sequence[Told], name: str) -> Markup:
    """Risky listings per kind, high before medium, with their share of the kind."""
    shown = list(reversed(kinds))
    with drawing(HALF, 0.8 + 0.3 * max(len(shown), 2)) as (figure, (axes,)):
        high, medium = [one["high"] for one in shown], [one["medium"] for one in shown]
        axes.barh(range(len(shown)), high, 0.62, color=GUILTY, label="高 high")
        axes.barh(range(len(shown)), medium, 0.62, left=high, color=HONEST, alpha=0.55, label="中 medium")
        most = max((a + b for a, b in zip(high, medium, strict=True)), default=0) or 1
        for place, one in enumerate(shown):
            axes.text(
                one["high"] + one["medium"] + most * 0.02,
                place,
                f"{one['share']:.1%}",
                va="center",
                fontsize=9,
                color=MUTED,
            )
        axes.set_xlim(0, most * 1.22)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize=9)
        return _barred(figure, axes, shown, name, top=0.3)


def owners(told: Sequence[Told], name: str) -> Markup:
    """Listings with findings, per authority that owns them."""
    shown = list(reversed(told))
    with drawing(HALF, 0.8 + 0.3 * max(len(shown), 2)) as (figure, (axes,)):
        axes.barh(range(len(shown)), [one["listings"] for one in shown], 0.62, color=ACCENT)
        return _barred(figure, axes, shown, name)


def months(kinds: Sequence[Told], name: str) -> Markup:
    """The share of risky listings by month."""
    with drawing(WIDE, 2.6) as (figure, (axes,)):
        shown = [one for one in kinds if one["zh"][:1].isdecimal()]
        x = range(len(shown))
        high = [one["high"] / one["rows"] for one in shown]
        both = [one["share"] for one in shown]
        axes.fill_between(x, both, color=HONEST, alpha=0.2, linewidth=0)
        axes.plot(x, both, "o-", color=HONEST, markersize=4, label="高＋中 high + medium")
        axes.plot(x, high, "o-", color=GUILTY, linewidth=2, markersize=5, label="高 high")
        _by_month(axes, [one["zh"] for one in shown], 12)
        axes.legend(loc="upper left", ncols=2, fontsize=9)
        figure.subplots_adjust(left=0.07, right=0.98, top=0.96, bottom=0.16)
        return svg(figure, name)


def tactics(told: Sequence[Told], over: Sequence[str], name: str) -> Markup:
    """The share of listings with each way of writing round a filter, by month; in all where no months are told."""
    if len(over) < 2:  # noqa: PLR2004 - no line without two points
        return _shares(told, name)
    with drawing(WIDE, 3.2) as (figure, (axes,)):
        for place, one in enumerate(told):
            line, colour = _LINES[place // len(_COLOURS) % len(_LINES)], _COLOURS[place % len(_COLOURS)]
            shares = one["months"]
            axes.plot(range(len(over)), shares, label=one["zh"], linewidth=1.8, linestyle=line, color=colour)
        _by_month(axes, over, 8)
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10)
        figure.subplots_adjust(left=0.07, right=0.76, top=0.96, bottom=0.14)
        return svg(figure, name)


def network(group: Told, name: str) -> Markup:
    """Sellers of a group, and what ties them; each tie is a small square between those who share it."""
    graph = nx.Graph()
    graph.add_nodes_from((shop["key"] for shop in group["shops"]), tie=False)
    for number, tie in enumerate(group["ties"]):
        shared = [key for key in tie["sellers"] if key in graph]
        if len(shared) > 1:
            graph.add_node(knot := f"tie {number}", tie=True)
            graph.add_edges_from(((knot, key) for key in shared), strong=tie["strong"])
    at = nx.spring_layout(graph, seed=7, k=1.6 / math.sqrt(max(len(graph), 1)), iterations=120)
    with drawing(HALF, 3.1) as (figure, (axes,)):
        for one, other, kind in graph.edges(data="strong"):
            x, y = zip(at[one], at[other], strict=True)
            axes.plot(x, y, color=MUTED, linewidth=1.3 if kind else 0.7, linestyle="-" if kind else ":", zorder=1)
        for shop in group["shops"]:
            x, y = at[shop["key"]]
            axes.plot([x], [y], "o", color=GUILTY, markersize=9, markeredgecolor=CARD, zorder=3)
            if len(group["shops"]) <= _LABEL:
                axes.annotate(
                    _cut(shop["name"]), (x, y), (0, 8), textcoords="offset points", ha="center", fontsize=9, zorder=4
                )
        knots = [at[node] for node, tie in graph.nodes(data="tie") if tie]
        axes.plot([x for x, _ in knots], [y for _, y in knots], "s", color=ACCENT, markersize=5, zorder=2, linestyle="")
        axes.set_axis_off()
        axes.margins(0.16)
        figure.subplots_adjust(left=0.02, right=0.98, top=0.97, bottom=0.03)
        return svg(figure, name)


def _shares(told: Sequence[Told], name: str) -> Markup:
    with drawing(WIDE, 0.7 + 0.32 * max(len(told), 1)) as (figure, (axes,)):
        shown = list(reversed(told))
        axes.barh(range(len(shown)), [one["share"] for one in shown], 0.6, color=ACCENT)
        axes.set_yticks(range(len(shown)), [one["zh"] for one in shown], color=INK)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
        axes.grid(visible=False, axis="y")
        figure.subplots_adjust(left=0.2, right=0.98, top=0.98, bottom=0.45 / figure.get_figheight())
        return svg(figure, name)


def _barred(figure: Figure, axes: Axes, shown: Sequence[Told], name: str, top: float = 0.1) -> Markup:
    """Name the bars, and leave `top` inches above them."""
    axes.set_yticks(range(len(shown)), [_cut(one["zh"], _BAR) for one in shown], color=INK, fontsize=10)
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    height = figure.get_figheight()
    figure.subplots_adjust(left=0.32, right=0.98, top=1 - top / height, bottom=0.42 / height)
    return svg(figure, name)


def _by_month(axes: Axes, over: Sequence[str], most: int) -> None:
    """Label at most so many months."""
    step = math.ceil(len(over) / most) or 1
    axes.set_xticks(range(0, len(over), step), over[::step])
    axes.set_ylim(0, axes.get_ylim()[1] * 1.15)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")


def _cut(text: str, most: int = _LABEL) -> str:
    plain = "".join(char for char in text if char.isprintable())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
