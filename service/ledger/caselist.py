"""Cases as people see them: the list, one case with all that speaks for and against it, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from service.ledger import history
from service.ledger.cases import case
from service.ledger.groups import near_rows
from service.ledger.history import EvaluationOut
from service.ledger.ledger import Rows
from service.ledger.likeness import alike
from service.ledger.queue import Filing
from service.ledger.tables import CASES, EVALUATIONS, QUEUE, RECORDS, Row

State = Literal["open", "waiting", "claimed", "closed"]
"""open is waiting or claimed."""
_GROUP = 50
"""Cases shown of a group of nearly equal titles."""


@dataclass(frozen=True, slots=True)
class CaseOut:
    """A listing that waits for a reviewer, or was decided."""

    case_id: str
    state: str  # waiting, claimed, closed
    priority: int  # of its category, 1 is first
    risk_score: int | None
    level: str | None
    action: str
    category: str
    exposure_cny: int  # price times orders, of 30 days where known
    opened_at: str
    listing_id: str
    platform: str | None
    seller_id: str | None
    title: str
    price_cny: float | None
    evaluation_id: str
    unsure: int  # reviewers who could not say
    holder: str | None
    until: str | None  # end of the claim


@dataclass(frozen=True, slots=True)
class EventOut:
    """A step a reviewer took."""

    event: str  # claim, release, decide, undo
    at: str
    who: str
    act: str | None
    verdict: str | None
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case, the evaluation that asks for review, cases that are nearly the same, and what was done, newest first."""

    case: CaseOut
    evaluation: EvaluationOut
    near: list[CaseOut]
    events: list[EventOut]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which cases to list. None: all."""

    state: State = "open"
    category: str | None = None
    level: str | None = None
    platform: str | None = None
    seller_id: str | None = None
    holder: str | None = None


def listed(ledger: Rows, chosen: Chosen, now: str, *, after: str | None = None, limit: int = 50) -> list[CaseOut]:
    """Cases in the order of the queue, those behind the case `after`. Raises CaseUnknown when there is no such one."""
    table = QUEUE.c
    told = _columns().where(*_where(chosen, now))
    if after is not None:
        place = case(ledger, after)
        told = told.where(tuple_(table.rank, table.case_id) > tuple_(place["rank"], place["case_id"]))
    return [_out(row, now) for row in ledger.rows(told.order_by(table.rank, table.case_id).limit(limit))]


def waiting(ledger: Rows) -> int:
    """How many cases are open."""
    told = select(func.count().label("n")).select_from(QUEUE).where(QUEUE.c.state == "open")
    return int(ledger.rows(told)[0]["n"])


def detail(ledger: Rows, case_id: str, now: str, filing: Filing) -> CaseDetail:
    """One case. Labels of its own listing are left out: they would tell which cases have a known verdict.

    Raises CaseUnknown.
    """
    row = case(ledger, case_id)
    (shown,) = [_out(one, now) for one in ledger.rows(_columns().where(QUEUE.c.case_id == case_id))]
    told = history.of_record(ledger, row["evaluation_seq"])
    return CaseDetail(shown, told, near(ledger, row, now, filing), _events(ledger, case_id))


def near(ledger: Rows, row: Row, now: str, filing: Filing) -> list[CaseOut]:
    """Open cases whose titles say nearly the same as that of this case."""
    names = [one["case_id"] for one in near_rows(ledger, row)]
    rows = ledger.rows(_columns().where(QUEUE.c.case_id.in_([row["case_id"], *names])).order_by(QUEUE.c.rank))
    titles = dict(zip([one["case_id"] for one in rows], filing.fold(list(map(_title, rows))), strict=True))
    own = titles.get(row["case_id"], "")
    return [_out(one, now) for one in rows if one["case_id"] != row["case_id"] and alike(own, titles[one["case_id"]])][
        :_GROUP
    ]


def _where(chosen: Chosen, now: str) -> Sequence[ColumnElement[bool]]:
    table = QUEUE.c
    claimed = and_(table.holder.is_not(None), table.until >= now)
    states: Mapping[State, Sequence[ColumnElement[bool]]] = {
        "open": (table.state == "open",),
        "waiting": (table.state == "open", or_(table.holder.is_(None), table.until < now)),
        "claimed": (table.state == "open", claimed),
        "closed": (table.state == "closed",),
    }
    same = {
        table.category: chosen.category,
        table.level: chosen.level,
        table.platform: chosen.platform,
        table.seller_id: chosen.seller_id,
        table.holder: chosen.holder,
    }
    return *states[chosen.state], *(column == value for column, value in same.items() if value is not None)


def _columns() -> Any:  # noqa: ANN401 - a SELECT of two tables
    told = select(QUEUE, EVALUATIONS.c.snapshot, EVALUATIONS.c.evaluation_id)
    return told.join(EVALUATIONS, EVALUATIONS.c.seq == QUEUE.c.evaluation_seq)


def _out(row: Row, now: str) -> CaseOut:
    claimed = row["state"] == "open" and row["holder"] is not None and row["until"] >= now
    state = "claimed" if claimed else "closed" if row["state"] == "closed" else "waiting"
    own: dict[str, Any] = {name: row[name] for name in CaseOut.__slots__ if name not in {"state", "title"}}
    own |= {} if claimed else {"holder": None, "until": None}
    return CaseOut(state=state, title=_title(row), **own)


def _title(row: Row) -> str:
    return str(orjson.loads(row["snapshot"])["title"]) if row["snapshot"] else ""


def _events(ledger: Rows, case_id: str) -> list[EventOut]:
    told = select(CASES, RECORDS.c.at).join(RECORDS, RECORDS.c.seq == CASES.c.seq).where(CASES.c.case_id == case_id)
    told = told.where(CASES.c.event.not_in(("golden", "retire"))).order_by(CASES.c.seq.desc()).limit(_GROUP)
    return [EventOut(**{name: row[name] for name in EventOut.__slots__}) for row in ledger.rows(told)]
