"""How two bundles differ on the same listings, and how sure that is."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.interval import FEW

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure under the old bundle and the new one. low..high contains new - old with 95 % confidence."""

    count: int  # listings it stands on
    old: float
    new: float
    difference: float
    low: float
    high: float

    @property
    def few(self) -> bool:
        """Say whether it stands on too few listings to act on."""
        return self.count < FEW


def difference(old: Flags, new: Flags, sellers: Ints) -> Difference | None:
    """Difference of two shares of the same n listings, (n,) each, grouped by `sellers`; None when there are none.

    Agresti and Min's (2005) interval for matched pairs, widened by the design effect of the grouping.
    """
    if not (count := len(old)):
        return None
    moved = new.astype(np.float64) - old
    value = float(moved.mean())
    up, down = float((moved > 0).sum()) + 0.5, float((moved < 0).sum()) + 0.5
    middle = (up - down) / (count + 2)
    spread = ((up + down) - (up - down) ** 2 / (count + 2)) / (count + 2) ** 2
    half = _Z * math.sqrt(spread * _design_effect(moved, sellers))
    return Difference(
        count, float(old.mean()), float(new.mean()), value, max(-1.0, middle - half), min(1.0, middle + half)
    )


def _design_effect(values: NDArray[np.float64], sellers: Ints) -> float:
    """Variance of the mean when sellers are drawn, over that when listings are drawn; at least 1."""
    _, group = np.unique(sellers, return_inverse=True)
    off = values - values.mean()
    alone, together = float((off**2).sum()), float((np.bincount(group, off) ** 2).sum())
    return max(1.0, together / alone) if alone else 1.0
