"""Cases: what reviewers do with the queue. Every step is a record; every verdict is a label.

Nobody gets a case that another holds: steps are taken one page at a time, and a page is written beside no other.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from features.errors import ZhenweiError
from service.ledger import golden, labels
from service.ledger.groups import near_rows
from service.ledger.labels import SOURCE, Label, Receipt
from service.ledger.ledger import Page, Rows, stamp
from service.ledger.queue import content_of
from service.ledger.tables import CASES, EVALUATIONS, QUEUE, Row

Verdict = Literal["confirmed", "false_alarm", "unsure"]
"""unsure makes no label: the case stays open, for another reviewer."""
LEASE = timedelta(minutes=10)
"""How long a claim holds, so that a reviewer who goes home keeps nothing from the others."""


class CaseUnknown(ZhenweiError):
    """No case has this id."""


class CaseRefused(ZhenweiError):
    """Somebody else holds or decided the case, or it is no longer what the reviewer saw."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who takes a step, and with which access key."""

    who: str
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """The best case for a reviewer; `after` gives one back and asks for what comes behind it."""

    reviewer: Reviewer
    after: str | None = None
    golden: bool = False  # whether a case with a known verdict may be given, if there is one not seen yet


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says of a case, and of those like it."""

    case_id: str
    reviewer: Reviewer
    verdict: Verdict
    reason: str = ""
    note: str | None = None
    evaluation_id: str | None = None  # the evaluation that was looked at; None: the newest
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A case of a group that was not decided with it."""

    case_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step. `act` names what was decided together."""

    case_id: str
    status: Literal["new", "duplicate"]
    act: str | None = None
    cases: int = 1  # how many it met
    left: tuple[Left, ...] = ()


def next_case(page: Page, wish: Wish) -> str | None:
    """Claim the best case for a reviewer; the one they hold already comes first. None when nothing waits.

    Raises CaseUnknown for an `after` there is not.
    """
    by = wish.reviewer
    behind = None
    if wish.after is not None:
        behind = case(page, wish.after)
        release(page, wish.after, by)
    else:
        held = page.rows(select(QUEUE).where(QUEUE.c.holder == by.who))  # a few; more conditions find a slower index
        mine = [row for row in held if row["state"] == "open" and row["until"] >= page.at]
        if mine:
            first = min(mine, key=lambda row: (row["rank"], row["case_id"]))
            fresh = first["until"] >= _in(page, LEASE / 2)
            return str(first["case_id"]) if fresh else _claim(page, first, by)
    if wish.golden and (shown := golden.show(page, by.who)):
        return _claim(page, case(page, shown), by)
    waiting = _waiting(page, by.who).limit(1)
    found = page.rows(waiting.where(_behind(behind))) if behind is not None else []
    found = found or page.rows(waiting)  # behind the last comes the first
    return _claim(page, found[0], by) if found else None


def claim(page: Page, case_id: str, by: Reviewer) -> Done:
    """Hold a case for LEASE from now; holding it again makes the lease longer. Raises CaseUnknown, CaseRefused."""
    row = _open(page, case_id)
    _refuse_held(page, row, by.who)
    _claim(page, row, by)
    return Done(case_id, "new" if row["holder"] != by.who else "duplicate")


def release(page: Page, case_id: str, by: Reviewer) -> Done:
    """Give a case back; nothing happens when the reviewer does not hold it. Raises CaseUnknown."""
    row = case(page, case_id)
    if row["state"] != "open" or row["holder"] != by.who:
        return Done(case_id, "duplicate")
    _add(page, "release", row, by)
    if row["golden"]:
        page.derive(QUEUE.delete().where(QUEUE.c.case_id == case_id))
    else:
        _set(page, case_id, holder=None, until=None)
    return Done(case_id, "new")


def decide(page: Page, told: Decision) -> Done:
    """Close a case by a verdict, and those of `also` that are like it and nobody else holds.

    Raises CaseUnknown and CaseRefused for the first one; of the others, those that cannot be decided are told.
    """
    lead = case(page, told.case_id)
    if (before := _same_decision(page, lead, told)) is not None:
        return Done(told.case_id, "duplicate", before, len(_of_act(page, before, "decide")))
    act = secrets.token_hex(8)
    _decide(page, lead, told, act, told.evaluation_id)
    near = {row["case_id"] for row in near_rows(page, lead)} if told.also else set()
    left = []
    for name in dict.fromkeys(told.also):
        if name not in near:
            left += [Left(name, "It is not waiting, or not like the first one.")] if name != told.case_id else []
            continue
        try:
            _decide(page, case(page, name), told, act, None)
        except CaseRefused as error:
            left.append(Left(name, str(error)))
    return Done(told.case_id, "new", act, len(_of_act(page, act, "decide")), tuple(left))


def undo(page: Page, case_id: str, by: Reviewer) -> Done:
    """Take back what a reviewer decided last about a case, with all that was decided together; they hold it again.

    Raises CaseUnknown, and CaseRefused when another decided, or a listing has come into the queue anew since.
    """
    case(page, case_id)
    acts = page.rows(_events(case_id).where(CASES.c.event.in_(("decide", "undo"))).limit(1))
    if not acts or acts[0]["who"] != by.who:
        raise CaseRefused("Only the reviewer who decided a case last can take it back.")
    if acts[0]["event"] == "undo":
        return Done(case_id, "duplicate", acts[0]["act"], len(_of_act(page, acts[0]["act"], "undo")))
    act = str(acts[0]["act"])
    decided = [one for one in _of_act(page, act, "decide") if _last_act(page, one["case_id"]) == act]
    for one in decided:
        _refuse_newer(page, case(page, one["case_id"]))
    for one in decided:
        _take_back(page, one, by, lead=one["case_id"] == case_id)
    return Done(case_id, "new", act, len(decided))


def case(ledger: Rows, case_id: str) -> Row:
    """A row of the queue. Raises CaseUnknown."""
    if not (found := ledger.rows(select(QUEUE).where(QUEUE.c.case_id == case_id))):
        raise CaseUnknown("There is no such case; what it was about may have been erased.")
    return found[0]


def free(now: str, who: str) -> ColumnElement[bool]:
    """Whether a case may be claimed: nobody else holds it now."""
    return or_(QUEUE.c.holder.is_(None), QUEUE.c.until < now, QUEUE.c.holder == who)


def _waiting(page: Page, who: str) -> Select[Any]:
    """What a reviewer may be given, the first first: open, held by nobody else, not what they were unsure of."""
    undone = CASES.alias("undone")
    doubted = select(CASES.c.seq).where(
        CASES.c.who == who,
        CASES.c.event == "decide",
        CASES.c.verdict == "unsure",
        CASES.c.case_id == QUEUE.c.case_id,
        ~select(undone.c.seq).where(undone.c.act == CASES.c.act, undone.c.event == "undo").correlate(CASES).exists(),
    )
    told = select(QUEUE).where(QUEUE.c.state == "open", QUEUE.c.golden.is_(None), free(page.at, who))
    told = told.where(or_(QUEUE.c.unsure == 0, ~doubted.correlate(QUEUE).exists()))
    return told.order_by(QUEUE.c.rank, QUEUE.c.case_id)


def _behind(row: Row) -> ColumnElement[bool]:
    return tuple_(QUEUE.c.rank, QUEUE.c.case_id) > tuple_(row["rank"], row["case_id"])


def _claim(page: Page, row: Row, by: Reviewer) -> str:
    until = _in(page, LEASE)
    _add(page, "claim", row, by, until=until)
    _set(page, row["case_id"], holder=by.who, until=until)
    return str(row["case_id"])


def _decide(page: Page, row: Row, told: Decision, act: str, evaluation_id: str | None) -> None:
    by = told.reviewer
    if row["state"] != "open":
        raise CaseRefused("This case was decided meanwhile.")
    _refuse_held(page, row, by.who)
    judged = _judged(page, row, evaluation_id)
    label = None
    if told.verdict != "unsure" and not row["golden"]:
        label = _label(page, row, judged, told)
    facts = {"act": act, "verdict": told.verdict, "label_id": label, "reason": told.reason or None, "note": told.note}
    _add(page, "decide", {**row, "evaluation_seq": judged["seq"]}, by, **facts)
    if told.verdict == "unsure" and not row["golden"]:
        _set(page, row["case_id"], holder=None, until=None, unsure=row["unsure"] + 1)
    else:
        _set(page, row["case_id"], holder=None, until=None, state="closed")


def _judged(page: Page, row: Row, evaluation_id: str | None) -> Row:
    """The evaluation a reviewer looked at. Raises CaseRefused when what they judged has changed since."""
    table = EVALUATIONS.c
    columns = select(table.seq, table.evaluation_id, table.action, table.snapshot)
    newest = page.rows(columns.where(table.seq == row["evaluation_seq"]))[0]
    if evaluation_id in {None, newest["evaluation_id"]}:
        return newest
    of_listing = and_(table.listing_id == row["listing_id"], table.platform.is_not_distinct_from(row["platform"]))
    seen = columns.where(table.evaluation_id == evaluation_id, of_listing).order_by(table.seq.desc()).limit(1)
    if not (found := page.rows(seen)):
        raise CaseRefused("The evaluation is of another listing.")
    if not found[0]["snapshot"] or content_of(orjson.loads(found[0]["snapshot"])) != row["content"]:
        raise CaseRefused("The listing has changed since it was looked at; look again, then decide.")
    return found[0]


def _label(page: Page, row: Row, judged: Row, told: Decision) -> str:
    passed = told.verdict == "confirmed" and judged["action"] == "pass"
    verdict: labels.Verdict = "missed" if passed else "confirmed" if told.verdict == "confirmed" else "false_alarm"
    label = Label(
        verdict,
        told.reason,
        judged["evaluation_id"],
        row["listing_id"],
        row["platform"],
        source=SOURCE,
        analyst=told.reviewer.who,
        note=told.note,
        key_id=told.reviewer.key_id,
    )
    receipt = labels.record(page, [label])[0]
    if not isinstance(receipt, Receipt):
        raise CaseRefused(str(receipt)) from receipt
    return receipt.label_id


def _last_act(page: Page, case_id: str) -> str | None:
    """Act of what was decided or undone last."""
    last = page.rows(_events(case_id).where(CASES.c.event.in_(("decide", "undo"))).limit(1))
    return str(last[0]["act"]) if last else None


def _refuse_newer(page: Page, row: Row) -> None:
    newer = select(QUEUE.c.case_id).where(_same_listing(row), QUEUE.c.state == "open", QUEUE.c.golden.is_(None))
    if row["golden"] is None and row["state"] == "closed" and page.rows(newer.limit(1)):
        raise CaseRefused("This listing has changed and waits for review anew; decide that case instead.")


def _take_back(page: Page, decided: Row, by: Reviewer, *, lead: bool) -> None:
    """Undo one decision. The first of a group goes back to its reviewer, the others to the queue."""
    row = case(page, decided["case_id"])
    if decided["label_id"]:
        labels.withdraw(page, decided["label_id"], analyst=by.who, key_id=by.key_id)
    _add(page, "undo", row, by, act=decided["act"], verdict=decided["verdict"])
    doubts = row["unsure"] - (decided["verdict"] == "unsure" and not row["golden"])
    _set(page, row["case_id"], state="open", unsure=doubts)
    if lead or row["golden"]:
        _set(page, row["case_id"], holder=by.who, until=_in(page, LEASE))


def _same_decision(page: Page, row: Row, told: Decision) -> str | None:
    """Act of the decision that said this already, when it is the last thing that was said."""
    last = page.rows(_events(row["case_id"]).where(CASES.c.event.in_(("decide", "undo"))).limit(1))
    if not last or last[0]["event"] == "undo" or row["holder"] is not None:
        return None
    said = {name: last[0][name] for name in ("who", "verdict", "reason")}
    same = said == {"who": told.reviewer.who, "verdict": told.verdict, "reason": told.reason or None}
    return str(last[0]["act"]) if same else None


def _open(page: Page, case_id: str) -> Row:
    row = case(page, case_id)
    if row["state"] != "open":
        raise CaseRefused("This case was decided meanwhile.")
    return row


def _refuse_held(page: Page, row: Row, who: str) -> None:
    if row["holder"] not in {None, who} and (row["golden"] or row["until"] >= page.at):
        raise CaseRefused("Another reviewer holds this case; take the next one.")


def _same_listing(row: Row) -> ColumnElement[bool]:
    return and_(QUEUE.c.listing_id == row["listing_id"], QUEUE.c.platform.is_not_distinct_from(row["platform"]))


def _events(case_id: str) -> Select[Any]:
    return select(CASES).where(CASES.c.case_id == case_id).order_by(CASES.c.seq.desc())


def _of_act(page: Page, act: str, event: str) -> Sequence[Row]:
    return page.rows(select(CASES).where(CASES.c.act == act, CASES.c.event == event).order_by(CASES.c.seq))


def _in(page: Page, time: timedelta) -> str:
    return stamp(datetime.fromisoformat(page.at) + time)


def _add(page: Page, event: str, row: Row, by: Reviewer, **facts: str | None) -> None:
    about = {name: row[name] for name in ("case_id", "golden", "evaluation_seq")}
    page.add("case", about | {"event": event, "who": by.who, "key_id": by.key_id} | facts)


def _set(page: Page, case_id: str, **values: object) -> None:
    page.derive(QUEUE.update().where(QUEUE.c.case_id == case_id).values(**values))
