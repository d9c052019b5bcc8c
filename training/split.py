"""Split takedowns by seller and time, so that what is measured is what will happen next."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from training.takedowns import Takedown

Ints = NDArray[np.int64]
_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers, each ascending. No seller is in two parts; `train` has the oldest sellers, `test` the newest."""

    train: Ints
    calibration: Ints
    test: Ints


def seller_of(takedown: Takedown) -> str:
    """Who the takedown is grouped by: the seller, else the shop's name, else listings of the same title."""
    seller = takedown.listing.seller
    return seller.seller_id or seller.name or f"title:{takedown.listing.title}"


def moment_of(takedown: Takedown) -> datetime:
    """When the decision fell, else when the listing was seen; times without a zone are read as UTC."""
    moment = takedown.decided_at or takedown.listing.observed_at or _DAWN
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def split(takedowns: Sequence[Takedown], *, calibration: float = 0.2, test: float = 0.2) -> Split:
    """Order sellers by their middle takedown in time and cut by rows: oldest train, newest test.

    A seller goes whole to one part. Takedowns without any time fall back to an order by a hash of the seller.
    """
    groups: dict[str, list[int]] = {}
    for row, takedown in enumerate(takedowns):
        groups.setdefault(seller_of(takedown), []).append(row)
    middle = {name: sorted(moment_of(takedowns[row]) for row in rows)[len(rows) // 2] for name, rows in groups.items()}
    ordered = sorted(groups, key=lambda name: (middle[name], _shuffled(name)))
    ends = np.cumsum([len(groups[name]) for name in ordered])
    bounds = np.array([1 - calibration - test, 1 - test]) * len(takedowns)
    part = np.searchsorted(bounds, ends - 0.5 * np.diff(ends, prepend=0))
    rows = [
        np.array(sorted(r for name, p in zip(ordered, part, strict=True) if p == i for r in groups[name]))
        for i in range(3)
    ]
    return Split(*(r.astype(np.int64) for r in rows))


def folds(takedowns: Sequence[Takedown], count: int) -> Ints:
    """Fold number of each of n takedowns, (n,), 0..count-1; a seller is in one fold, in any order of the rows."""
    return np.fromiter((int(_shuffled(seller_of(t))[:8], 16) % count for t in takedowns), np.int64, len(takedowns))


def _shuffled(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
