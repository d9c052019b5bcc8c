"""Listings whose level another bundle would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.calibration import Calibration, p_of
from models.screening import Level
from training.labels import Label
from training.scored import Floats, Labels, Logits
from training.takedowns import Outcome, Takedown

LEVELS: Final[tuple[Level, ...]] = ("low", "medium", "high")
KINDS: Final = ("guilty_up", "guilty_down", "honest_up", "honest_down")
"""Who moved, and whether to a higher level or a lower one: guilty up and honest down are improvements."""
EXAMPLES = 8
"""Listings shown of each kind."""

Kind = Literal["guilty_up", "guilty_down", "honest_up", "honest_down"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A listing that another level fell to. `title` is raw: a stranger wrote it."""

    row: int  # from 1, among the takedowns of the file
    listing_id: str
    title: str
    outcome: Outcome
    reason: str
    old_p: float
    new_p: float
    old_level: Level
    new_level: Level


@dataclass(slots=True)
class Moves:
    """Counts every level before and after, and keeps the listings that moved furthest. Watches scoring."""

    old: Bundle
    new: Bundle
    counts: dict[str, dict[str, NDArray[np.int64]]] = field(default_factory=dict)  # head -> outcome -> (3, 3)
    examples: dict[str, dict[str, list[tuple[float, Moved]]]] = field(default_factory=dict)  # head -> kind -> furthest

    def __call__(
        self, first: int, chunk: Sequence[Takedown], told: Mapping[str, Labels], said: Sequence[Logits]
    ) -> None:
        """Look at one chunk as both bundles see it."""
        for head in said[0].keys() & said[1].keys():
            before, after = said[0][head], said[1][head]
            levels = (levels_of(before, self.old.calibrations[head]), levels_of(after, self.new.calibrations[head]))
            counts = self.counts.setdefault(head, {o: np.zeros((3, 3), dtype=np.int64) for o in ("guilty", "honest")})
            kinds = self.examples.setdefault(head, {kind: [] for kind in KINDS})
            for outcome, label in (("guilty", Label.GUILTY), ("honest", Label.HONEST)):
                here = told[head] == label
                np.add.at(counts[outcome], (levels[0][here], levels[1][here]), 1)
                for way, moved in (("up", levels[1] > levels[0]), ("down", levels[1] < levels[0])):
                    kind = f"{outcome}_{way}"
                    rows = np.flatnonzero(here & moved)
                    rows = rows[np.argsort(-np.abs(after - before)[rows], kind="stable")[:EXAMPLES]]
                    new = [self._moved(head, first, chunk, row, (before[row], after[row])) for row in rows.tolist()]
                    kinds[kind] = nlargest(EXAMPLES, [*kinds[kind], *new], key=lambda one: (one[0], -one[1].row))

    def _moved(
        self, head: str, first: int, chunk: Sequence[Takedown], row: int, logits: tuple[float, float]
    ) -> tuple[float, Moved]:
        old, new = map(float, logits)
        levels = [
            LEVELS[int(levels_of(np.array(logit), bundle.calibrations[head]))]
            for logit, bundle in ((old, self.old), (new, self.new))
        ]
        takedown = chunk[row]
        return abs(new - old), Moved(
            row=first + row + 1,
            listing_id=takedown.listing.listing_id,
            title=takedown.listing.title,
            outcome=takedown.outcome,
            reason=takedown.reason,
            old_p=p_of(old),
            new_p=p_of(new),
            old_level=levels[0],
            new_level=levels[1],
        )


def levels_of(logits: Floats, calibration: Calibration) -> NDArray[np.int64]:
    """Level of n log-odds, (n,), as places in LEVELS."""
    return (logits >= calibration.medium).astype(np.int64) + (logits >= calibration.high)
