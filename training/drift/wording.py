"""The wording of a sample: how common every n-gram of characters is, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.grams import BUCKETS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HALF = 0.5  # listings added to a count when its variance is estimated, so that rare n-grams are never certain
_ARRAYS = ("gaps", "counts", "listers", "effects")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Document frequencies of n-grams over n listings by g listers."""

    listings: int
    shares: Floats  # (BUCKETS,) share of the listings whose title holds it
    listers: Ints  # (BUCKETS,) how many listers use it
    variance: Floats  # (BUCKETS,) of `shares`, with listings of one lister taken together

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The n-grams in use, for storing."""
        used = np.flatnonzero(self.listers)
        plain = _plain(self.shares[used], self.listings)
        return {
            "listings": np.array(self.listings),
            "gaps": np.diff(used, prepend=0).astype(np.int32),
            "counts": np.rint(self.shares[used] * self.listings).astype(np.int32),
            "listers": self.listers[used].astype(np.int32),
            "effects": (self.variance[used] / plain).astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, told: Mapping[str, NDArray[Any]]) -> "Wording":
        """Read what `arrays` gave. Raises ValueError or KeyError when it is something else."""
        gaps, counts, listers, effects = (told[name] for name in _ARRAYS)
        listings, used = int(told["listings"]), np.cumsum(gaps, dtype=np.int64)
        sizes = {len(gaps), len(counts), len(listers), len(effects)}
        if listings < 1 or len(sizes) != 1 or (len(used) and not 0 <= used.min() <= used.max() < BUCKETS):
            raise ValueError("its n-grams are not n-grams")
        if not np.isfinite(effects).all() or effects.min(initial=0) < 0 or counts.min(initial=1) < 1:
            raise ValueError("its n-grams have no counts")
        shares, variance, known = np.zeros(BUCKETS), np.zeros(BUCKETS), np.zeros(BUCKETS, dtype=np.int64)
        shares[used], known[used] = counts / listings, listers
        variance[:] = _plain(shares, listings)
        variance[used] *= effects
        return cls(listings, shares, known, variance)


def wording_of(grams: csr_array, groups: Ints) -> Wording:
    """Count (n, BUCKETS) of ones by (n,) groups."""
    listings = grams.shape[0]
    _, owners = np.unique(groups, return_inverse=True)
    total, members = int(owners.max()) + 1, np.bincount(owners).astype(np.float64)
    by_lister = csr_array(csr_array((np.ones(listings), (owners, np.arange(listings)))) @ grams)
    shares = np.bincount(grams.indices, minlength=BUCKETS) / listings
    listers = np.bincount(by_lister.indices, minlength=BUCKETS)
    squares = np.bincount(by_lister.indices, by_lister.data**2, minlength=BUCKETS)
    crossed = np.bincount(by_lister.indices, by_lister.data * members[_rows(by_lister)], minlength=BUCKETS)
    spread = squares - 2 * shares * crossed + shares**2 * float((members**2).sum())
    plain = _plain(shares, listings)
    variance = np.maximum(spread / listings**2 * (total / max(total - 1, 1)), plain)
    return Wording(listings, shares, listers, variance)


def novelty(grams: csr_array, known: Wording, known_from: int = 1) -> Floats:
    """Share of each title's n-grams that fewer than `known_from` listers use, (n,); NaN for a title without any."""
    fresh = (known.listers[grams.indices] < known_from).astype(np.float64)
    sizes = np.diff(grams.indptr)
    sums = np.bincount(_rows(grams), fresh, minlength=grams.shape[0])
    out: Floats = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan)
    return out


def _rows(grams: csr_array) -> Ints:
    return np.repeat(np.arange(grams.shape[0]), np.diff(grams.indptr))


def _plain(shares: Floats, listings: int) -> Floats:
    """Variance of a share if listings were independent."""
    padded = np.minimum(shares + _HALF / listings, 1 - _HALF / listings)
    variance: Floats = padded * (1 - padded) / listings
    return variance
