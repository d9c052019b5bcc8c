"""How far the wording of a new file is from what was known, and which terms rose most."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from features.tokens import Tokens
from models.grams import Grams, hash_titles
from training.drift.sample import Sample
from training.drift.wording import Wording, wording_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FOLDS = 10
_COMMON, _COUNTED = 0.001, 10  # an n-gram is compared when this share, and this many listings, hold it
_SURE = 4.0  # standard errors by which a pair of characters must have risen
_TIMES = 3.0  # and how many times as common it must be
_LISTERS = 3  # and how many listers must use it
_LONGEST = 12  # characters of a term shown
_NO_TOKENS = Tokens((), (), ())


@dataclass(frozen=True, slots=True)
class WordingDistance:
    """Triangular discrimination of the document frequencies, 0 same .. 1 nothing in common, less what chance adds."""

    distance: float
    error: float  # standard error


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of characters that became more common."""

    text: str
    listings: int  # of the new file that hold it
    listers: int
    share: float  # of the new listings
    before: float  # share of the known listings that held its rarest pair of characters: at most so many held it


def wording_distance(known: Wording, sample: Sample) -> WordingDistance:
    """Compare all n-grams; the error is estimated from tenths of the listers."""
    new = wording_of(sample.grams, sample.groups)
    both = known.shares + new.shares
    both[both < 2 * max(_COMMON, _COUNTED / min(len(sample), known.listings))] = 0.0
    fold = _fold(sample.groups)
    parts = [
        _between(known, wording_of(csr_array(sample.grams[rows]), sample.groups[rows]), both)
        for i in range(_FOLDS)
        if len(rows := np.flatnonzero(fold == i))
    ]
    error = float(np.std(parts, ddof=1) / np.sqrt(len(parts))) if len(parts) > 1 else 1.0
    return WordingDistance(
        max(_between(known, new, both), 0.0), error * float(np.sqrt(1 + len(sample) / known.listings))
    )


def _fold(groups: Ints) -> Ints:
    _, owners = np.unique(groups, return_inverse=True)
    places = np.random.default_rng(0).permutation(int(owners.max()) + 1)
    fold: Ints = places[owners] % _FOLDS
    return fold


def _between(old: Wording, new: Wording, both: Floats) -> float:
    """Compare the n-grams for which `both`, the sum of the shares over all folds, is not 0."""
    used = both > 0
    squares = (old.shares - new.shares)[used] ** 2 - old.variance[used] - new.variance[used]
    return float((squares / both[used]).sum() / both.sum()) if used.any() else 0.0


def rising(known: Wording, sample: Sample, most: int) -> list[Term]:
    """Terms that rose most: neighbouring pairs of characters that all rose, joined, the surest first."""
    new = wording_of(sample.grams, sample.groups)
    error = np.sqrt(known.variance + new.variance)
    risen = new.shares - known.shares > _SURE * error
    risen &= (new.shares > _TIMES * known.shares) & (new.listers >= _LISTERS)
    hashed = hash_titles(sample.titles, [_NO_TOKENS] * len(sample))
    listings: Counter[str] = Counter()
    listers: dict[str, set[int]] = {}
    before: dict[str, float] = {}
    for row, start, end in _runs(risen, hashed):
        text = sample.titles[row][start:end]
        listings[text] += 1
        listers.setdefault(text, set()).add(int(sample.groups[row]))
        first = int(hashed.offsets[row])
        pairs = hashed.characters[1, first + start : first + end - 1]
        before[text] = float(known.shares[pairs].min())
    told = [t for t in listings if len(listers[t]) >= _LISTERS]
    told.sort(key=lambda text: (-len(listers[text]), -listings[text], text))
    return [
        Term(text, listings[text], len(listers[text]), listings[text] / len(sample), before[text])
        for text in told[:most]
    ]


def _runs(risen: NDArray[np.bool_], hashed: Grams) -> Iterator[tuple[int, int, int]]:
    """Yield title, start and end (half-open characters) of every longest stretch whose pairs all rose."""
    pairs = risen[hashed.characters[1]]
    edges = np.flatnonzero(np.diff(pairs.astype(np.int8), prepend=0, append=0))
    titles = np.searchsorted(hashed.offsets, edges[::2], side="right") - 1
    for row, start, end in zip(titles.tolist(), edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        first = start - int(hashed.offsets[row])
        yield row, first, min(end + 1 - start, _LONGEST) + first
