"""What a file of takedowns answers to each head: labels, how much each weighs, and who really decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.heads import HEADS
from training.errors import TrainingError
from training.labels import Label, heads_of, label
from training.takedowns import Takedown

Unlabelled = Literal["ignore", "negative", "weighted"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is made of takedowns that say nothing to a head, and how far each source is believed.

    Unlabelled are pending takedowns and those confirmed for another head's reasons.

    ignore     they teach nothing: nobody looked, and the unlabelled is not innocent
    negative   they teach as honest ones do; right only where nearly everything guilty is found
    weighted   they teach as honest ones, all of them together as much as the honest ones that were looked at, less
               the share that is guilty among those looked at: pi of H + G, so min(1, (1 - pi) H / U) each. Reviewers
               look at what is suspicious, so pi is more than the share among the unlabelled, and the weight careful

    They never calibrate and are never measured. `weights`: source of a takedown -> its weight; 1 when not told.
    """

    unlabelled: Unlabelled = "ignore"
    weights: Mapping[str, float] = field(default_factory=dict)


AS_DECIDED = Policy()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One head's answers of n takedowns."""

    label: NDArray[np.int8]  # (n,) values of Label; what is unlabelled is HONEST when the policy says so
    weight: NDArray[np.float32]  # (n,) above 0 where there is a label
    decided: NDArray[np.bool_]  # (n,) whether somebody looked: only these calibrate and are measured

    @property
    def decisions(self) -> NDArray[np.int8]:
        """Labels of what somebody decided, UNKNOWN elsewhere, (n,)."""
        return np.where(self.decided, self.label, np.int8(Label.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Decisions on one listing that say two things to a head at one time, or at times nobody knows."""

    listing_id: str
    head: str
    rows: tuple[int, ...]


def answers(
    takedowns: Sequence[Takedown], policy: Policy = AS_DECIDED
) -> tuple[Mapping[str, Answers], tuple[Contradiction, ...]]:
    """Settle what n takedowns say to every head, and name the contradictions, which are left out.

    Of several decisions on one listing the latest counts, and it stands at its own row; the other rows say nothing. An
    appeal that was won reverses the confirmation before it, also one of the same time. Raises TrainingError when a
    weight is given to a source no takedown has.
    """
    sources = {takedown.source for takedown in takedowns}
    if wrong := sorted(source for source, weight in policy.weights.items() if not 0 <= weight < np.inf):
        raise TrainingError(f"the weight of the source {wrong[0]} must be 0 or more; 0 leaves it out")
    if strange := sorted(policy.weights.keys() - sources):
        known = ", ".join(sorted(filter(None, sources))[:10]) or "none"
        raise TrainingError(f"no takedown has the source {strange[0]}; the sources are: {known}")
    trust = np.array([policy.weights.get(takedown.source or "", 1.0) for takedown in takedowns], dtype=np.float32)
    histories = _histories(takedowns)
    settled: dict[str, Answers] = {}
    contradictions: list[Contradiction] = []
    for head in HEADS:
        told = np.array([label(takedown, head) for takedown in takedowns], dtype=np.int8)
        spoken_for = np.zeros(len(takedowns), dtype=np.bool_)
        for rows in histories:
            last, said = _verdict(_events(takedowns, rows, head))
            told[rows], spoken_for[rows] = Label.UNKNOWN, True
            if said is None:
                contradictions.append(Contradiction(takedowns[rows[0]].listing.listing_id, head, tuple(rows)))
            else:
                last = rows[-1] if last is None else last
                told[last], spoken_for[last] = said, False
        settled[head] = _weighed(told, spoken_for, trust, policy)
    return MappingProxyType(settled), tuple(contradictions)


def _histories(takedowns: Sequence[Takedown]) -> list[list[int]]:
    """Rows of every listing that has several, in file order."""
    rows: dict[str, list[int]] = {}
    for at, takedown in enumerate(takedowns):
        rows.setdefault(takedown.listing.listing_id, []).append(at)
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
            moment = takedown.decided_at
            aware = moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
            events.append(_Event(at, aware, said, appeal))
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


def _weighed(
    told: NDArray[np.int8], spoken_for: NDArray[np.bool_], trust: NDArray[np.float32], policy: Policy
) -> Answers:
    told = np.where(trust > 0, told, np.int8(Label.UNKNOWN))
    decided = told != Label.UNKNOWN
    idle = ~decided & ~spoken_for & (trust > 0)
    weight = np.where(decided, trust, np.float32(0))
    if policy.unlabelled != "ignore":
        told = np.where(idle, np.int8(Label.HONEST), told)
        share = 1.0 if policy.unlabelled == "negative" else _careful(decided, told == Label.GUILTY, trust, idle)
        weight = np.where(idle, trust * np.float32(share), weight)
    return Answers(told, weight.astype(np.float32), decided)


def _careful(
    decided: NDArray[np.bool_], guilty: NDArray[np.bool_], trust: NDArray[np.float32], idle: NDArray[np.bool_]
) -> float:
    bad, good = float(trust[decided & guilty].sum()), float(trust[decided & ~guilty].sum())
    return min(1.0, good / (good + bad) * good / max(float(trust[idle].sum()), 1.0)) if good + bad else 0.0
