"""Charts as SVG that takes its colours and fonts from the page around it.

Matplotlib draws; what it draws with stand-in colours is told by the page's style sheet, so that a chart follows dark
mode and print, and text stays text in the reader's own fonts, Chinese ones included.
"""

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import shorten
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, MUTED, GRID, GUILTY, HONEST, ACCENT, CARD = (f"#0{i}0{i}0{i}" for i in range(1, 8))
"""Stand-ins for the colours that the page's style sheet names."""
_STYLES = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    GUILTY: "guilty",
    HONEST: "honest",
    ACCENT: "accent",
    CARD: "card",
}
_SETTINGS: Any = {
    "svg.fonttype": "none",  # text stays text: the reader's fonts know Chinese
    "font.size": 11,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
}
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)  # XML declaration and document type: a page has its own
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_NAMESPACE = re.compile(r"\sxmlns(:\w+)?=\"[^\"]*\"")
_GROUP_ID = re.compile(r"<g id=\"[^\"]*\"")  # the same in every chart, and referred to by nothing
_FONT = re.compile(r"\s*font-family: [^;\"]*;?")  # the page's own
_DEFAULTS = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)  # would rule over the whole page
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*"')
_HEIGHT = re.compile(r'(<svg[^>]*?) height="[^"]*"')


ROW = 0.42
"""Inches of a row whose name takes two lines."""
_LONGEST = 46  # characters of a name's English line


def name_of(told: Mapping[str, str], beside: str = "") -> str:
    """What a row is called, in both languages: two lines."""
    return f"{told['zh']}{beside}\n{shorten(told['en'], _LONGEST, placeholder=' …')}"


@contextmanager
def drawing(width: float, height: float, rows: Sequence[float] = (1,)) -> Iterator[tuple[Figure, Sequence[Axes]]]:
    """Give a figure of `width` by `height` inches (72 points each) and its axes, in the house's style.

    `rows` are the relative heights of axes that stand above each other and share their x.
    """
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # Matplotlib measures with a font that knows no Chinese; the browser draws with one that does.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        figure = Figure(figsize=(width, height))
        grid = {"height_ratios": rows, "hspace": 0.12}
        yield figure, figure.subplots(len(rows), 1, sharex=True, squeeze=False, gridspec_kw=grid)[:, 0].tolist()


def svg(figure: Figure, name: str) -> Markup:
    """Write a figure as SVG for the inside of a page. `name` keeps its ids apart from those of other charts."""
    file = io.StringIO()
    nobody = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context(_SETTINGS | {"svg.hashsalt": name}):
        figure.savefig(file, format="svg", metadata=nobody, transparent=True)
    text = _METADATA.sub("", _HEAD.sub("", file.getvalue()))
    text = _GROUP_ID.sub("<g", _NAMESPACE.sub("", text)).replace("xlink:href", "href")
    text = _HEIGHT.sub(r"\1", _SIZE.sub(r'\1 aria-hidden="true"', text))
    text = _FONT.sub("", _DEFAULTS.sub("", text))
    for stand_in, style in _STYLES.items():
        text = text.replace(stand_in, f"var(--{style})")
    return Markup(text)  # noqa: S704 - Matplotlib escapes the text it writes
