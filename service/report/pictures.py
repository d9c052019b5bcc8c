"""The pictures of a screening that a table cannot be: what moves, who belongs together."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
from markupsafe import Markup

from training.report.chart import ACCENT, CARD, GUILTY, HONEST, INK, MUTED, drawing, svg

Told = Mapping[str, Any]
WIDE = 9.6  # inches of a picture that has a row of its own
HALF = 4.6
_MONTHS = 12  # months that are named
_ROOMY = 16  # shops and ties that have room for large signs
_APART = 4  # steps between parts of a network


def months(kinds: Sequence[Told], name: str) -> Markup:
    """The share of listings to be reviewed by month, and of high risk."""
    with drawing(WIDE, 2.2) as (figure, (axes,)):
        x = range(len(kinds))
        review = [one["share"] for one in kinds]
        axes.fill_between(x, review, color=HONEST, alpha=0.15, linewidth=0)
        axes.plot(x, review, "o--", color=HONEST, linewidth=1.5, markersize=4)
        axes.plot(x, [one["high"] / one["rows"] for one in kinds], "s-", color=GUILTY, linewidth=2.2, markersize=5)
        step = math.ceil(len(kinds) / _MONTHS)
        axes.set_xticks(x[::step], [one["zh"] for one in kinds][::step])
        axes.set_ylim(0, max(axes.get_ylim()[1], 0.01) * 1.05)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
        figure.subplots_adjust(left=0.07, right=0.98, top=0.96, bottom=0.14)
        return svg(figure, name)


def network(group: Told, name: str) -> Markup:
    """Sellers of a group by their number, and what ties them by its letter: squares between the dots that share it."""
    graph = nx.Graph()
    for tie in group["ties"]:
        graph.add_edges_from(((tie["letter"], shop) for shop in tie["shops"]), strong=tie["strong"])
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    # What is shown of a large group may fall apart: parts then stand a little apart, not a million steps.
    at = nx.kamada_kawai_layout(graph, {a: {b: lengths[a].get(b, _APART) for b in graph} for a in graph})
    size, font = (17, 10) if len(graph) <= _ROOMY else (12, 8)
    with drawing(HALF, 3.1) as (figure, (axes,)):
        for one, other, strong in graph.edges(data="strong"):
            x, y = zip(at[one], at[other], strict=True)
            axes.plot(x, y, color=MUTED, linewidth=1.3 if strong else 0.9, linestyle="-" if strong else ":", zorder=1)
        for node, (x, y) in at.items():
            tie = isinstance(node, str)
            axes.plot(
                [x], [y], "s" if tie else "o", color=ACCENT if tie else CARD, markersize=size, zorder=2,
                markeredgecolor=ACCENT if tie else GUILTY, markeredgewidth=1.6,
            )  # fmt: skip
            axes.text(
                x, y, str(node), ha="center", va="center_baseline", fontsize=font, color=CARD if tie else INK, zorder=3
            )
        axes.set_axis_off()
        axes.margins(0.12)
        figure.subplots_adjust(left=0.02, right=0.98, top=0.98, bottom=0.02)
        return svg(figure, name)
