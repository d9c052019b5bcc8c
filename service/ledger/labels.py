"""Labels: what people found out about a listing that was answered. They are what the next bundle learns from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import and_, func, select

from features.errors import ZhenweiError
from features.intake import read_listing
from service.ledger.ledger import Page, Rows
from service.ledger.tables import EVALUATIONS, LABELS, RECORDS
from training.takedowns import Outcome, Takedown

Verdict = Literal["confirmed", "missed", "false_alarm", "appeal_reversed"]
"""confirmed: flagged, and rightly; missed 漏杀: passed, and wrongly; false_alarm 误杀: flagged, and wrongly;
appeal_reversed: taken down, then restored on appeal."""
_OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {"confirmed": "confirmed", "missed": "confirmed", "false_alarm": "rejected", "appeal_reversed": "appeal_reversed"}
)
WITHDRAWN = "withdrawn"
"""Verdict of a label that takes another back: the other is then as if it had not been told."""
SOURCE = "review queue"
"""Source of the labels that cases make."""
_LATER = LABELS.alias("later")
STANDING = and_(
    LABELS.c.verdict != WITHDRAWN,
    ~select(_LATER.c.seq).where(_LATER.c.withdraws == LABELS.c.label_id).correlate(LABELS).exists(),
)
"""Of labels, those that nobody took back."""
_CONTENT = ("evaluation_id", "verdict", "reason", "source", "analyst", "decided_at", "note")
_CHUNK = 500


class LabelRefused(ZhenweiError):
    """A label says something the ledger contradicts."""


class NothingJudged(ZhenweiError):
    """A label is about something that was never answered."""


@dataclass(frozen=True, slots=True)
class Label:
    """One judgement, about an evaluation, or about the newest one of a listing."""

    verdict: Verdict
    reason: str  # words of models/heads.toml, joined by +; "" when there is none
    evaluation_id: str | None = None
    listing_id: str | None = None
    platform: str | None = None  # needed only where several platforms use the same listing id
    label_id: str | None = None  # chosen by the sender: the same id is the same label, however often it is sent
    source: str | None = None
    analyst: str | None = None
    decided_at: str | None = None  # as service.ledger.ledger.stamp writes it
    note: str | None = None
    key_id: str | None = None  # of the access key that sent it


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a label. `replaces` is the label of its listing and reason that was in force until now."""

    label_id: str
    label_status: Literal["new", "duplicate"]
    evaluation_id: str
    listing_id: str | None  # None when it was erased
    replaces: str | None


def record(page: Page, labels: Sequence[Label]) -> list[Receipt | ZhenweiError]:
    """Append labels that are not in force already. One that is refused says why, and spoils no other."""
    told: list[Receipt | ZhenweiError] = []
    for label in labels:
        try:
            told.append(_record(page, label))
        except (LabelRefused, NothingJudged) as error:
            told.append(error)
    return told


def withdraw(page: Page, label_id: str, *, analyst: str, key_id: str | None) -> None:
    """Take a label back; what was in force before it is in force again. Raises NothingJudged."""
    found = page.rows(select(LABELS).where(LABELS.c.label_id == label_id, STANDING))
    if not found:
        raise NothingJudged(f"{label_id}: no such label is in force.")
    told = {"label_id": uuid4().hex, "verdict": WITHDRAWN, "withdraws": label_id, "analyst": analyst, "key_id": key_id}
    same = ("evaluation_seq", "evaluation_id", "listing_id", "platform", "reason", "source")
    page.add("label", {name: found[0][name] for name in same} | told)


def _record(page: Page, label: Label) -> Receipt:
    judged = _judged(page, label)
    row = {
        "evaluation_seq": judged["seq"],
        "evaluation_id": judged["evaluation_id"],
        "listing_id": judged["listing_id"],
        "platform": judged["platform"],
        "verdict": label.verdict,
        "reason": label.reason or None,
        "source": label.source,
        "analyst": label.analyst,
        "decided_at": label.decided_at,
        "note": label.note,
        "key_id": label.key_id,
    }
    of_listing = _of_listing(page, judged)
    if (before := _same(page, label, row, of_listing)) is not None:
        return Receipt(before, "duplicate", row["evaluation_id"], row["listing_id"], None)
    name = label.label_id or uuid4().hex
    page.add("label", row | {"label_id": name})
    replaced = [one["label_id"] for one in of_listing if not label.reason or one["reason"] in {None, row["reason"]}]
    return Receipt(name, "new", row["evaluation_id"], row["listing_id"], replaced[0] if replaced else None)


def _judged(page: Page, label: Label) -> Mapping[str, Any]:
    """The evaluation that a label is about: the newest with its id, or the newest of its listing."""
    table = EVALUATIONS.c
    columns = select(table.seq, table.evaluation_id, table.listing_id, table.platform).order_by(table.seq.desc())
    if label.evaluation_id is not None:
        columns = columns.where(table.evaluation_id == label.evaluation_id)
    if label.listing_id is not None:
        columns = columns.where(table.listing_id == label.listing_id)
    if label.platform is not None:
        columns = columns.where(table.platform == label.platform)
    found = page.rows(columns.limit(1))
    if not found:
        raise NothingJudged("Nothing like this was answered; score the listing first, or correct the id.")
    others = columns.where(table.platform.is_distinct_from(found[0]["platform"])).limit(1)
    if label.evaluation_id is None and label.platform is None and page.rows(others):
        raise LabelRefused("Several platforms use this listing_id; say which with /platform, or send /evaluation_id.")
    return found[0]


def _of_listing(page: Page, judged: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Labels of the same listing that nobody took back, newest first."""
    table = LABELS.c
    same = select(LABELS).where(STANDING).order_by(table.seq.desc())
    if judged["listing_id"] is None:
        return page.rows(same.where(table.evaluation_seq == judged["seq"]))
    same = same.where(table.listing_id == judged["listing_id"])
    return page.rows(same.where(table.platform.is_not_distinct_from(judged["platform"])))


def _same(page: Page, label: Label, row: Mapping[str, Any], of_listing: Sequence[Mapping[str, Any]]) -> str | None:
    """Id of the label that says the same already. Raises LabelRefused when its id was used for something else."""
    if label.label_id is not None:
        named = page.rows(select(LABELS).where(LABELS.c.label_id == label.label_id))
        if named and any(named[0][name] != row[name] for name in _CONTENT):
            raise LabelRefused(f"The label {label.label_id} was sent before and says something else; choose a new id.")
        return label.label_id if named else None
    speaker = [one for one in of_listing if (one["source"], one["analyst"]) == (row["source"], row["analyst"])]
    said = bool(speaker) and all(speaker[0][name] == row[name] for name in _CONTENT)
    return str(speaker[0]["label_id"]) if said else None


def takedowns(ledger: Rows) -> Iterator[Takedown]:
    """The labels in force, as takedowns of the listings as they were answered; what was erased is left out.

    Of a listing, the newest label for a reason is in force; one without a reason replaces all before it.
    """
    seqs = sorted(_in_force(ledger))
    table = EVALUATIONS.c
    told = select(LABELS, RECORDS.c.at, table.snapshot).join(RECORDS, RECORDS.c.seq == LABELS.c.seq)
    told = told.join(EVALUATIONS, table.seq == LABELS.c.evaluation_seq).where(table.snapshot.is_not(None))
    told = told.order_by(LABELS.c.seq)
    for first in range(0, len(seqs), _CHUNK):
        for row in ledger.rows(told.where(LABELS.c.seq.in_(seqs[first : first + _CHUNK]))):
            yield Takedown(
                read_listing(row["snapshot"]),
                _OUTCOMES[row["verdict"]],
                row["reason"] or "",
                datetime.fromisoformat(row["decided_at"] or row["at"]),
                row["analyst"],
                row["source"],
            )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a label in force says, about which record."""

    evaluation_seq: int
    outcome: Outcome
    reason: str


def judgements(ledger: Rows) -> Iterator[Judgement]:
    """The labels in force, without the listings."""
    seqs = sorted(_in_force(ledger))
    told = select(LABELS.c.evaluation_seq, LABELS.c.verdict, LABELS.c.reason).order_by(LABELS.c.seq)
    for first in range(0, len(seqs), _CHUNK):
        for row in ledger.rows(told.where(LABELS.c.seq.in_(seqs[first : first + _CHUNK]))):
            yield Judgement(row["evaluation_seq"], _OUTCOMES[row["verdict"]], row["reason"] or "")


def count(ledger: Rows) -> int:
    """How many labels were ever recorded."""
    return int(ledger.rows(select(func.count().label("n")).select_from(LABELS))[0]["n"])


def _in_force(ledger: Rows) -> Iterator[int]:
    table = LABELS.c
    when = func.coalesce(table.decided_at, RECORDS.c.at)
    told = select(table.seq, table.listing_id, table.platform, table.reason).join(RECORDS)
    told = told.where(table.listing_id.is_not(None), STANDING).order_by(when, table.seq)
    listings: dict[tuple[str, str | None], dict[str | None, int]] = {}
    for row in ledger.rows(told):
        reasons = listings.setdefault((row["listing_id"], row["platform"]), {})
        if row["reason"] is None:
            reasons.clear()
        reasons[row["reason"]] = row["seq"]
    return (seq for reasons in listings.values() for seq in reasons.values())
