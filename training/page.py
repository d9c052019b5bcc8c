"""A page: some takedowns as numbers, small enough to travel between processes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from features import registry
from features.listing import Listing
from features.reader import Reader
from models.scorer import grams_of
from training.counts import count

ROWS = 2048
"""Takedowns on a page; any number gives the same lesson."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """A platform's own numbers of n listings, told as cells: few listings have many of them, and nobody knows which."""

    names: tuple[str, ...]
    rows: NDArray[np.int32]  # (c,)
    columns: NDArray[np.int32]  # (c,) places in `names`
    values: NDArray[np.float64]  # (c,)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What n takedowns look like to the models."""

    numbers: NDArray[np.float32]  # (n, features)
    counts: csr_array  # (n, BUCKETS) n-grams of the titles
    categories: tuple[str, ...]  # (n,)
    signals: Signals


def read_page(listings: Sequence[Listing], reader: Reader) -> Page:
    """Read n >= 1 listings; the readings themselves are not kept."""
    readings = reader.read_many(listings)
    return Page(
        numbers=registry.matrix(readings).astype(np.float32),
        counts=count(grams_of(readings)),
        categories=tuple(reading.category.id for reading in readings),
        signals=_signals(listings),
    )


def _signals(listings: Sequence[Listing]) -> Signals:
    places: dict[str, int] = {}
    cells = [
        (row, places.setdefault(name, len(places)), value)
        for row, listing in enumerate(listings)
        for name, value in listing.signals.items()
    ]
    return Signals(
        tuple(places),
        np.array([row for row, _, _ in cells], dtype=np.int32),
        np.array([column for _, column, _ in cells], dtype=np.int32),
        np.array([value for _, _, value in cells], dtype=np.float64),
    )
