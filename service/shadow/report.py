"""What came of a shadow: how far the candidate agrees with what answered, and who was right where people looked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, case, func, select

from models.heads import HEADS
from service.ledger import labels, shadows
from service.ledger.ledger import Rows
from service.ledger.tables import EVALUATIONS, SHADOWS
from training.labels import Label, verdict

_SHOWN = 20
"""Disagreements shown of each direction, newest first."""
_CHUNK = 500
_UNASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Rates:
    """How levels above low met what people found. None: nothing to divide by."""

    caught: int  # guilty, and flagged
    missed: int
    false_alarms: int  # honest, and flagged
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class HeadOut:
    """One head, on evaluations that both scored and people judged."""

    guilty: int
    honest: int
    live: Rates
    shadow: Rates


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An evaluation whose level differs."""

    evaluation_id: str
    live_level: str | None
    live_score: int | None
    shadow_level: str | None
    shadow_score: int | None


@dataclass(frozen=True, slots=True)
class ShadowOut:
    """A bundle in the shadow, and what it said so far."""

    bundle: str
    running: bool
    since: str
    who: str
    why: str
    compared_with: list[str]  # bundles that answered meanwhile
    scored: int
    waiting: int
    skipped: int  # it was too slow for
    failed: int
    errors: dict[str, int]  # by class
    same_level: float | None  # share of those scored
    same_action: float | None
    mean_difference: float | None  # of the risk score, shadow less live
    mean_absolute_difference: float | None
    levels: dict[str, dict[str, int]]  # live level -> shadow level -> how many
    raised: list[Disagreement]
    lowered: list[Disagreement]
    heads: dict[str, HeadOut]


def report(ledger: Rows) -> ShadowOut | None:
    """Report on the bundle that was put into the shadow last; None when none ever was."""
    if (event := shadows.newest(ledger)) is None:
        return None
    running = shadows.chosen(ledger)
    told = SHADOWS.c
    ends = select(
        func.coalesce(func.sum(told.skipped), 0).label("skipped"), func.count(told.error).label("failed")
    ).where(told.bundle == event.bundle)
    (counts,) = ledger.rows(ends)
    errors = select(told.error, func.count().label("n")).where(told.bundle == event.bundle, told.error.is_not(None))
    levels, actions = _matrix(ledger, event.bundle, "level"), _matrix(ledger, event.bundle, "action")
    scored = sum(n for row in levels.values() for n in row.values())
    difference = told.risk_score - EVALUATIONS.c.risk_score
    means = _pairs(event.bundle, func.avg(difference).label("mean"), func.avg(func.abs(difference)).label("absolute"))
    (mean,) = ledger.rows(means)
    return ShadowOut(
        bundle=event.bundle,
        running=running is not None,
        since=event.at,
        who=event.who,
        why=event.why,
        compared_with=sorted(r["bundle"] for r in ledger.rows(_pairs(event.bundle, EVALUATIONS.c.bundle).distinct())),
        scored=scored,
        waiting=shadows.behind(ledger, shadows.reached(ledger, running))[0] if running else 0,
        skipped=int(counts["skipped"]),
        failed=int(counts["failed"]),
        errors={row["error"]: row["n"] for row in ledger.rows(errors.group_by(told.error))},
        same_level=_share(_same(levels), scored),
        same_action=_share(_same(actions), scored),
        mean_difference=_rounded(mean["mean"]),
        mean_absolute_difference=_rounded(mean["absolute"]),
        levels=levels,
        raised=_disagreements(ledger, event.bundle, _rank(told.level) > _rank(EVALUATIONS.c.level)),
        lowered=_disagreements(ledger, event.bundle, _rank(told.level) < _rank(EVALUATIONS.c.level)),
        heads=_heads(ledger, event.bundle),
    )


def _pairs(bundle: str, *columns: Any) -> Select[Any]:  # noqa: ANN401 - columns of any type
    """Select of what a candidate scored, each beside the evaluation that was answered."""
    joined = select(*columns).select_from(SHADOWS).join(EVALUATIONS, EVALUATIONS.c.seq == SHADOWS.c.evaluation_seq)
    return joined.where(SHADOWS.c.bundle == bundle, SHADOWS.c.assessment.is_not(None))


def _matrix(ledger: Rows, bundle: str, name: str) -> dict[str, dict[str, int]]:
    live, shadow = EVALUATIONS.c[name].label("live"), SHADOWS.c[name].label("shadow")
    found: dict[str, dict[str, int]] = {}
    counted = _pairs(bundle, live, shadow, func.count().label("n")).group_by(EVALUATIONS.c[name], SHADOWS.c[name])
    for row in ledger.rows(counted):
        found.setdefault(row["live"] or _UNASSESSED, {})[row["shadow"] or _UNASSESSED] = row["n"]
    return found


def _same(matrix: Mapping[str, Mapping[str, int]]) -> int:
    return sum(row.get(name, 0) for name, row in matrix.items())


def _rank(level: ColumnElement[Any]) -> ColumnElement[int]:
    return case({"low": 1, "medium": 2, "high": 3}, value=level, else_=0)


def _disagreements(ledger: Rows, bundle: str, differs: ColumnElement[bool]) -> list[Disagreement]:
    live, shadow = EVALUATIONS.c, SHADOWS.c
    columns = (
        live.evaluation_id, live.level.label("live_level"), live.risk_score.label("live_score"),
        shadow.level.label("shadow_level"), shadow.risk_score.label("shadow_score"),
    )  # fmt: skip
    told = _pairs(bundle, *columns).where(differs).order_by(shadow.evaluation_seq.desc()).limit(_SHOWN)
    return [Disagreement(**row) for row in ledger.rows(told)]


def _heads(ledger: Rows, bundle: str) -> dict[str, HeadOut]:
    judged: dict[int, list[labels.Judgement]] = {}
    for one in labels.judgements(ledger):
        judged.setdefault(one.evaluation_seq, []).append(one)
    scored = list(_judged(ledger, bundle, sorted(judged)))
    out = {}
    for head in HEADS:
        truths = [(truth, row) for row in scored if (truth := _truth(judged[row["seq"]], head)) is not Label.UNKNOWN]
        guilty = sum(truth is Label.GUILTY for truth, _ in truths)
        sides = (_rates([(truth, _flagged(row[side], head)) for truth, row in truths]) for side in ("live", "shadow"))
        out[head] = HeadOut(guilty, len(truths) - guilty, *sides)
    return out


def _judged(ledger: Rows, bundle: str, seqs: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """What both said about evaluations that people judged."""
    seq = EVALUATIONS.c.seq
    told = _pairs(bundle, seq, EVALUATIONS.c.heads.label("live"), SHADOWS.c.heads.label("shadow"))
    for first in range(0, len(seqs), _CHUNK):
        for row in ledger.rows(told.where(SHADOWS.c.evaluation_seq.in_(seqs[first : first + _CHUNK]))):
            yield {"seq": row["seq"]} | {side: orjson.loads(row[side]) for side in ("live", "shadow")}


def _truth(judgements: Sequence[labels.Judgement], head: str) -> Label:
    """What people say in sum: guilty when anyone does."""
    return max((verdict(one.outcome, one.reason, head) for one in judgements), default=Label.UNKNOWN)


def _flagged(heads: Mapping[str, Mapping[str, Any]], head: str) -> bool:
    return head in heads and heads[head]["level"] != "low"


def _rates(told: Sequence[tuple[Label, bool]]) -> Rates:
    counts = Counter(told)
    caught, false_alarms = counts[Label.GUILTY, True], counts[Label.HONEST, True]
    missed = counts[Label.GUILTY, False]
    return Rates(caught, missed, false_alarms, _share(caught, caught + false_alarms), _share(caught, caught + missed))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rounded(value: Any) -> float | None:  # noqa: ANN401 - float of SQLite, Decimal of PostgreSQL
    return None if value is None else round(float(value), 2)
