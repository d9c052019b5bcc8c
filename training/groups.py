"""Whether a head does as well for every category and for sellers of every size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.interval import Share, share
from training.ranking import RATES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SIZES: tuple[tuple[float, str], ...] = ((10, "1-10"), (100, "11-100"), (1000, "101-1000"), (np.inf, ">1000"))
"""Most listings a seller has, and what sellers up to there are called."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of listings at thresholds that hold for all groups together.

    recall: false-positive rate over all groups, as written in RATES -> share of the group's guilty that is caught.
    flagged: share of its honest that is flagged at the last of RATES. None, or no entry: there are none to look at.
    """

    name: str
    guilty: int
    honest: int
    recall: dict[str, Share]
    flagged: Share | None


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """n scored listings to be looked at group by group."""

    scores: Floats  # (n,)
    guilty: Flags  # (n,)
    sellers: Ints  # (n,)
    thresholds: Sequence[float]  # one per rate of RATES; what lies above is flagged

    def by(self, names: NDArray[np.str_], order: Sequence[str] = ()) -> tuple[Group, ...]:
        """One group per name, (n,): in the order told, else the most guilty first."""
        groups = [self._group(name, names == name) for name in np.unique(names).tolist()]
        rank = {name: place for place, name in enumerate(order)}
        return tuple(sorted(groups, key=lambda g: (rank.get(g.name, len(rank)), -g.guilty, g.name)))

    def _group(self, name: str, here: Flags) -> Group:
        bad, good = here & self.guilty, here & ~self.guilty
        found = (share(self.scores[bad] > at, self.sellers[bad]) for at in self.thresholds)
        recall = {str(rate): one for rate, one in zip(RATES, found, strict=True) if one}
        flagged = share(self.scores[good] > self.thresholds[-1], self.sellers[good])
        return Group(name, int(bad.sum()), int(good.sum()), recall, flagged)


def sizes(listings: Floats) -> NDArray[np.str_]:
    """Name the size of n sellers by how many listings they have, (n,); NaN is unknown."""
    names = np.array([*(name for _, name in SIZES), UNKNOWN])
    place = np.searchsorted([most for most, _ in SIZES], listings)
    return names[np.where(np.isnan(listings), len(SIZES), np.minimum(place, len(SIZES) - 1))]


SIZE_ORDER = (*(name for _, name in SIZES), UNKNOWN)
