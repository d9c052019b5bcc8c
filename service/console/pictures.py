"""Pictures of figures, as ECharts options of plain data; names like --high stand for colours of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.ledger.kinship import Tie

Option = dict[str, Any]
LEVELS = ("high", "medium", "low")
_GRID = {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True}
_TIES = {"uscc": "--high", "name": "--medium", "shop": "--low", "title": "--down"}


def scatter(points: Mapping[str, Sequence[tuple[str, float, str]]], unit: str) -> Option:
    """Points over time, by level; the name of a series -> (time, value, label)."""
    series = [
        {
            "name": name,
            "type": "scatter",
            "symbolSize": 9,
            "itemStyle": {"color": f"--{level}" if level in LEVELS else "--rule"},
            "data": [{"value": [at, value], "name": label} for at, value, label in many],
        }
        for (name, many), level in zip(points.items(), (*LEVELS, "none"), strict=False)
    ]
    return _framed(series, {"type": "time"}, {"type": "value", "name": unit})


def stacked(days: Sequence[str], parts: Mapping[str, tuple[str, Sequence[float]]]) -> Option:
    """Bars on top of each other, a day each; name -> (colour, values)."""
    series = [
        {
            "name": name,
            "type": "bar",
            "stack": "all",
            "barMaxWidth": 28,
            "itemStyle": {"color": colour},
            "data": [*values],
        }
        for name, (colour, values) in parts.items()
    ]
    return _framed(series, {"type": "category", "data": [*days]}, {"type": "value", "minInterval": 1})


def lines(days: Sequence[str], parts: Mapping[str, Sequence[float]], unit: str) -> Option:
    """One line for each name, over days."""
    series = [{"name": name, "type": "line", "data": [*values]} for name, values in parts.items()]
    told = _framed(
        series, {"type": "category", "data": [*days]}, {"type": "value", "axisLabel": {"formatter": "{value}" + unit}}
    )
    return told | {"grid": _GRID | {"top": 64}}


def bars(names: Sequence[str], values: Sequence[float], colours: Sequence[str]) -> Option:
    """Bars side by side."""
    data = [{"value": value, "itemStyle": {"color": colour}} for value, colour in zip(values, colours, strict=True)]
    told = [{"type": "bar", "data": data, "barCategoryGap": "12%"}]
    return _framed(told, {"type": "category", "data": [*names]}, {"type": "value", "minInterval": 1}, legend=False)


def promised(points: Sequence[tuple[float, float, float, float]], said: str, seen: str) -> Option:
    """Promised against observed shares, both in percent: (promised, observed, low, high), and where they are one."""
    spans = [
        {"type": "line", "data": [[x, low], [x, high]], "symbol": "none", "lineStyle": {"color": "--act", "width": 2}}
        for x, _, low, high in points
    ]
    line: Option = {"type": "line", "data": [[0, 0], [100, 100]], "symbol": "none"}
    line["lineStyle"] = {"color": "--rule", "type": "dashed"}
    dots = {
        "type": "scatter",
        "symbolSize": 10,
        "itemStyle": {"color": "--act"},
        "data": [[x, y] for x, y, _, _ in points],
    }
    share = {"type": "value", "min": 0, "max": 100}
    below = {"name": said, "nameLocation": "middle", "nameGap": 26}
    told = _framed([line, *spans, dots], share | below, share | {"name": seen}, legend=False)
    return told | {"grid": _GRID | {"bottom": 24}}


def network(seller_id: str, ties: Sequence[Tie], names: Mapping[str, str]) -> Option:
    """Sellers as dots, ties as lines; the one that is looked at stands out. Laid out the same way every time."""
    import networkx as nx  # noqa: PLC0415 - a tenth of a second, for a page that few open

    graph = nx.Graph()
    graph.add_node(seller_id)
    graph.add_edges_from((tie.one, tie.other) for tie in ties)
    places = nx.spring_layout(graph, seed=1) if len(graph) > 1 else {seller_id: (0.0, 0.0)}
    at = {name: [round(float(x), 3), round(float(y), 3)] for name, (x, y) in places.items()}
    edges = [
        {
            "name": names[tie.by],
            "type": "line",
            "symbol": "none",
            "silent": True,
            "lineStyle": {"color": _TIES[tie.by], "width": 2},
            "itemStyle": {"color": _TIES[tie.by]},
            "data": [at[tie.one], at[tie.other]],
        }
        for tie in ties
    ]
    dots = [
        {"value": place, "name": name, "symbolSize": 22 if name == seller_id else 14,
         "itemStyle": {"color": "--seal" if name == seller_id else "--act"}}
        for name, place in at.items()
    ]  # fmt: skip
    label = {
        "show": True,
        "formatter": "{b}",
        "position": "bottom",
        "color": "--ink",
        "width": 130,
        "overflow": "truncate",
    }
    hidden = {"type": "value", "show": False, "min": -1.35, "max": 1.35}
    told = _framed([*edges, {"type": "scatter", "data": dots, "label": label}], hidden, hidden)
    told["legend"]["data"] = list(dict.fromkeys(names[tie.by] for tie in ties))
    return told


def _framed(series: Sequence[Mapping[str, Any]], x: Option, y: Option, *, legend: bool = True) -> Option:
    told: Option = {"grid": _GRID, "tooltip": {}, "xAxis": x, "yAxis": y, "series": [*series]}
    return told | {"legend": {"top": 0}} if legend else told
