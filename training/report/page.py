"""A page from plain data: one HTML file without scripts and without anything from elsewhere."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from training.groups import UNKNOWN
from training.interval import FEW
from training.report.shown import visible

_TEMPLATES = Path(__file__).with_name("templates")
_ROUND = 0.1  # shares from here on are told without decimals
_WRITTEN: Mapping[str, Callable[[float], str]] = {
    "count": lambda value: f"{value:,.0f}",
    "number": lambda value: f"{value:.3f}",
    "signed": lambda value: f"{value:+.3f}",
    "odds": lambda value: f"{value:+.2f}",
    "plain": lambda value: f"{value:.4g}",
    "percent": lambda value: f"{value:.0%}" if value >= _ROUND or not value else f"{value:.1%}",
    "fine": lambda value: f"{value:.2%}",
}
"""How a figure may be written."""


OUTCOMES: Mapping[str, tuple[str, str]] = {
    "confirmed": ("属实", "confirmed"),
    "rejected": ("不属实", "rejected"),
    "appeal_reversed": ("申诉成功", "appeal reversed"),
    "pending": ("待定", "pending"),
}
LEVELS: Mapping[str, tuple[str, str]] = {"low": ("低", "low"), "medium": ("中", "medium"), "high": ("高", "high")}
GROUPS: Mapping[str, Mapping[str, str]] = {
    "other": {"zh": "其他", "en": "other"},
    UNKNOWN: {"zh": "未知", "en": "unknown"},
}
GRADES: Mapping[str, str] = {"steady": "good", "watch": "unsure", "retrain": "fail", "unknown": "unsure"}
"""What a page shows of outcomes, levels and groups without a name, in both languages; how it shows states of drift."""


class Page:
    """Writes one kind of page. Figures are looked up in its data by JSON pointer, so that the two cannot differ."""

    def __init__(self, template: str, folder: Path = _TEMPLATES) -> None:
        """Read the template, a file in `folder`; what all pages share is found beside this module."""
        self._environment = Environment(
            loader=FileSystemLoader([folder, _TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_safe,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._template = self._environment.get_template(template)

    def write(self, data: Mapping[str, Any], **extra: object) -> bytes:
        """Fill the template with the data and with what is made from it; the same data gives the same bytes."""

        def figure(pointer: str, style: str) -> Markup:
            value = at(data, pointer)
            told = "–" if value is None or math.isnan(value) else _WRITTEN[style](value)
            return Markup('<data value="{}" data-at="{}" data-as="{}">{}</data>').format(value, pointer, style, told)

        words = {"outcomes": OUTCOMES, "levels": LEVELS, "grades": GRADES, "few": FEW}
        page = self._template.render(data=data, figure=figure, **words, **extra)
        return page.encode("utf-8", "backslashreplace")


def save(path: Path, page: bytes, data: bytes) -> Path:
    """Write a page at `path` and its data beside it as .json, each whole or not at all; returns the data's path."""
    beside = path.with_suffix(".json")
    for target, content in ((path, page), (beside, data)):
        aside = target.with_name(f".{target.name}.new")
        aside.write_bytes(content)
        aside.replace(target)
    return beside


def written(value: float, style: str) -> str:
    """Write a figure as pages do."""
    return _WRITTEN[style](value)


def at(data: Any, pointer: str) -> Any:  # noqa: ANN401 - plain data
    """Return what a JSON pointer leads to."""
    for step in pointer.removeprefix("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        data = data[int(name)] if isinstance(data, list) else data[name]
    return data


def _safe(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    return visible(value) if type(value) is str else value
