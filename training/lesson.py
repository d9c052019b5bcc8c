"""Takedowns as numbers: read once, page by page, so that a million listings fit in memory."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, get_index_dtype

from features.knowledge import Knowledge
from features.listing import Listing, Seller
from features.registry import CATALOGUE
from models.grams import BUCKETS
from training.fingerprint import Fingerprint
from training.page import Page, Signals
from training.pool import pages
from training.takedowns import Takedown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is (0 when nobody knows)."""

_LEAST_SIGNAL = 0.01  # share of the takedowns that must carry a platform's signal before it becomes a column
_WHOLE = 1 << 16  # listings kept whole


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What n takedowns look like to the models, and what else training asks of them."""

    takedowns: Sequence[Takedown]  # (n,); most listings keep who, where, when and the title only, see `stride`
    stride: int  # every `stride`-th listing, from the first, is kept whole
    numbers: NDArray[np.float32]  # (n, features)
    own: Floats  # (n, signals)
    counts: csr_array  # (n, BUCKETS) n-grams of the titles
    categories: tuple[str, ...]  # (n,)
    signals: tuple[str, ...]
    fingerprint: str  # sha256 over the takedowns in order

    def matrix(self, rows: Ints, text: Floats) -> Floats:
        """Columns of a head for m rows, (m, features + signals + 1); `text` holds their log-odds of the text, (m,)."""
        features = self.numbers.shape[1]
        out = np.empty((len(rows), features + len(self.signals) + 1))
        out[:, :features] = self.numbers[rows]
        out[:, features:-1] = self.own[rows]
        out[:, -1] = text
        return out


def read_lesson(
    takedowns: Iterable[Takedown],
    knowledge: Knowledge,
    progress: Progress = silent,
    *,
    processes: int = 1,
    expected: int = 0,
) -> Lesson:
    """Read every listing once; the readings themselves are not kept.

    The lesson is the same however many processes read. `expected` takedowns are told to `progress`.
    """
    told, bound, fingerprint = _Told(), _Bound(), Fingerprint()
    for chunk, page in pages(takedowns, knowledge, processes):
        fingerprint.update(chunk)
        told.add(chunk)
        bound.add(page)
        progress("read", len(told.rows), max(expected, len(told.rows)))
    progress("read", len(told.rows), len(told.rows))
    signals, own = _columns(bound.signals, len(told.rows))
    return Lesson(
        takedowns=told.rows,
        stride=told.stride,
        numbers=bound.numbers.whole().reshape(-1, len(CATALOGUE)),
        own=own,
        counts=bound.counts(),
        categories=tuple(bound.categories),
        signals=signals,
        fingerprint=fingerprint.hexdigest(),
    )


class _Growing:
    """A flat array that grows in place: parts added to it are not kept beside it."""

    def __init__(self, kind: type[np.generic]) -> None:
        self._room = np.empty(1 << 16, dtype=kind)
        self._used = 0

    def add(self, part: NDArray[np.generic]) -> None:
        end = self._used + part.size
        if end > len(self._room):
            self._room.resize(end + end // 4, refcheck=False)
        self._room[self._used : end] = part.ravel()
        self._used = end

    def whole(self) -> NDArray[Any]:
        """Give the array back, cut to its length; nothing is added after that."""
        self._room.resize(self._used, refcheck=False)
        return self._room


class _Bound:
    """The pages so far, bound part by part."""

    def __init__(self) -> None:
        self.numbers, self.categories = _Growing(np.float32), list[str]()
        self.signals: list[tuple[int, Signals]] = []
        self._lengths, self._places, self._counts = _Growing(np.int64), _Growing(np.int32), _Growing(np.float32)

    def add(self, page: Page) -> None:
        self.numbers.add(page.numbers)
        self.categories += [sys.intern(name) for name in page.categories]
        self.signals.append((len(page.categories), page.signals))
        self._lengths.add(np.diff(page.counts.indptr))
        self._places.add(page.counts.indices)
        self._counts.add(page.counts.data)

    def counts(self) -> csr_array:
        """N-grams of all titles, with the narrowest indices that hold them."""
        ends = np.concatenate([[0], np.cumsum(self._lengths.whole())])
        ends = ends.astype(get_index_dtype(maxval=int(ends[-1])))
        return csr_array((self._counts.whole(), self._places.whole(), ends), shape=(len(ends) - 1, BUCKETS))


def _columns(parts: Sequence[tuple[int, Signals]], rows: int) -> tuple[tuple[str, ...], Floats]:
    """Names of the signals that enough takedowns carry, sorted, and their numbers, (rows, signals), NaN = not told."""
    seen: Counter[str] = Counter()
    for _, part in parts:
        seen.update(dict(zip(part.names, np.bincount(part.columns, minlength=len(part.names)).tolist(), strict=True)))
    names = tuple(sorted(name for name, times in seen.items() if times >= _LEAST_SIGNAL * rows))
    places = {name: at for at, name in enumerate(names)}
    out, first = np.full((rows, len(names)), np.nan), 0
    for length, part in parts:
        place = np.array([places.get(name, -1) for name in part.names], dtype=np.int64)[part.columns]
        kept = place >= 0
        out[first + part.rows[kept], place[kept]] = part.values[kept]
        first += length
    return names, out


class _Told:
    """What training asks of every takedown, and some listings whole: every `stride`-th, at most _WHOLE."""

    def __init__(self) -> None:
        self.rows: list[Takedown] = []
        self.stride = 1
        self._sellers: dict[tuple[str | None, str | None], Seller] = {}

    def add(self, chunk: Sequence[Takedown]) -> None:
        for takedown in chunk:
            row = len(self.rows)
            self.rows.append(takedown if row % self.stride == 0 else self._short(takedown))
            if row >= _WHOLE * self.stride:
                for at in range(self.stride, row + 1, 2 * self.stride):
                    self.rows[at] = self._short(self.rows[at])
                self.stride *= 2

    def _short(self, takedown: Takedown) -> Takedown:
        told, seller = takedown.listing, takedown.listing.seller
        who = seller.seller_id, seller.name
        listing = Listing(
            told.listing_id,
            told.title,
            platform=told.platform and sys.intern(told.platform),
            observed_at=told.observed_at,
            seller=self._sellers.setdefault(who, Seller(seller_id=who[0], name=who[1])),
        )
        return replace(takedown, listing=listing, reason=sys.intern(takedown.reason))
