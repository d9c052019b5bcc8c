"""A sample: listings as a bundle sees them, ready to be profiled or compared. No label is needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from features.listing import Listing
from features.reader import Reader
from models.grams import BUCKETS, NOTHING, Grams
from models.scorer import Scorer, grams_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[int], None]

LETTERS = 2
"""Characters per n-gram, at most: words are not needed, so that text without spaces is seen as well as any other."""
SCORE, LEVEL, TEXT = "score.", "level.", "text."
"""What the names of a head's columns begin with: calibrated log-odds; 0 low, 1 medium, 2 high; text log-odds."""
MOST = 50_000
"""Listings of a file that are looked at; more would only narrow limits that are narrow enough."""
_CHUNK = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What n listings look like to a bundle."""

    columns: tuple[str, ...]  # features, `signal.<name>`, then `text.`, `score.` and `level.<head>`
    numbers: Floats  # (n, columns), NaN for what was not told
    categories: tuple[str, ...]  # (n,)
    groups: Ints  # (n,) number of who listed it; listings of one seller resemble each other
    grams: csr_array  # (n, BUCKETS), 1 where the folded title holds the n-gram
    titles: tuple[str, ...]  # (n,) folded

    def __len__(self) -> int:
        """How many listings."""
        return len(self.titles)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Listings drawn from a file."""

    listings: tuple[Listing, ...]
    seen: int  # how many rows of the file hold one


def take_sample(
    scorer: Scorer, reader: Reader, listings: Sequence[Listing], progress: Progress = lambda _done: None
) -> Sample:
    """Read and score n >= 1 listings; the readings themselves are not kept."""
    numbers, grams, categories, titles = [], [], [], []
    for first in range(0, len(listings), _CHUNK):
        readings = reader.read_many(listings[first : first + _CHUNK])
        hashed, matrix = grams_of(readings), scorer.matrix(readings)
        numbers.append(np.column_stack([matrix[:, :-1], *_judged(scorer, matrix, scorer.text.values(hashed))]))
        grams.append(presence(hashed))
        categories += [reading.category.id for reading in readings]
        titles += [reading.title.text for reading in readings]
        progress(len(titles))
    signals = (f"signal.{name}" for name in scorer.signals)
    columns = (*scorer.features, *signals, *(kind + head for head in scorer.boosters for kind in (TEXT, SCORE, LEVEL)))
    named = [lister_of(listing) for listing in listings]
    groups = np.unique(named, return_inverse=True)[1].astype(np.int64)
    stacked = csr_array(vstack(grams, format="csr"))
    return Sample(columns, np.concatenate(numbers), tuple(categories), groups, stacked, tuple(titles))


def _judged(scorer: Scorer, matrix: Floats, texts: Mapping[str, Floats]) -> Iterator[Floats]:
    """Yield text log-odds, calibrated log-odds and level of every head, (n,) each."""
    for head, score in scorer.logits(matrix, texts).items():
        calibration = scorer.calibrations[head]
        levels = (score >= calibration.medium).astype(np.float64) + (score >= calibration.high)
        yield from (texts[head], score, levels)


def lister_of(listing: Listing) -> str:
    """Who a listing is grouped by: the seller, else the shop's name, else listings of the same title."""
    seller = listing.seller
    return seller.seller_id or seller.name or f"title:{listing.title}"


def presence(grams: Grams) -> csr_array:
    """Which n-grams of 1 to LETTERS characters each of n titles holds, (n, BUCKETS) of ones."""
    rows = np.repeat(np.arange(len(grams.offsets)), grams.lengths + 1)
    owners = np.tile(rows, LETTERS)
    buckets = grams.characters[:LETTERS].ravel()
    kept = buckets != NOTHING
    keys = np.unique(owners[kept] * BUCKETS + buckets[kept])
    ones = np.ones(len(keys), dtype=np.float32)
    return csr_array((ones, (keys // BUCKETS, keys % BUCKETS)), shape=(len(grams.offsets), BUCKETS))


def draw(listings: Iterable[Listing], most: int = MOST) -> Drawn:
    """Draw at most `most` rows, each as likely as any other, in file order. The same rows, the same draw.

    A listing drawn several times, such as one with several decisions, counts once, by its last row.
    """
    random, kept, seen = Random(0), list[tuple[int, Listing]](), 0
    for seen, listing in enumerate(listings, start=1):
        if len(kept) < most:
            kept.append((seen, listing))
        elif (at := random.randrange(seen)) < most:
            kept[at] = (seen, listing)
    last = {(listing.platform, listing.listing_id): at for at, listing in sorted(kept, key=itemgetter(0))}
    rows = dict(kept)
    return Drawn(tuple(rows[at] for at in sorted(last.values())), seen)
