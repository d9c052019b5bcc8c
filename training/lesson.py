"""Takedowns as numbers: read once, in chunks, so that a hundred thousand listings fit in memory."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from features import registry
from features.reader import Reader
from models.scorer import grams_of
from training.takedowns import Takedown
from training.wording import count

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""

_CHUNK = 2048
_LEAST_SIGNAL = 0.01  # share of the takedowns that must carry a platform's signal before it becomes a column


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What n takedowns look like to the models."""

    numbers: Floats  # (n, features + signals)
    counts: csr_array  # (n, BUCKETS) n-grams of the titles
    categories: tuple[str, ...]  # (n,)
    signals: tuple[str, ...]
    fingerprint: str  # sha256 over the takedowns in order


def read_lesson(takedowns: Sequence[Takedown], reader: Reader, progress: Progress) -> Lesson:
    """Read every listing once; the readings themselves are not kept."""
    signals = _signals(takedowns)
    numbers, counts, categories, sha = [], [], [], hashlib.sha256()
    for first in range(0, len(takedowns), _CHUNK):
        chunk = takedowns[first : first + _CHUNK]
        readings = reader.read_many([t.listing for t in chunk])
        numbers.append(registry.matrix(readings, signals))
        counts.append(count(grams_of(readings)))
        categories += [r.category.id for r in readings]
        for takedown in chunk:
            sha.update(orjson.dumps(takedown, default=dict, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
        progress("read", first + len(chunk), len(takedowns))
    stacked = csr_array(vstack(counts, format="csr"))
    return Lesson(np.concatenate(numbers), stacked, tuple(categories), signals, sha.hexdigest())


def _signals(takedowns: Sequence[Takedown]) -> tuple[str, ...]:
    seen = Counter(name for t in takedowns for name in t.listing.signals)
    return tuple(sorted(name for name, times in seen.items() if times >= _LEAST_SIGNAL * len(takedowns)))
