"""History: what was answered about a listing or a seller, and what people said to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Select, func, select

from models.screening import Versions
from service.ledger.labels import STANDING
from service.ledger.ledger import Rows
from service.ledger.tables import EVALUATIONS, LABELS, RECORDS

_SHOWN = 50
"""Evaluations told of a listing or seller, newest first."""
_LINKED = 100


@dataclass(frozen=True, slots=True)
class LabelOut:
    """A label, as it was recorded. What was erased is None."""

    label_id: str
    recorded_at: str
    verdict: str
    reason: str | None
    source: str | None
    analyst: str | None
    decided_at: str | None
    note: str | None
    key_id: str | None  # of the access key that sent it
    withdraws: str | None  # label_id that it takes back; its verdict is then `withdrawn`


@dataclass(frozen=True, slots=True)
class EvaluationOut:
    """An evaluation, as it was recorded. What was erased is None."""

    evaluation_id: str
    evaluation_status: str
    recorded_at: str
    record: int  # its number in the ledger
    assessment: str
    risk_score: int | None
    level: str | None
    action: str
    reasons: list[str]
    heads: dict[str, Any]
    findings: list[str]  # codes
    category: str
    law_as_of: str
    versions: Versions
    listing: dict[str, Any] | None  # as it was judged
    labels: list[LabelOut]


@dataclass(frozen=True, slots=True)
class ListingOut:
    """A listing: its evaluations, newest first, at most fifty."""

    listing_id: str
    evaluations: list[EvaluationOut]
    evaluated: int  # times, those not shown included


@dataclass(frozen=True, slots=True)
class Link:
    """Another seller with the same `by`: uscc or name."""

    seller_id: str
    by: str


@dataclass(frozen=True, slots=True)
class SellerOut:
    """A seller, by the newest evaluation of each of its listings."""

    seller_id: str
    names: list[str]
    listings: int
    evaluated: int  # times, superseded evaluations included
    levels: dict[str, int]  # listings by level
    risk_score: int | None  # of its riskiest listing
    risky_share: float | None  # of its listings that were assessed, those not low
    verdicts: dict[str, int]  # labels by verdict
    linked: list[Link]
    newest: list[EvaluationOut]  # at most fifty


def evaluation(ledger: Rows, evaluation_id: str) -> EvaluationOut | None:
    """The newest record of an evaluation."""
    told = _evaluations(ledger, _newest_first().where(EVALUATIONS.c.evaluation_id == evaluation_id).limit(1))
    return told[0] if told else None


def of_record(ledger: Rows, seq: int) -> EvaluationOut:
    """The evaluation with this record, without its labels."""
    (row,) = ledger.rows(_newest_first().where(EVALUATIONS.c.seq == seq))
    return _evaluation(row, [])


def listing(ledger: Rows, listing_id: str, platform: str | None) -> ListingOut | None:
    """What was answered about a listing; on every platform when none is told."""
    mine = _newest_first().where(EVALUATIONS.c.listing_id == listing_id)
    if platform is not None:
        mine = mine.where(EVALUATIONS.c.platform == platform)
    told = _evaluations(ledger, mine.limit(_SHOWN))
    times = ledger.rows(select(func.count().label("n")).select_from(mine.order_by(None).subquery()))[0]["n"]
    return ListingOut(listing_id, told, times) if told else None


def seller(ledger: Rows, seller_id: str) -> SellerOut | None:
    """What was answered about a seller's listings."""
    table = EVALUATIONS.c
    mine = select(table.seq).where(table.seller_id == seller_id)
    last = select(func.max(table.seq)).where(table.seller_id == seller_id).group_by(table.listing_id, table.platform)
    listings = ledger.rows(select(table.level, table.assessment, table.risk_score).where(table.seq.in_(last)))
    if not listings:
        return None
    levels = Counter(row["level"] or row["assessment"] for row in listings)
    scores = [row["risk_score"] for row in listings if row["risk_score"] is not None]
    risky = levels["high"] + levels["medium"]
    verdicts = select(LABELS.c.verdict, func.count().label("n")).where(LABELS.c.evaluation_seq.in_(mine), STANDING)
    return SellerOut(
        seller_id,
        _distinct(ledger, select(table.seller_name).where(table.seller_id == seller_id)),
        len(listings),
        ledger.rows(select(func.count().label("n")).select_from(mine.subquery()))[0]["n"],
        dict(levels),
        max(scores, default=None),
        round(risky / len(scores), 4) if scores else None,
        {row["verdict"]: row["n"] for row in ledger.rows(verdicts.group_by(LABELS.c.verdict))},
        _linked(ledger, seller_id),
        _evaluations(ledger, _newest_first().where(table.seller_id == seller_id).limit(_SHOWN)),
    )


def _linked(ledger: Rows, seller_id: str) -> list[Link]:
    """Other sellers that gave the same credit code or the same name."""
    table = EVALUATIONS.c
    found = []
    for by, column in (("uscc", table.seller_uscc), ("name", table.seller_name)):
        same = select(column).where(table.seller_id == seller_id, column.is_not(None))
        others = select(table.seller_id).where(column.in_(same), table.seller_id != seller_id).limit(_LINKED)
        found += [Link(name, by) for name in _distinct(ledger, others)]
    return found


def _distinct(ledger: Rows, statement: Select[Any]) -> list[str]:
    values = {next(iter(row.values())) for row in ledger.rows(statement.distinct())}
    return sorted(value for value in values if value is not None)


def _newest_first() -> Select[Any]:
    return select(EVALUATIONS, RECORDS.c.at).join(RECORDS).order_by(EVALUATIONS.c.seq.desc())


def _evaluations(ledger: Rows, statement: Select[Any]) -> list[EvaluationOut]:
    rows = ledger.rows(statement)
    labels = _labels(ledger, [row["seq"] for row in rows])
    return [_evaluation(row, labels.get(row["seq"], [])) for row in rows]


def _evaluation(row: Mapping[str, Any], labels: list[LabelOut]) -> EvaluationOut:
    return EvaluationOut(
        evaluation_id=row["evaluation_id"],
        evaluation_status=row["evaluation_status"],
        recorded_at=row["at"],
        record=row["seq"],
        assessment=row["assessment"],
        risk_score=row["risk_score"],
        level=row["level"],
        action=row["action"],
        reasons=orjson.loads(row["reasons"]),
        heads=orjson.loads(row["heads"]),
        findings=orjson.loads(row["findings"]),
        category=row["category"],
        law_as_of=row["law_as_of"],
        versions=Versions(row["bundle"], row["knowledge"], row["code"], orjson.loads(row["registers"] or "{}")),
        listing=orjson.loads(row["snapshot"]) if row["snapshot"] else None,
        labels=labels,
    )


def _labels(ledger: Rows, evaluations: Sequence[int]) -> Mapping[int, list[LabelOut]]:
    """Labels by the record they are about, newest first."""
    told = select(LABELS, RECORDS.c.at.label("recorded_at")).join(RECORDS, RECORDS.c.seq == LABELS.c.seq)
    found: dict[int, list[LabelOut]] = {}
    for row in ledger.rows(told.where(LABELS.c.evaluation_seq.in_(evaluations)).order_by(LABELS.c.seq.desc())):
        label = LabelOut(**{name: row[name] for name in LabelOut.__slots__})
        found.setdefault(row["evaluation_seq"], []).append(label)
    return found
