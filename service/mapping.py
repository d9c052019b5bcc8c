"""What every column of a table was taken for, shown before it is used; columns nobody named are guessed by content."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from stdnum.cn import uscc

from features import cells, columns
from features.intake import Problem
from features.tables import Table, open_table
from service.rows import NO_MAP, Source, encodable, open_source

How = Literal["name", "asked", "content", "unused"]
_LOOKED_AT = 200  # rows a guess is made from
_MOST = 0.9  # share of the filled cells that must agree
_FEW = 3  # filled cells without which nothing is guessed
_SHOWN, _LONGEST = 3, 40
_HAN = re.compile("[\u4e00-\u9fff]")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_PRICED = re.compile(r"[¥￥元]|rmb|cny", re.IGNORECASE)
_SOLD_30D = re.compile("月销|人付款|人收货|近?30天")
_SOLD = re.compile("已售|总销|累计|已拼")


@dataclass(frozen=True, slots=True)
class Shown:
    """A column, what it is taken for and why."""

    column: str
    field: str  # dotted; "" when unused
    how: How
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A source, and what its columns were taken for."""

    source: Source
    shown: tuple[Shown, ...]

    @property
    def guessed(self) -> tuple[Shown, ...]:
        """The columns whose names say nothing."""
        return tuple(one for one in self.shown if one.how == "content")


def open_mapped(path: Path, names: Mapping[str, str] = NO_MAP, *, guess: bool = True) -> Mapped:
    """Look at a file; columns without a known name are guessed by what they hold, unless asked not to.

    Raises FileRejected or features.columns.ColumnsRejected.
    """
    table = open_table(path)
    sample = _sample(table)
    if table.header is None:
        source = open_source(path, names)
        return Mapped(source, tuple(_line_names(sample, source)))
    known = columns.resolve(table.header, names)
    guessed = _guesses(known, sample) if guess else {}
    source = open_source(path, {**guessed, **names})
    asked = {columns.plain(name) for name in names}
    shown = []
    for header in table.header:
        target = source.columns.targets.get(header) if source.columns else None
        field = _dotted(target.path) if target else ""
        how: How = (
            "unused" if not target else "asked" if columns.plain(header) in asked
            else "content" if header in guessed else "name"
        )  # fmt: skip
        shown.append(Shown(encodable(header), field, how, _examples(sample.get(header, ()))))
    return Mapped(source, tuple(shown))


def _sample(table: Table) -> dict[str, list[object]]:
    """The filled cells of the first rows, per column."""
    found: dict[str, list[object]] = {}
    for entry in islice(table, _LOOKED_AT):
        if not isinstance(entry.told, Problem):
            for name, cell in entry.told.items():
                if cell is not None and str(cell).strip():
                    found.setdefault(name, []).append(cell)
    return found


def _guesses(known: columns.Columns, sample: Mapping[str, Sequence[object]]) -> dict[str, str]:
    """Column -> field, for columns whose cells can be nothing else; each field is given once."""
    taken = {_dotted(target.path) for target in known.targets.values()}
    found: dict[str, str] = {}
    for name in known.unknown:
        told = [str(cell).strip() for cell in sample.get(name, ())]
        if name.strip() and len(told) >= _FEW:
            for field, fits in _FITS.items():
                if field not in taken and sum(map(fits, told)) >= _MOST * len(told):
                    found[name] = field
                    taken.add(field)
                    break
    if "title" not in taken:
        found |= _title([name for name in known.unknown if name not in found], sample)
    return found


def _title(names: Sequence[str], sample: Mapping[str, Sequence[object]]) -> dict[str, str]:
    """The column of the longest Chinese text that fits a title, if there is one."""
    lengths = {}
    for name in names:
        told = [str(cell).strip() for cell in sample.get(name, ())]
        chinese = [text for text in told if len(_HAN.findall(text)) >= _LEAST_HAN and len(text) <= _MOST_TITLE]
        if name.strip() and len(told) >= _FEW and len(chinese) >= _MOST * len(told) and 2 * len(set(told)) > len(told):
            lengths[name] = sum(map(len, told)) / len(told)
    return {max(lengths, key=lambda name: lengths[name]): "title"} if lengths else {}


_LEAST_HAN, _MOST_TITLE = 4, 512


def _read(reader: Callable[[object], object], told: str) -> bool:
    try:
        return reader(told) is not None
    except cells.Unreadable:
        return False


def _dated(told: str) -> bool:
    return not told.isdecimal() and _read(cells.moment, told)


_FITS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "seller.uscc": uscc.is_valid,
        "url": lambda told: _URL.fullmatch(told) is not None,
        "price_cny": lambda told: _PRICED.search(told) is not None and _read(cells.money, told),
        "trade.orders_30d": lambda told: _SOLD_30D.search(told) is not None and _read(cells.count, told),
        "trade.orders_total": lambda told: _SOLD.search(told) is not None and _read(cells.count, told),
        "observed_at": _dated,
    }
)
"""Field -> whether a cell can be told to hold it without a name."""


def _line_names(sample: Mapping[str, Sequence[object]], source: Source) -> list[Shown]:
    shown = []
    for name, told in sample.items():
        target = columns.meaning(name, source.mapped)
        asked: How = "asked" if columns.plain(name) in source.mapped else "name"
        field = _dotted(target.path) if target else ""
        shown.append(Shown(encodable(name), field, asked if target else "unused", _examples(told)))
    return shown


def _dotted(path: Sequence[str]) -> str:
    return ".".join(path)


def _examples(told: Sequence[object]) -> tuple[str, ...]:
    texts = dict.fromkeys(encodable(" ".join(str(cell).split())) for cell in told)
    return tuple(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in islice(texts, _SHOWN))
