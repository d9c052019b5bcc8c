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
from features.intake import ListingIn, ListingRejected, Problem, SellerIn, TradeIn, VelocityIn

PATH = Path(__file__).with_name("columns.toml")
SIGNAL = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
UNIT = re.compile(r"\([^()]*\)$")
_SHOWN = 1000  # characters of the column names told
NESTED = ("attributes", "signals", "seller", "trade", "velocity")
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


Targets = Mapping[str, Target]
NONE: Targets = MappingProxyType({})


def resolve(headers: Sequence[str], extra: Mapping[str, str] = MappingProxyType({}), beside: Targets = NONE) -> Columns:
    """Find the field of every column.

    `extra` maps headers to dotted fields and goes before the built-in names; `beside` are fields that stand beside a
    listing's in this kind of table, by plain name. Of two columns for one field the first counts, the other is
    unknown. Raises ColumnsRejected.
    """
    mapped = asked(extra, beside)
    targets: dict[str, Target] = {}
    taken: set[tuple[str, ...]] = set()
    unknown: list[str] = []
    for header in headers:
        target = meaning(header, mapped, beside)
        if target is None or target.path in taken:
            unknown.append(header)
        else:
            taken.add(target.path)
            targets[header] = target
    return Columns(MappingProxyType(targets), tuple(unknown))


def with_title(columns: Columns) -> Columns:
    """The same columns. Raises ColumnsRejected when none holds the title."""
    if not any(target.path == ("title",) for target in columns.targets.values()):
        headers = ", ".join((*columns.targets, *columns.unknown))[:_SHOWN]
        raise ColumnsRejected(
            f"no column holds the title among {headers}; name one 标题 or title, or map one with --map 列名=title"
        )
    return columns


def unused(columns: Columns, needless: Targets = NONE) -> tuple[str, ...]:
    """Notes that name the columns nobody reads, when there are any; broken characters become escapes.

    `needless` are columns that the file may well have and nobody misses: a map would not help.
    """
    names = [name.encode("utf-8", "backslashreplace").decode() for name in columns.unknown if name.strip()]
    spare = [name for name in names if plain(name) in needless]
    strange = ", ".join(name for name in names if name not in spare)
    notes = (f"columns not used: {strange[:_SHOWN]}; map one with --map COLUMN=FIELD",) if strange else ()
    return (*notes, f"columns not needed here: {', '.join(spare)[:_SHOWN]}") if spare else notes


def asked(extra: Mapping[str, str], beside: Targets = NONE) -> Targets:
    """What `extra` asks for: plain header -> target. Raises ColumnsRejected for a field there is not."""
    return {plain(header): _asked(header, field, beside) for header, field in extra.items()}


def meaning(header: str, mapped: Targets, beside: Targets = NONE) -> Target | None:
    """Return the field a column name means in this table, or None."""
    name = plain(header)
    return mapped.get(name) or beside.get(name) or target_of(header)


def record(row: Mapping[str, object], number: int, columns: Columns) -> dict[str, Any]:
    """Turn one row into data for ListingIn. `number` is the row's, from 1, and its id when the table has none.

    Raises ListingRejected naming every column whose cell cannot be read.
    """
    out: dict[str, Any] = {}
    problems: list[Problem] = []
    for header, target in columns.targets.items():
        cell = row.get(header)
        if cell is not None and cell != "":
            _read(cell, header, target, out, problems)
    if problems:
        raise ListingRejected(problems)
    out.setdefault("listing_id", str(number))
    return out


def renamed(
    row: Mapping[str, object], mapped: Targets = NONE, beside: Targets = NONE, needless: Targets = NONE
) -> dict[str, Any]:
    """Turn one line of JSON into data for ListingIn: other names people use become ours, ours stay as they are.

    Names nobody knows stay too, for the door to refuse, except `needless` ones, see `unused`. Raises ListingRejected.
    """
    out: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in row.items():
        own = name in ListingIn.model_fields and name not in mapped
        target = None if own else meaning(name, mapped, beside)
        if not own and target is None and plain(name) in needless:
            continue
        if _held(out, target.path if target else (name,), value):
            problems.append(Problem(f"/{name}", "says again what another name says; keep one"))
        elif target is None:
            _put(out, (name,), value)
        elif value is not None:
            _read(value, name, target, out, problems)
    if problems:
        raise ListingRejected(problems)
    return out


def _held(out: Mapping[str, Any], path: tuple[str, ...], value: object) -> bool:
    """Whether `out` holds something at `path` that `value` would put aside."""
    *groups, name = path
    for group in groups:
        inner = out.get(group)
        if not isinstance(inner, dict):
            return inner is not None
        out = inner
    held = out.get(name)
    return held is not None and not (isinstance(held, dict) and isinstance(value, dict) and not held.keys() & value)


def _read(cell: object, header: str, target: Target, out: dict[str, Any], problems: list[Problem]) -> None:
    try:
        value = target.read(cell)
    except cells.Unreadable as error:
        problems.append(Problem(f"/{'/'.join(target.path)}", f"(column {header}): {error}"))
        return
    if value is not None:
        _put(out, target.path, value)


def _put(out: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *groups, name = path
    for group in groups:
        if not isinstance(out.get(group), dict):
            out[group] = {}
        out = out[group]
    held = out.get(name)
    out[name] = held | value if isinstance(held, dict) and isinstance(value, dict) else value


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """Return the form in which headers are compared: width, case, blanks and a unit in brackets do not matter.

    >>> plain(" 价格（元） ")
    '价格'
    """
    folded = "".join(unicodedata.normalize("NFKC", header).lower().split()).lstrip("\ufeff")
    return UNIT.sub("", folded) or folded


@lru_cache(maxsize=4096)
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
        *(f"velocity.{name}" for name in VelocityIn.model_fields),
    )


def _asked(header: str, field: str, beside: Targets) -> Target:
    if (target := beside.get(plain(field)) or target_of(field)) is None:
        known = ", ".join(fields())
        raise ColumnsRejected(f"{header}={field}: no such field; use one of {known}, attributes.NAME, signal.NAME")
    return target
