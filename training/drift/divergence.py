"""How far two distributions are apart, and whether chance alone explains it.

Listings of one seller resemble each other, so ten listings of one seller are less evidence than ten of ten sellers.
Every table of shares therefore says how many independent listings it is worth (its effective size), by the design
effect of Rao and Scott (1981): the variance between sellers over the variance that independent listings would have.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import f as f_distribution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST_SHARE = 1e-4  # an empty bin counts as this much, so that a logarithm exists
_FEW = 30  # listers with whom a variance between listers is a guess
_LEAST_EXPECTED = 3.0  # listings a bin must expect in the smaller table


class Shares(BaseModel):
    """Shares of k bins. `size` is the effective number of independent listings, `groups` how many sellers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    shares: tuple[float, ...]  # (k,), sums to 1; all 0 when nobody was counted
    size: float = Field(ge=0)
    groups: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far two tables of shares are apart."""

    psi: float  # population stability index, less what chance alone adds; never below 0
    p: float  # probability of a distance this large when nothing changed
    error: float = 0.0  # standard error of `psi`

    @property
    def surely(self) -> float:
        """The index less two standard errors: so far apart it is at least."""
        return max(self.psi - 2 * self.error, 0.0)


NO_DISTANCE = Distance(0.0, 1.0)


def shares_of(bins: Ints, groups: Ints, count: int) -> Shares:
    """Count n listings, (n,) bin numbers 0..count-1 and (n,) group numbers, into shares with their effective size."""
    if not len(bins):
        return Shares(shares=(0.0,) * count, size=0.0, groups=0)
    _, owners = np.unique(groups, return_inverse=True)
    total, members = int(owners.max()) + 1, np.bincount(owners)
    table = np.bincount(owners * count + bins, minlength=total * count).reshape(total, count)
    shares = table.sum(axis=0) / len(bins)
    variance = ((table - np.outer(members, shares)) ** 2).sum(axis=0) / len(bins) ** 2
    return Shares(shares=tuple(shares.tolist()), size=_effective(shares, variance, len(bins), total), groups=total)


def _effective(shares: Floats, variance: Floats, listings: int, groups: int) -> float:
    """Listings over the mean design effect, at least 1 and at most all of them."""
    used = shares > 0
    if used.sum() < 2 or groups < 2:  # noqa: PLR2004 - one bin or one seller varies in nothing
        return float(groups)
    scale = groups / (groups - 1) / (used.sum() - 1)
    effect = scale * float((variance[used] / shares[used]).sum()) * listings
    return float(listings / max(effect, 1.0))


def distance(old: Shares, new: Shares) -> Distance:
    """Compare two tables with the same bins. A table that counted hardly anybody is no distance from any other."""
    if min(old.groups, new.groups) < _FEW:
        return NO_DISTANCE
    p, q = _filled(np.array(old.shares), np.array(new.shares), old.size, new.size)
    freedom = len(p) - 1
    if freedom < 1:
        return NO_DISTANCE
    pooled = (old.size * p + new.size * q) / (old.size + new.size)
    chance = 1 / old.size + 1 / new.size
    squares = float(((p - q) ** 2 / pooled).sum())
    spread = max(min(old.groups, new.groups) - 1, 1)
    chances = float(f_distribution.sf(squares / chance / freedom, freedom, freedom * spread))
    a, b = np.maximum(p, _LEAST_SHARE), np.maximum(q, _LEAST_SHARE)
    raw = float(((a - b) * np.log(a / b)).sum())
    psi = max(raw - freedom * chance, 0.0)
    return Distance(psi, chances, chance * float(np.sqrt(2 * freedom + 4 * psi / chance)))


def _filled(p: Floats, q: Floats, before: float, after: float) -> tuple[Floats, Floats]:
    """Both tables without the bins too rare for a test; what these hold goes to the commonest bin."""
    pooled = (before * p + after * q) / (before + after)
    rare = pooled * min(before, after) < _LEAST_EXPECTED
    kept, common = ~rare, int(pooled.argmax())
    kept[common] = True
    rest = rare & ~kept
    p, q = p.copy(), q.copy()
    for shares in (p, q):
        shares[common] += shares[rest].sum()
    return p[kept], q[kept]
