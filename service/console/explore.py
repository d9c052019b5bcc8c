"""Exploring what a screening found: its answers in one small database, filtered, counted and sorted."""

import csv
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    or_,
    select,
)
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.pool import NullPool

from features.listing import Listing
from service.mapping import open_mapped
from service.rows import Refused

_META = MetaData()
ROWS = Table(
    "rows",
    _META,
    Column("number", Integer, primary_key=True),  # of the row in the file, from 1
    Column("listing_id", Text),
    Column("title", Text),
    Column("platform", Text),
    Column("seller", Text),
    Column("level", Text),  # high, medium, low, none (not assessed), rejected
    Column("action", Text),
    Column("score", Integer),
    Column("category", Text),
    Column("why", Text),  # of a rejected row
    Index("by_score", "score"),
)
FINDINGS = Table("findings", _META, Column("number", Integer), Column("code", Text), Index("by_code", "code", "number"))
FACETS = ("level", "category", "finding", "platform", "action")
_LEVELS = ("high", "medium", "low", "none", "rejected")  # the gravest first
_SORTS = {
    "risk": (ROWS.c.score.desc().nulls_last(), ROWS.c.number),
    "row": (ROWS.c.number,),
    "title": (ROWS.c.title, ROWS.c.number),
}
PAGE = 50
_VALUES = 12  # of a facet, the commonest
_BATCH = 2000
_LONGEST, _LONGEST_PAGE = 128, 7  # characters
_NAME = "explore.sqlite3"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for. "" is anything."""

    level: str = ""
    category: str = ""
    finding: str = ""
    platform: str = ""
    action: str = ""
    q: str = ""
    sort: str = "risk"
    page: int = 1

    def __getitem__(self, name: str) -> str:
        """One filter, by its name."""
        told: str = getattr(self, name)
        return told

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Wanted":
        """Read the query of an address; what is no page is the first."""
        texts = {name: told[name][:_LONGEST] for name in cls.__slots__ if name != "page" and name in told}
        page = told.get("page", "")
        return cls(**texts, page=int(page) if page.isdecimal() and len(page) < _LONGEST_PAGE else 1)

    def query(self, **changed: str | int) -> str:
        """The same as the query of an address, with some things changed; another filter begins at its first page."""
        changes: dict[str, Any] = {"page": 1} | changed
        told = replace(self, **changes)
        plain = Wanted()
        names = self.__slots__
        return urlencode({name: one for name in names if (one := getattr(told, name)) != getattr(plain, name)})


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: one page of rows, how many there are, and how they fall."""

    rows: Sequence[RowMapping]
    total: int
    facets: Mapping[str, Sequence[tuple[str, int]]]
    scores: Sequence[int]  # rows by risk score, in ten steps

    @property
    def pages(self) -> int:
        """Pages there are."""
        return max(-(-self.total // PAGE), 1)


def build(results: Path, source: Path, names: Mapping[str, str]) -> Path:
    """Make the database beside `results` (.jsonl or .csv, as `zhenwei screen` writes them), unless it is there.

    Titles and shops are read from `source`, the file that was screened.
    """
    path = results.with_name(_NAME)
    if not path.exists():
        aside = path.with_name(f".{_NAME}.{secrets.token_hex(4)}")
        engine = _engine(aside)
        try:
            _META.create_all(engine)
            with engine.begin() as connection:
                _fill(connection, results, source, names)
            aside.replace(path)
        finally:
            engine.dispose()
            aside.unlink(missing_ok=True)
    return path


def explorable(results: Path) -> bool:
    """Whether results of this form can be explored."""
    return results.suffix in {".jsonl", ".csv"}


def find(path: Path, wanted: Wanted) -> Seen:
    """Look up a page of rows, and count how all that match fall."""
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            return _found(connection, wanted)
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool)


def _found(connection: Connection, wanted: Wanted) -> Seen:
    conditions = _conditions(wanted)
    matching = select(ROWS).where(*conditions.values())
    total = connection.execute(select(func.count()).select_from(matching.subquery())).scalar_one()
    order = _SORTS.get(wanted.sort, _SORTS["risk"])
    page = matching.order_by(*order).limit(PAGE).offset((max(wanted.page, 1) - 1) * PAGE)
    facets = {
        name: _facet(connection, name, [one for key, one in conditions.items() if key != name]) for name in FACETS
    }
    step = func.min(ROWS.c.score // 10, 9).label("step")
    counted = select(step, func.count().label("rows")).where(*conditions.values(), ROWS.c.score.is_not(None))
    steps = {row.step: row.rows for row in connection.execute(counted.group_by(step))}
    return Seen(connection.execute(page).mappings().all(), total, facets, [steps.get(one, 0) for one in range(10)])


def _conditions(wanted: Wanted) -> dict[str, ColumnElement[bool]]:
    told: dict[str, ColumnElement[bool]] = {
        name: ROWS.c[name] == value for name in FACETS if name != "finding" and (value := getattr(wanted, name))
    }
    if wanted.finding:
        told["finding"] = ROWS.c.number.in_(select(FINDINGS.c.number).where(FINDINGS.c.code == wanted.finding))
    if q := wanted.q.strip():
        told["q"] = or_(*(ROWS.c[name].contains(q, autoescape=True) for name in ("title", "listing_id", "seller")))
    return told


def _facet(connection: Connection, name: str, others: Sequence[ColumnElement[bool]]) -> list[tuple[str, int]]:
    if name == "finding":
        column = FINDINGS.c.code
        counted = select(column, func.count()).join(ROWS, ROWS.c.number == FINDINGS.c.number)
    else:
        column = ROWS.c[name]
        counted = select(column, func.count()).where(column.is_not(None))
    told = counted.where(*others).group_by(column).order_by(func.count().desc(), column).limit(_VALUES)
    found = [(value, count) for value, count in connection.execute(told)]
    return sorted(found, key=lambda pair: _LEVELS.index(pair[0])) if name == "level" else found


def _fill(connection: Connection, results: Path, source: Path, names: Mapping[str, str]) -> None:
    listed = iter(open_mapped(source, names).source)
    read = _lines(results) if results.suffix == ".jsonl" else _table(results)
    while pairs := list(islice(zip(read, listed, strict=False), _BATCH)):
        rows = [_row(answer, number, told) for answer, (number, told) in pairs]
        connection.execute(ROWS.insert(), rows)
        codes = [
            {"number": number, "code": code}
            for answer, (number, _) in pairs
            for code in dict.fromkeys(answer["findings"])
        ]
        if codes:
            connection.execute(FINDINGS.insert(), codes)


def _row(answer: Mapping[str, Any], number: int, told: Listing | Refused) -> dict[str, Any]:
    known = told if isinstance(told, Listing) else None
    return {name: answer[name] for name in ("listing_id", "level", "action", "score", "category", "why")} | {
        "number": number,
        "title": known.title if known else None,
        "platform": known.platform if known else None,
        "seller": (known.seller.name or known.seller.seller_id) if known else None,
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Answers of JSON lines, one per row."""
    with path.open("rb") as file:
        for line in file:
            told = orjson.loads(line)
            if "rejected" in told:
                why = "; ".join(f"{one['pointer']} {one['message']}".strip() for one in told["rejected"])
                yield _rejected(told.get("listing_id"), why)
            else:
                yield {
                    "listing_id": told["listing_id"],
                    "level": told["level"] or "none",
                    "action": told["action"],
                    "score": told["risk_score"],
                    "category": told["category"]["id"],
                    "why": None,
                    "findings": [finding["code"] for finding in told["findings"]],
                }


def _table(path: Path) -> Iterator[dict[str, Any]]:
    """Answers of the flat table, one per row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for told in csv.DictReader(file):
            if told["assessment"] == "not_screened":
                yield _rejected(told["listing_id"], told["rejected"])
            else:
                yield {
                    "listing_id": told["listing_id"],
                    "level": told["level"] or "none",
                    "action": told["action"],
                    "score": int(told["risk_score"]) if told["risk_score"] else None,
                    "category": told.get("category"),
                    "why": None,
                    "findings": list(filter(None, told["findings"].split("; "))),
                }


def _rejected(listing_id: str | None, why: str) -> dict[str, Any]:
    empty = dict.fromkeys(("action", "score", "category"))
    return {"listing_id": listing_id, "level": "rejected", "why": why, "findings": ()} | empty


def row_of(source: Path, names: Mapping[str, str], number: int) -> Listing | None:
    """One listing of a file again; None: there is no such row, or it cannot be read."""
    for place, told in open_mapped(source, names).source:
        if place == number:
            return told if isinstance(told, Listing) else None
    return None
