"""Figures of quality: what people said to what was answered, and what was answered lately; of at most SEEN rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import orjson
from sqlalchemy import select

from features.evasion import EVASIVE
from features.normalize import Folder
from service.clock import CHINA
from service.ledger.labels import STANDING
from service.ledger.ledger import Rows
from service.ledger.tables import EVALUATIONS, LABELS, RECORDS, Row
from training.interval import wilson

SEEN = 5000
"""Evaluations and labels looked at, the newest: a page must not read a ledger of millions."""
_FOLDED = 1500
"""Titles folded to count evasion."""
_STEPS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
"""Where promised probabilities are cut."""
_GUILTY = {"confirmed": True, "missed": True, "false_alarm": False, "appeal_reversed": False}
_LEVELS = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of `count`, with its 95 % interval (Wilson); listings of one seller count as independent."""

    count: int
    hits: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page of quality shows."""

    evaluations: int  # looked at
    labels: int  # in force, looked at
    precision: Mapping[str, Rate]  # level -> share of judged listings that were guilty
    missed: int
    calibration: Sequence[tuple[float, Rate]]  # mean promised probability, observed share
    days: Sequence[str]
    levels: Mapping[str, Sequence[int]]  # level -> by day
    scores: Sequence[int]  # by tens
    evasion: Mapping[str, Sequence[float]]  # transform -> percent of titles, by day


def figures(ledger: Rows, folder: Folder) -> Figures:
    """Read and count."""
    said = _judged(ledger)
    rows = _newest(ledger)
    days = sorted({_day(row["at"]) for row in rows})[-30:]
    mix = Counter((row["level"] or "none", _day(row["at"])) for row in rows)
    tens = Counter(min(row["risk_score"] // 10, 9) for row in rows if row["risk_score"] is not None)
    return Figures(
        evaluations=len(rows),
        labels=len(said),
        precision={level: rate for level in _LEVELS if (rate := _rate(_answers(said, level)))},
        missed=sum(row["verdict"] == "missed" for row in said),
        calibration=_calibration(said),
        days=days,
        levels={level: [mix[level, day] for day in days] for level in (*_LEVELS, "none")},
        scores=[tens[ten] for ten in range(10)],
        evasion=_evasion(rows[:_FOLDED], folder, days),
    )


def _judged(ledger: Rows) -> list[Row]:
    """The newest label in force of each evaluation, with what was answered."""
    table = EVALUATIONS.c
    told = select(LABELS.c.verdict, LABELS.c.evaluation_seq, LABELS.c.reason, table.level, table.heads)
    told = told.join(EVALUATIONS, table.seq == LABELS.c.evaluation_seq).where(STANDING)
    found: dict[int, Row] = {}
    for row in ledger.rows(told.order_by(LABELS.c.seq.desc()).limit(SEEN)):
        found.setdefault(row["evaluation_seq"], row)
    return list(found.values())


def _newest(ledger: Rows) -> Sequence[Row]:
    table = EVALUATIONS.c
    told = select(table.level, table.risk_score, table.snapshot, RECORDS.c.at)
    told = told.join(RECORDS, RECORDS.c.seq == table.seq).order_by(table.seq.desc())
    return ledger.rows(told.limit(SEEN))


def _answers(said: Sequence[Row], level: str) -> list[bool]:
    return [_GUILTY[row["verdict"]] for row in said if row["level"] == level]


def _calibration(said: Sequence[Row]) -> list[tuple[float, Rate]]:
    """Promised against observed, by the riskiest head: what people called guilty of anything."""
    pairs = []
    for row in said:
        heads = orjson.loads(row["heads"])
        if heads:
            pairs.append((max(head["p"] for head in heads.values()), _GUILTY[row["verdict"]]))
    found = []
    for low, high in pairwise(_STEPS):
        inside = [(p, hit) for p, hit in pairs if low <= p < high or p == high == 1.0]
        if rate := _rate([hit for _, hit in inside]):
            found.append((sum(p for p, _ in inside) / len(inside), rate))
    return found


def _rate(hits: Sequence[bool]) -> Rate | None:
    if not hits:
        return None
    value = sum(hits) / len(hits)
    return Rate(len(hits), sum(hits), value, *wilson(value, len(hits)))


def _evasion(rows: Sequence[Row], folder: Folder, days: Sequence[str]) -> dict[str, list[float]]:
    """The five commonest evasive transforms, in percent of each day's titles."""
    met: Counter[tuple[str, str]] = Counter()
    titles: Counter[str] = Counter()
    for row in rows:
        if row["snapshot"]:
            day = _day(row["at"])
            titles[day] += 1
            marks = getattr(folder.fold(orjson.loads(row["snapshot"])["title"]), "marks", {})
            met.update((name, day) for name in {name for names in marks.values() for name in names} & EVASIVE)
    total: Counter[str] = Counter()
    for (name, _), n in met.items():
        total[name] += n
    return {
        name: [round(100 * met[name, day] / titles[day], 1) if titles[day] else 0.0 for day in days]
        for name, _ in total.most_common(5)
    }


def _day(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(CHINA).date().isoformat()
