"""Reviewers: how much each decided, and how often they said what is known of golden cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from sqlalchemy import func, select

from service.ledger import golden
from service.ledger.ledger import Rows
from service.ledger.tables import CASES, RECORDS, Row
from training.interval import wilson


@dataclass(frozen=True, slots=True)
class Agreement:
    """Golden cases a reviewer decided, and the share they got right with its 95 % interval (Wilson)."""

    decided: int
    agreed: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ReviewerOut:
    """One reviewer. What was taken back is counted there only."""

    who: str
    decided: int
    verdicts: dict[str, int]  # golden cases included
    undone: int
    seconds: float | None  # median from claim to decision
    golden: Agreement | None  # None: none decided; what they were unsure of says nothing


@dataclass(slots=True)
class _Tally:
    verdicts: dict[str, int] = field(default_factory=dict)
    undone: int = 0
    seconds: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)


def reviewers(ledger: Rows, since: str = "") -> list[ReviewerOut]:
    """Everybody who decided a case since then (as service.ledger.ledger.stamp writes it), the busiest first."""
    told = select(CASES, RECORDS.c.at).join(RECORDS, RECORDS.c.seq == CASES.c.seq).where(RECORDS.c.at >= since)
    rows = ledger.rows(told.where(CASES.c.event.in_(("claim", "decide", "undo"))).order_by(CASES.c.seq))
    known = {one.golden_id: one.verdict for one in golden.standing(ledger)}
    found = [_reviewer(who, one) for who, one in _tallies(rows, known).items()]
    return sorted(found, key=lambda one: (-one.decided, one.who))


def decided(ledger: Rows, since: str) -> Mapping[str, int]:
    """How many cases each reviewer decided since then, without what was taken back."""
    told = select(CASES.c.who, CASES.c.event, func.count().label("n")).join(RECORDS, RECORDS.c.seq == CASES.c.seq)
    told = told.where(RECORDS.c.at >= since, CASES.c.event.in_(("decide", "undo"))).group_by(CASES.c.who, CASES.c.event)
    found: dict[str, int] = {}
    for row in ledger.rows(told):
        found[row["who"]] = found.get(row["who"], 0) + (row["n"] if row["event"] == "decide" else -row["n"])
    return {who: max(n, 0) for who, n in found.items()}


def _tallies(rows: Iterable[Row], known: Mapping[str, str]) -> Mapping[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    claimed: dict[tuple[str, str], str] = {}
    standing: dict[tuple[str, str], tuple[Row, float | None]] = {}
    for row in rows:
        mine = row["who"], row["case_id"]
        if row["event"] == "claim":
            claimed.setdefault(mine, row["at"])
        elif row["event"] == "decide":
            begun = claimed.pop(mine, None)
            standing[mine] = row, _seconds(begun, row["at"]) if begun else None
        elif standing.pop(mine, None):
            tallies[row["who"]].undone += 1
    for (who, _), (row, seconds) in standing.items():
        tally = tallies[who]
        tally.verdicts[row["verdict"]] = tally.verdicts.get(row["verdict"], 0) + 1
        if seconds is not None:
            tally.seconds.append(seconds)
        if row["golden"] in known and row["verdict"] != "unsure":
            tally.right.append(row["verdict"] == known[row["golden"]])
    return tallies


def _reviewer(who: str, tally: _Tally) -> ReviewerOut:
    agreement = None
    if count := len(tally.right):
        share = sum(tally.right) / count
        low, high = wilson(share, count)
        agreement = Agreement(count, sum(tally.right), round(share, 4), round(low, 4), round(high, 4))
    seconds = round(median(tally.seconds), 1) if tally.seconds else None
    return ReviewerOut(who, sum(tally.verdicts.values()), tally.verdicts, tally.undone, seconds, agreement)


def _seconds(begun: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
