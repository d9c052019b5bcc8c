"""Takedowns as bundles see them: read once, in chunks; of the listings only the telling few are kept."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from features.reader import Reader
from features.reading import Reading
from models.bundle import Bundle
from models.scorer import Scorer, grams_of
from training.errors import TrainingError
from training.fingerprint import Fingerprint
from training.labels import Label
from training.split import seller_of
from training.takedowns import Takedown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int8]
Logits = Mapping[str, Floats]  # head -> (n,) calibrated log-odds
Watch = Callable[[int, Sequence[Takedown], Mapping[str, Labels], Sequence[Logits]], None]

WORST = 12
"""False alarms, and misses, kept per head."""
SAMPLED = 2000
"""Takedowns kept, drawn evenly from all, to see which features matter."""
_CHUNK = 2048
_CHANGED = "the takedowns changed while they were read; let nobody write to the file, and do it again"


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A takedown that a head got wrong: the row it stood in, and the calibrated log-odds."""

    row: int
    logit: float
    takedown: Takedown


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What one bundle says about n takedowns."""

    bundle: Bundle
    logits: Logits
    alarms: Mapping[str, Sequence[Mistaken]]  # head -> honest takedowns with the highest log-odds, worst first
    misses: Mapping[str, Sequence[Mistaken]]  # head -> guilty takedowns with the lowest


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """n takedowns and every bundle's opinion of them."""

    labels: Mapping[str, Labels]  # head -> (n,)
    categories: NDArray[np.str_]  # (n,) ids
    sellers: Ints  # (n,) a number per seller
    listings: Floats  # (n,) how many listings the seller has, NaN when not told
    fingerprint: str
    sample: Sequence[Takedown]
    opinions: Sequence[Opinion]

    @property
    def count(self) -> int:
        """How many takedowns there are."""
        return len(self.sellers)


def score(
    bundles: Sequence[Bundle],
    takedowns: Iterable[Takedown],
    settled: Mapping[str, Labels],
    reader: Reader | None = None,
    watch: Watch | None = None,
) -> Scored:
    """Read every takedown, once for all bundles that share their knowledge, and ask every bundle.

    `settled` are the labels of the n takedowns for every head, (n,) each, see training.settlement. `reader` reads with
    the knowledge of the first bundle, whose categories are told.
    `watch` is shown every chunk: the row it begins at, its takedowns, and what each bundle says of them.
    Raises TrainingError when there are not n takedowns: somebody wrote to the file since they were settled.
    """
    own = bundles[0].knowledge.digest
    readers = {own: Reader(bundles[0].knowledge) if reader is None else reader}
    readers |= {b.knowledge.digest: Reader(b.knowledge) for b in bundles if b.knowledge.digest != own}
    asked = [_Asked(bundle) for bundle in bundles]
    crowd, fingerprint = _Crowd(), Fingerprint()
    for chunk in _chunks(takedowns):
        first = crowd.count
        told = {head: label[first : first + len(chunk)] for head, label in settled.items()}
        if any(len(label) < len(chunk) for label in told.values()):
            raise TrainingError(_CHANGED)
        read = {digest: one.read_many([t.listing for t in chunk]) for digest, one in readers.items()}
        fingerprint.update(chunk)
        crowd.add(chunk, read[own])
        said = [one.add(chunk, read[one.bundle.knowledge.digest], told, first) for one in asked]
        if watch:
            watch(first, chunk, told, said)
    if any(len(label) != crowd.count for label in settled.values()):
        raise TrainingError(_CHANGED)
    return Scored(
        labels=settled,
        categories=np.array(crowd.categories, dtype=np.str_),
        sellers=np.array(crowd.sellers, dtype=np.int64),
        listings=np.array(crowd.listings, dtype=np.float64),
        fingerprint=fingerprint.hexdigest(),
        sample=crowd.sample,
        opinions=[one.opinion() for one in asked],
    )


class _Crowd:
    """What is known of the takedowns so far, whoever judges them."""

    def __init__(self) -> None:
        self.categories: list[str] = []
        self.sellers: list[int] = []
        self.listings: list[float | None] = []
        self.sample: list[Takedown] = []
        self.count = 0
        self._numbers: dict[str, int] = {}
        self._dice = random.Random(0)

    def add(self, chunk: Sequence[Takedown], readings: Sequence[Reading]) -> None:
        self.categories += [reading.category.id for reading in readings]
        self.sellers += [self._numbers.setdefault(seller_of(t), len(self._numbers)) for t in chunk]
        self.listings += [t.listing.seller.listings_count for t in chunk]
        for takedown in chunk:
            self._draw(takedown)

    def _draw(self, takedown: Takedown) -> None:
        """Keep SAMPLED takedowns, each as likely as any other (Vitter's algorithm R)."""
        self.count += 1
        if len(self.sample) < SAMPLED:
            self.sample.append(takedown)
        elif (place := self._dice.randrange(self.count)) < SAMPLED:
            self.sample[place] = takedown


@dataclass(slots=True)
class _Asked:
    """A bundle and what it said so far."""

    bundle: Bundle
    scorer: Scorer = field(init=False)
    logits: dict[str, list[Floats]] = field(init=False)
    alarms: dict[str, list[Mistaken]] = field(init=False)
    misses: dict[str, list[Mistaken]] = field(init=False)

    def __post_init__(self) -> None:
        bundle, told = self.bundle, self.bundle.manifest
        self.scorer = Scorer(told.features, told.signals, bundle.text, bundle.boosters, bundle.calibrations)
        self.logits = {head: [] for head in told.heads}
        self.alarms = {head: [] for head in told.heads}
        self.misses = {head: [] for head in told.heads}

    def add(
        self, chunk: Sequence[Takedown], readings: Sequence[Reading], told: Mapping[str, Labels], first: int
    ) -> Logits:
        texts = self.scorer.text.values(grams_of(readings))
        said = self.scorer.logits(self.scorer.matrix(readings), texts)
        for head, logits in said.items():
            self.logits[head].append(logits)
            for kept, label, sign in ((self.alarms, Label.HONEST, 1), (self.misses, Label.GUILTY, -1)):
                rows = np.flatnonzero(told[head] == label)
                rows = rows[np.argsort(-sign * logits[rows], kind="stable")[:WORST]]
                new = [Mistaken(first + row, float(logits[row]), chunk[row]) for row in rows.tolist()]
                kept[head] = _worst([*kept[head], *new], sign)
        return said

    def opinion(self) -> Opinion:
        logits = {head: _joined(parts) for head, parts in self.logits.items()}
        return Opinion(self.bundle, logits, self.alarms, self.misses)


def _worst(wrong: Sequence[Mistaken], sign: int) -> list[Mistaken]:
    return nlargest(WORST, wrong, key=lambda one: (sign * one.logit, -one.row))


def _chunks(takedowns: Iterable[Takedown]) -> Iterator[list[Takedown]]:
    source = iter(takedowns)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
