"""Shadows: a candidate bundle scores what another answered; what it says is recorded beside it, and changes nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from service.ledger import activations
from service.ledger.activations import Activation, ActivationRefused
from service.ledger.ledger import Page, Rows
from service.ledger.tables import EVALUATIONS, SHADOWS, Row

_OF_SHADOWS = ("shadow", "unshadow")


@dataclass(frozen=True, slots=True)
class Shadow:
    """What the candidate said about one evaluation; or what it raised; or how many it was too slow for."""

    bundle: str
    evaluation_seq: int
    assessment: str | None = None
    level: str | None = None
    risk_score: int | None = None
    action: str | None = None
    heads: str | None = None  # JSON, as of evaluations
    error: str | None = None
    skipped: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An evaluation that the candidate did not score yet, by its record."""

    seq: int
    snapshot: str
    law_as_of: str


def chosen(ledger: Rows) -> Activation | None:
    """The event that put a bundle into the shadow; None when none is there, or when it answers itself by now."""
    events = [event for event in activations.events(ledger) if event.event in _OF_SHADOWS]
    if not events or events[-1].event == "unshadow":
        return None
    answering = activations.active(activations.history(ledger))
    return events[-1] if events[-1].bundle != answering else None


def newest(ledger: Rows) -> Activation | None:
    """The last event that put a bundle into the shadow, whether it is still there or not."""
    events = [event for event in activations.events(ledger) if event.event == "shadow"]
    return events[-1] if events else None


def begin(page: Page, bundle: str, *, who: str, why: str, key_id: str | None = None) -> bool:
    """Put a bundle into the shadow, in place of another; False when it is there. Raises ActivationRefused."""
    if activations.active(activations.history(page)) == bundle:
        raise ActivationRefused(f"{bundle} answers already; put another bundle into its shadow")
    there = chosen(page)
    if there is not None and there.bundle == bundle:
        return False
    page.add("activation", {"event": "shadow", "bundle": bundle, "who": who, "why": why, "key_id": key_id})
    return True


def end(page: Page, *, who: str, why: str, key_id: str | None = None) -> str:
    """Take the bundle out of the shadow; return its id. Raises ActivationRefused when none is there."""
    if (there := chosen(page)) is None:
        raise ActivationRefused("no bundle is in the shadow; see `zhenwei model list`")
    told = {"event": "unshadow", "bundle": there.bundle, "who": who, "why": why, "key_id": key_id}
    page.add("activation", told)
    return there.bundle


def reached(ledger: Rows, event: Activation) -> int:
    """Seq of the last evaluation the candidate is done with; what came before it was chosen is not scored."""
    last = select(func.coalesce(func.max(SHADOWS.c.evaluation_seq), 0).label("seq"))
    found = ledger.rows(last.where(SHADOWS.c.bundle == event.bundle))
    return max(int(found[0]["seq"]), event.seq)


def behind(ledger: Rows, after: int) -> tuple[int, int]:
    """How many evaluations came after a record, and the seq of the newest."""
    told = select(func.count().label("n"), func.coalesce(func.max(EVALUATIONS.c.seq), after).label("last"))
    (row,) = ledger.rows(told.where(EVALUATIONS.c.seq > after))
    return int(row["n"]), int(row["last"])


def waiting(ledger: Rows, after: int, most: int) -> list[Waiting]:
    """The next evaluations after a record, oldest first; what was erased is left out."""
    table = EVALUATIONS.c
    told = select(table.seq, table.snapshot, table.law_as_of).where(table.seq > after, table.snapshot.is_not(None))
    return [Waiting(**row) for row in ledger.rows(told.order_by(table.seq).limit(most))]


def record(page: Page, told: Sequence[Shadow]) -> list[bool]:
    """Append what a candidate said; False for what is there already, said by another process."""
    done: dict[str, int] = {}
    kept = []
    for one in told:
        if one.bundle not in done:
            last = select(func.coalesce(func.max(SHADOWS.c.evaluation_seq), 0).label("seq"))
            done[one.bundle] = int(page.rows(last.where(SHADOWS.c.bundle == one.bundle))[0]["seq"])
        kept.append(one.evaluation_seq > done[one.bundle])
        if kept[-1]:
            row: Row = asdict(one)
            page.add("shadow", row)
            done[one.bundle] = one.evaluation_seq
    return kept
