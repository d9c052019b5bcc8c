"""Deliveries in the ledger: which evaluations a webhook was told of, which not, and which are to be told again.

What waits is no list of its own: it is every risky evaluation without an outcome, so that nothing recorded is lost.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Select, and_, exists, func, select

from service.ledger.ledger import Page, Rows
from service.ledger.tables import DELIVERIES, EVALUATIONS, RECORDS, Row
from service.ledger.webhooks import Webhook

Outcome = Literal["delivered", "dead", "skipped"]
"""dead: given up after many attempts; skipped: what was to be told had been erased."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Due:
    """An evaluation that a webhook is to be told of; `wish` is the record that asks for it."""

    webhook_id: str
    evaluation_seq: int
    wish: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one, to be recorded."""

    due: Due
    outcome: Outcome
    attempts: int
    answer: str  # HTTP status, or what went wrong


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one, as it was recorded."""

    evaluation_id: str
    outcome: Outcome | Literal["again"]
    recorded_at: str
    attempts: int
    answer: str  # HTTP status, or what went wrong
    who: str


def due(ledger: Rows, webhook: Webhook, after: int, limit: int) -> list[Due]:
    """Evaluations a webhook is still to be told of, oldest first; those up to the record `after` were told."""
    table, told = EVALUATIONS.c, DELIVERIES.alias("told")
    settled = exists().where(
        told.c.webhook_id == webhook.webhook_id, told.c.evaluation_seq == table.seq, told.c.event.in_(OUTCOMES)
    )
    risky = select(table.seq).where(table.level.in_(webhook.levels), table.seq > max(after, webhook.seq), ~settled)
    waiting = [
        Due(webhook.webhook_id, row["seq"], row["seq"]) for row in ledger.rows(risky.order_by(table.seq).limit(limit))
    ]
    return _again(ledger, webhook, limit) + waiting


def newest(ledger: Rows) -> int:
    """Seq of the newest record of any kind."""
    return int(ledger.rows(select(func.coalesce(func.max(RECORDS.c.seq), 0).label("seq")))[0]["seq"])


def is_settled(ledger: Rows, due: Due) -> bool:
    """Whether it has an outcome since it was asked for."""
    table = DELIVERIES.c
    later = select(table.seq).where(
        table.webhook_id == due.webhook_id,
        table.evaluation_seq == due.evaluation_seq,
        table.seq > due.wish,
        table.event.in_(OUTCOMES),
    )
    return bool(ledger.rows(later.limit(1)))


def evaluation(ledger: Rows, seq: int) -> Row | None:
    """The evaluation of a record, and when it was recorded."""
    found = ledger.rows(select(EVALUATIONS, RECORDS.c.at).join(RECORDS).where(EVALUATIONS.c.seq == seq))
    return found[0] if found else None


def settle(page: Page, settled: Sequence[Settled]) -> list[None]:
    """Record what became of some."""
    for one in settled:
        told = {"attempts": one.attempts, "answer": one.answer[:128]}
        page.add("delivery", _row(one.due, one.outcome, "service") | told)
    return [None for _ in settled]


def again(page: Page, webhook: Webhook, evaluation_id: str | None, *, who: str, key_id: str | None = None) -> int:
    """Ask for evaluations to be told again: one, or (None) all that were given up; return how many."""
    table = DELIVERIES.c
    if evaluation_id is None:
        last = select(func.max(table.seq)).where(table.webhook_id == webhook.webhook_id).group_by(table.evaluation_seq)
        wanted = select(table.evaluation_seq).where(table.seq.in_(last), table.event == "dead")
    else:
        risky = EVALUATIONS.c.level.in_(webhook.levels)
        wanted = select(func.max(EVALUATIONS.c.seq).label("evaluation_seq")).where(
            EVALUATIONS.c.evaluation_id == evaluation_id, risky
        )
    found = [row["evaluation_seq"] for row in page.rows(wanted) if row["evaluation_seq"] is not None]
    for seq in found:
        wish = _row(Due(webhook.webhook_id, seq, 0), "again", who)
        page.add("delivery", wish | {"attempts": 0, "answer": "", "key_id": key_id})
    return len(found)


def newest_of(ledger: Rows, webhook_id: str) -> list[Delivery]:
    """The newest outcomes of a webhook, newest first."""
    table = DELIVERIES.c
    told = (
        select(DELIVERIES, RECORDS.c.at, EVALUATIONS.c.evaluation_id)
        .join(RECORDS, RECORDS.c.seq == table.seq)
        .join(EVALUATIONS, EVALUATIONS.c.seq == table.evaluation_seq)
        .where(table.webhook_id == webhook_id)
    )
    return [
        Delivery(row["evaluation_id"], row["event"], row["at"], row["attempts"], row["answer"], row["who"])
        for row in ledger.rows(told.order_by(table.seq.desc()).limit(_SHOWN))
    ]


def counts(ledger: Rows) -> dict[str, Counter[str]]:
    """How often each outcome was recorded, by webhook."""
    table = DELIVERIES.c
    told = select(table.webhook_id, table.event, func.count().label("n")).group_by(table.webhook_id, table.event)
    found: dict[str, Counter[str]] = {}
    for row in ledger.rows(told):
        found.setdefault(row["webhook_id"], Counter())[row["event"]] = row["n"]
    return found


def _again(ledger: Rows, webhook: Webhook, limit: int) -> list[Due]:
    asked, told = DELIVERIES.alias("asked"), DELIVERIES.alias("told")
    same = and_(told.c.webhook_id == asked.c.webhook_id, told.c.evaluation_seq == asked.c.evaluation_seq)
    settled = exists().where(same, told.c.seq > asked.c.seq, told.c.event.in_(OUTCOMES))
    wanted: Select[Any] = select(asked.c.evaluation_seq, func.max(asked.c.seq).label("wish"))
    mine = wanted.where(asked.c.event == "again", asked.c.webhook_id == webhook.webhook_id, ~settled)
    rows: Sequence[Row] = ledger.rows(mine.group_by(asked.c.evaluation_seq).limit(limit))
    return [Due(webhook.webhook_id, row["evaluation_seq"], row["wish"]) for row in rows]


def _row(due: Due, event: str, who: str) -> dict[str, Any]:
    return {"event": event, "webhook_id": due.webhook_id, "evaluation_seq": due.evaluation_seq, "who": who}
