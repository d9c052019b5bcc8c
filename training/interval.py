"""How sure a figure is: 95 % intervals that know that listings of one seller are alike."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_Z = 1.959963984540054  # 95 % of a normal distribution lie within
FEW = 20
"""With fewer listings than this a share says little, however wide its interval; reports mark it."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """A share 0..1 of `count` listings, and where it lies with 95 % confidence."""

    count: int
    value: float
    low: float
    high: float

    @property
    def few(self) -> bool:
        """Say whether it stands on too few listings to act on."""
        return self.count < FEW


def share(hits: Flags, sellers: Ints) -> Share | None:
    """Share of true among n `hits`, (n,), of listings grouped by `sellers`, (n,); None when there are none.

    Wilson's interval for the effective number of listings: n divided by the design effect of the grouping, as Korn
    and Graubard (1998) do for surveys. Where every listing agrees, the grouping cannot be judged: then listings of one
    seller count as copies of each other.
    """
    if not (count := len(hits)):
        return None
    value = float(hits.mean())
    _, group = np.unique(sellers, return_inverse=True)
    sizes = np.bincount(group).astype(np.float64)
    copies = count**2 / float((sizes**2).sum())
    if 0 < value < 1 and len(sizes) > 1:
        off = np.bincount(group, hits - value)
        variance = float((off**2).sum()) / count**2 * len(sizes) / (len(sizes) - 1)
        effective = min(count, max(value * (1 - value) / variance, 1.0)) if variance else count
    else:
        effective = copies
    low, high = wilson(value, effective)
    return Share(count, value, low, high)


def wilson(value: float, count: float) -> tuple[float, float]:
    """Wilson's interval of a share 0..1 seen among `count` > 0 independent listings."""
    spread = _Z * _Z / count
    middle = (value + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(value * (1 - value) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)
