"""Activations: which bundle answers, since when, by whom, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select

from features.errors import ZhenweiError
from service.ledger.ledger import Page, Rows
from service.ledger.tables import ACTIVATIONS, RECORDS

SHIPPED = "starter"
"""Stands for the bundle that ships, whatever its id; active until another is."""


Event = Literal["activate", "rollback", "shadow", "unshadow"]
_CHANGES: tuple[Event, ...] = ("activate", "rollback")


class ActivationRefused(ZhenweiError):
    """The history does not allow it."""


@dataclass(frozen=True, slots=True)
class Activation:
    """One event. `bundle` is the id of the one that answers after it, or SHIPPED; or of the one that scores unseen."""

    seq: int
    at: str
    event: Event
    bundle: str
    who: str
    why: str
    key_id: str | None = None  # of the access key that asked


def events(ledger: Rows) -> list[Activation]:
    """Every event, oldest first: activations, rollbacks, and which bundle scored in the shadow."""
    table = ACTIVATIONS.c
    told = select(table.seq, RECORDS.c.at, table.event, table.bundle, table.who, table.why, table.key_id)
    return [Activation(**row) for row in ledger.rows(told.join(RECORDS).order_by(table.seq))]


def history(ledger: Rows) -> list[Activation]:
    """Every activation and rollback, oldest first."""
    return [event for event in events(ledger) if event.event in _CHANGES]


def newest(ledger: Rows) -> int:
    """Seq of the newest activation or rollback, 0 when there is none: it changes when something happened."""
    changes = select(func.coalesce(func.max(ACTIVATIONS.c.seq), 0).label("seq"))
    return int(ledger.rows(changes.where(ACTIVATIONS.c.event.in_(_CHANGES)))[0]["seq"])


def active(events: Sequence[Activation]) -> str:
    """Id of the bundle that is active after these events, or SHIPPED."""
    return events[-1].bundle if events else SHIPPED


def before(events: Iterable[Activation]) -> str:
    """What a rollback goes back to: the bundle active before the last activation not rolled back yet.

    Raises ActivationRefused when nothing was activated since the start.
    """
    stack = [SHIPPED]
    for event in events:
        if event.event == "activate":
            stack.append(event.bundle)
        else:
            stack.pop()
    if len(stack) == 1:
        raise ActivationRefused("nothing to roll back: the bundle that ships is active")
    return stack[-2]


def activate(page: Page, bundle: str, *, who: str, why: str, key_id: str | None = None) -> bool:
    """Make a bundle the active one; False when it is already."""
    if active(history(page)) == bundle:
        return False
    page.add("activation", {"event": "activate", "bundle": bundle, "who": who, "why": why, "key_id": key_id})
    return True


def roll_back(page: Page, bundle: str, *, who: str, why: str, key_id: str | None = None) -> None:
    """Go back to `bundle`, which was asked for as `before` told. Raises ActivationRefused when that changed since."""
    if before(history(page)) != bundle:
        raise ActivationRefused("somebody else changed the active bundle meanwhile; see `zhenwei model list`")
    page.add("activation", {"event": "rollback", "bundle": bundle, "who": who, "why": why, "key_id": key_id})
