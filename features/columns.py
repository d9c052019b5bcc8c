"""Tables of listings: which column is which field, under the names people give them, and a row as a listing."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from features import cells
from features.errors import ZhenweiError
from features.intake import ListingIn, ListingRejected, Problem, SellerIn, TradeIn

PATH = Path(__file__).with_name("columns.toml")
SIGNAL = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
UNIT = re.compile(r"\([^()]*\)$")
NESTED = ("attributes", "signals", "seller", "trade")
READERS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "text": cells.text,
        "prose": cells.prose,
        "list": cells.names,
        "money": cells.money,
        "count": cells.count,
        "share": cells.share,
        "rating": cells.rating,
        "date": cells.day,
        "moment": cells.moment,
        "attribute": cells.text,
        "signal": cells.signal,
        "whole": cells.whole,
    }
)


class ColumnsRejected(ZhenweiError):
    """A table cannot be read as listings: it has no title, or a column is mapped to no field."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column's cells go, and how they are read."""

    path: tuple[str, ...]  # ("title",), ("seller", "name"), ("attributes", "材质"), ("signals", "x")
    read: Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table. `unknown` are those no field was found for; say so once."""

    targets: Mapping[str, Target]  # header as written -> target
    unknown: tuple[str, ...]


def resolve(headers: Sequence[str], extra: Mapping[str, str] = MappingProxyType({})) -> Columns:
    """Find the field of every column.

    `extra` maps headers to dotted fields and goes before the built-in names. Of two columns for one field the
    first counts, the other is unknown. Raises ColumnsRejected.
    """
    mapped = {plain(header): _asked(header, field) for header, field in extra.items()}
    targets: dict[str, Target] = {}
    unknown: list[str] = []
    for header in headers:
        target = mapped.get(plain(header)) or target_of(header)
        if target is None or any(target.path == other.path for other in targets.values()):
            unknown.append(header)
        else:
            targets[header] = target
    if not any(target.path == ("title",) for target in targets.values()):
        raise ColumnsRejected(
            f"no column holds the title among {', '.join(headers)}; name one 标题 or title, or map one with 列名=title"
        )
    return Columns(MappingProxyType(targets), tuple(unknown))


def record(row: Mapping[str, object], number: int, columns: Columns) -> dict[str, Any]:
    """Turn one row into data for ListingIn. `number` is the row's, from 1, and its id when the table has none.

    Raises ListingRejected naming every column whose cell cannot be read.
    """
    out: dict[str, Any] = {}
    problems: list[Problem] = []
    for header, target in columns.targets.items():
        try:
            value = target.read(row.get(header))
        except cells.Unreadable as error:
            problems.append(Problem(f"/{'/'.join(target.path)}", f"(column {header}): {error}"))
            continue
        if value is not None:
            _put(out, target.path, value)
    if problems:
        raise ListingRejected(problems)
    out.setdefault("listing_id", str(number))
    return out


def _put(out: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *groups, name = path
    for group in groups:
        out = out.setdefault(group, {})
    out[name] = out.get(name, {}) | value if isinstance(value, dict) else value


def plain(header: str) -> str:
    """Return the form in which headers are compared: width, case, blanks and a unit in brackets do not matter.

    >>> plain(" 价格（元） ")
    '价格'
    """
    folded = "".join(unicodedata.normalize("NFKC", header).lower().split()).lstrip("\ufeff")
    return UNIT.sub("", folded) or folded


def target_of(header: str) -> Target | None:
    """Return the field a column name means, or None: a known name, a dotted field, attributes.X or signal.X."""
    written = header.strip().lstrip("\ufeff")
    group, dot, name = written.partition(".")
    if dot and name:
        if group in {"attributes", "属性"}:
            return Target(("attributes", name), READERS["attribute"])
        if group in {"signal", "signals"}:
            return Target(("signals", name), READERS["signal"]) if SIGNAL.fullmatch(name) else None
    if written in NESTED:
        return Target((written,), READERS["whole"])
    return aliases().get(plain(header))


@lru_cache(maxsize=1)
def aliases() -> Mapping[str, Target]:
    """Every built-in column name, in its plain form -> its field. Read once from columns.toml."""
    found: dict[str, Target] = {}
    for kind, fields in tomllib.loads(PATH.read_text("utf-8")).items():
        for field, names in fields.items():
            path = ("attributes", field) if kind == "attribute" else tuple(field.split("."))
            target = Target(path, READERS["prose" if field == "description" else kind])
            for name in (field, *names):
                if found.setdefault(plain(name), target) is not target:
                    raise ColumnsRejected(f"columns.toml: {name} stands under two fields; keep one")
    return MappingProxyType(found)


def fields() -> tuple[str, ...]:
    """Every dotted field a column may hold, attributes and signals aside."""
    return (
        *(name for name in ListingIn.model_fields if name not in NESTED),
        *(f"seller.{name}" for name in SellerIn.model_fields),
        *(f"trade.{name}" for name in TradeIn.model_fields),
    )


def _asked(header: str, field: str) -> Target:
    if (target := target_of(field)) is None:
        known = ", ".join(fields())
        raise ColumnsRejected(f"{header}={field}: no such field; use one of {known}, attributes.NAME, signal.NAME")
    return target
