"""Golden cases: what an admin knows the verdict of, shown among the others to see how well reviewers judge.

Each reviewer gets each of them once, under an id of its own. What they say is recorded and makes no label.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import orjson
from sqlalchemy import select

from features.errors import ZhenweiError
from service.ledger.ledger import Page, Rows
from service.ledger.tables import CASES, EVALUATIONS, QUEUE, RECORDS, Row

Known = Literal["confirmed", "false_alarm"]
_CHOICE = 50
"""Golden cases of which one is drawn, the newest that a reviewer has not seen."""


class GoldenRefused(ZhenweiError):
    """A case that cannot become golden, or is none."""


@dataclass(frozen=True, slots=True)
class Golden:
    """A case with a known verdict."""

    golden_id: str
    verdict: Known
    reason: str | None
    who: str
    added_at: str
    evaluation_seq: int
    title: str
    answers: int  # times a reviewer decided it
    said: dict[str, int]  # verdict -> reviewers who stand by it


@dataclass(frozen=True, slots=True)
class Wanted:
    """A case that shall be golden: the one with this id, whether open or closed."""

    case_id: str
    verdict: Known
    who: str
    reason: str = ""
    key_id: str | None = None


def add(page: Page, wanted: Wanted) -> bool:
    """Let a case be golden; False when it is already, with this verdict. Raises GoldenRefused."""
    found = page.rows(select(QUEUE).where(QUEUE.c.case_id == wanted.case_id))
    if not found or found[0]["golden"]:
        raise GoldenRefused("There is no such case; what it was about may have been erased.")
    if (standing := _standing(page).get(wanted.case_id)) is not None:
        if standing["verdict"] != wanted.verdict:
            raise GoldenRefused("This case is golden with another verdict; retire it first.")
        return False
    facts = {"who": wanted.who, "key_id": wanted.key_id, "verdict": wanted.verdict, "reason": wanted.reason or None}
    about = {"case_id": wanted.case_id, "golden": wanted.case_id, "evaluation_seq": found[0]["evaluation_seq"]}
    page.add("case", {"event": "golden"} | about | facts)
    page.derive(QUEUE.update().where(QUEUE.c.case_id == wanted.case_id).values(state="closed", holder=None, until=None))
    return True


def retire(page: Page, golden_id: str, who: str, key_id: str | None) -> bool:
    """Show a golden case no longer; False when it is none now."""
    if golden_id not in _standing(page):
        return False
    page.add("case", {"event": "retire", "case_id": golden_id, "golden": golden_id, "who": who, "key_id": key_id})
    return True


def standing(ledger: Rows) -> list[Golden]:
    """Every golden case, oldest first."""
    rows = _standing(ledger)
    steps = select(CASES.c.golden, CASES.c.case_id, CASES.c.event, CASES.c.verdict).order_by(CASES.c.seq)
    answers: Counter[str] = Counter()
    said: dict[str, dict[str, str]] = {name: {} for name in rows}  # golden case -> as it was shown -> verdict
    for row in ledger.rows(steps.where(CASES.c.event.in_(("decide", "undo")), CASES.c.golden.in_(rows))):
        if row["event"] == "decide":
            answers[row["golden"]] += 1
            said[row["golden"]][row["case_id"]] = row["verdict"]
        else:
            said[row["golden"]].pop(row["case_id"], None)
    return [
        Golden(
            golden_id=name,
            verdict=row["verdict"],
            reason=row["reason"],
            who=row["who"],
            added_at=row["at"],
            evaluation_seq=row["evaluation_seq"],
            title=str(orjson.loads(row["snapshot"])["title"]),
            answers=answers[name],
            said=dict(Counter(said[name].values())),
        )
        for name, row in rows.items()
    ]


def known(ledger: Rows, case_id: str) -> Known | None:
    """The verdict that is known of a case; None: it is not golden."""
    found = _standing(ledger).get(case_id)
    return found["verdict"] if found else None


def show(page: Page, who: str) -> str | None:
    """Put a golden case this reviewer has not decided into the queue, for them alone; return the id it has there."""
    held = page.rows(select(QUEUE).where(QUEUE.c.holder == who))  # a few; more conditions find a slower index
    if lapsed := [row["case_id"] for row in held if row["golden"] and row["state"] == "open"]:
        return str(lapsed[0])
    decided = select(CASES.c.golden).where(CASES.c.who == who, CASES.c.event == "decide", CASES.c.golden.is_not(None))
    seen = {row["golden"] for row in page.rows(decided)}
    left = [name for name in _standing(page) if name not in seen][-_CHOICE:]
    rows = page.rows(select(QUEUE).where(QUEUE.c.case_id.in_(left)))
    if not rows:
        return None
    chosen = secrets.choice(rows)
    name = secrets.token_hex(8)
    page.derive(
        QUEUE.insert(),
        [dict(chosen) | {"case_id": name, "state": "open", "golden": chosen["case_id"], "holder": who, "unsure": 0}],
    )
    return name


def _standing(ledger: Rows) -> dict[str, Row]:
    """The record that made each case golden that still is, by its id; what was erased is left out."""
    told = select(CASES, RECORDS.c.at, EVALUATIONS.c.snapshot).join(RECORDS, RECORDS.c.seq == CASES.c.seq)
    told = told.outerjoin(EVALUATIONS, EVALUATIONS.c.seq == CASES.c.evaluation_seq)
    found: dict[str, Row] = {}
    made = CASES.c.golden.is_not(None), CASES.c.event.in_(("golden", "retire"))
    events: Sequence[Row] = ledger.rows(told.where(*made).order_by(CASES.c.seq))
    for row in events:
        if row["event"] == "retire":
            found.pop(row["case_id"], None)
        elif row["snapshot"] is not None:
            found[row["case_id"]] = row
    return found
