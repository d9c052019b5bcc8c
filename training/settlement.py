"""What the decisions on every listing come to: of several on one listing one counts, for each head."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from features.listing import Listing
from models.heads import HEADS
from training.labels import Label, heads_of, label
from training.takedowns import Takedown, zoned


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Decisions on one listing that say two things to a head at one time, or at times nobody knows."""

    listing_id: str
    head: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Settlement:
    """What n takedowns say to every head."""

    count: int  # n
    labels: Mapping[str, NDArray[np.int8]]  # head -> (n,) values of Label, at most one of a listing's rows known
    silenced: Mapping[str, NDArray[np.bool_]]  # head -> (n,) rows that another one speaks for, or that contradict it
    contradictions: tuple[Contradiction, ...]

    @property
    def contradicted(self) -> int:
        """Listings that are left out of some head because their decisions contradict each other."""
        return len({one.rows for one in self.contradictions})


def settle(takedowns: Sequence[Takedown]) -> Settlement:
    """Settle what n takedowns say to every head.

    Of several decisions on one listing, the same id on the same platform, the latest counts, and it stands at its own
    row; the other rows say nothing. An appeal that was won reverses the confirmation before it, also one of the same
    time. Contradictions are named and say nothing.
    """
    histories = _histories(takedowns)
    labels: dict[str, NDArray[np.int8]] = {}
    silenced: dict[str, NDArray[np.bool_]] = {}
    contradictions: list[Contradiction] = []
    for head in HEADS:
        told = np.fromiter((label(one, head) for one in takedowns), np.int8, len(takedowns))
        silent = np.zeros(len(takedowns), dtype=np.bool_)
        for rows in histories:
            last, said = _verdict(_events(takedowns, rows, head))
            told[rows], silent[rows] = Label.UNKNOWN, True
            if said is None:
                contradictions.append(Contradiction(takedowns[rows[0]].listing.listing_id, head, tuple(rows)))
            else:
                last = rows[-1] if last is None else last
                told[last], silent[last] = said, False
        labels[head], silenced[head] = told, silent
    return Settlement(len(takedowns), MappingProxyType(labels), MappingProxyType(silenced), tuple(contradictions))


def settle_all(takedowns: Iterable[Takedown]) -> Settlement:
    """Settle the takedowns of a file that is too large to be kept: of every listing, who it is and nothing else."""
    return settle([_short(takedown) for takedown in takedowns])


def _short(takedown: Takedown) -> Takedown:
    told = takedown.listing
    who = Listing(told.listing_id, "", platform=told.platform and sys.intern(told.platform))
    return replace(takedown, listing=who, reason=sys.intern(takedown.reason))


def _histories(takedowns: Sequence[Takedown]) -> list[list[int]]:
    """Rows of every listing that has several, in file order."""
    rows: dict[tuple[str | None, str], list[int]] = {}
    for at, takedown in enumerate(takedowns):
        rows.setdefault((takedown.listing.platform, takedown.listing.listing_id), []).append(at)
    return [some for some in rows.values() if len(some) > 1]


@dataclass(frozen=True, slots=True)
class _Event:
    row: int
    moment: datetime | None
    said: Label  # HONEST or GUILTY
    appeal: bool


def _events(takedowns: Sequence[Takedown], rows: Sequence[int], head: str) -> list[_Event]:
    """Every decision on one listing that says something to a head."""
    confirmed = {at: takedowns[at].outcome == "confirmed" for at in rows}
    guilty = any(confirmed[at] and label(takedowns[at], head) == Label.GUILTY for at in rows)
    events = []
    for at in rows:
        takedown = takedowns[at]
        said, appeal = label(takedown, head), takedown.outcome == "appeal_reversed"
        if appeal and any(confirmed.values()) and not heads_of(takedown):
            said = Label.HONEST if guilty else Label.UNKNOWN  # it names no head: it means what was confirmed
        if said != Label.UNKNOWN:
            events.append(_Event(at, zoned(takedown.decided_at), said, appeal))
    return events


def _verdict(events: Sequence[_Event]) -> tuple[int | None, Label | None]:
    """The row that counts and what it says; no row and UNKNOWN when nothing was said, None when two things were."""
    if not events:
        return None, Label.UNKNOWN
    undated = [event for event in events if event.moment is None]
    newest = max((event.moment for event in events if event.moment), default=None)
    latest = [event for event in events if event.moment == newest]
    appeals = [event for event in (*latest, *undated) if event.appeal]
    if appeals:
        return appeals[-1].row, Label.HONEST
    said = {event.said for event in (*latest, *undated)}
    return (latest[-1].row, said.pop()) if len(said) == 1 else (None, None)
