"""Active review: which listings of a file to label next, so that a label teaches as much as it can.

Guilt is rare, so labels of listings drawn at random are nearly all honest and teach little (benchmarks.suggest). Most
of the budget goes to what looks guilty, then to what stands at the threshold; a little to wording nobody has seen and
to a draw over all categories, because what no score points to is found in no other way.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from features.knowledge.schema import Category
from features.listing import Listing
from features.reader import Reader
from models.bundle import Bundle
from models.calibration import Calibration, p_of
from models.heads import HEADS
from models.screening import Bilingual
from training.drift import Profile, sampled
from training.drift.sample import SCORE, Sample, lister_of
from training.drift.wording import novelty, wording_of

Floats = NDArray[np.float64]

QUOTAS: Mapping[str, float] = {"risk": 0.65, "doubt": 0.25, "new": 0.05, "explore": 0.05}
"""Share of the budget for each kind of pick."""
_ALIKE = 0.7  # share of n-grams in common from which two titles are one offer written twice
_LEAST_PER_LISTER, _LISTER_SHARE = 2, 0.02  # most picks of one lister: two, or this share of the budget
_EXPOSURE = 0.5  # how much the widest sold listing gains over one that is not sold
_PRIORITY = 0.2  # how much a category that reviewers see first gains
_FRONT = 16  # power that tells the front of a queue from its middle
_FRESH = 2  # an n-gram of one lister only is fresh
_QUOTED = 3


@dataclass(frozen=True, slots=True)
class Pick:
    """A listing to label, and why."""

    row: int  # of the listings that were given
    kind: str  # of QUOTAS
    why: Bilingual
    p: Mapping[str, float]  # head -> probability
    sales_cny: float | None  # orders of 30 days times price; None when either is not told


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """n listings and how much each kind of pick wants them, 0..1."""

    wanted: Mapping[str, Floats]  # kind -> (n,)
    listers: tuple[str, ...]  # (n,)
    grams: csr_array  # (n, BUCKETS) of ones


def suggest(
    bundle: Bundle,
    listings: Sequence[Listing],
    budget: int,
    reader: Reader | None = None,
    quotas: Mapping[str, float] = QUOTAS,
) -> list[Pick]:
    """Pick at most `budget` of n listings, the most useful first; fewer when the rest repeats what was picked.

    The same listings give the same picks, in whatever order they stand.
    """
    if not listings:
        return []
    sample = sampled(bundle, listings, reader)
    fresh = freshness(bundle, sample)
    scores = {head: sample.numbers[:, sample.columns.index(SCORE + head)] for head in bundle.manifest.heads}
    sales = [sales_of(listing) for listing in listings]
    chance = np.array([_chance(listing) for listing in listings])
    weight = _weight(sales, sample.categories, bundle.knowledge.categories)
    gaps = [column - bundle.calibrations[head].medium for head, column in scores.items()]
    risk = np.max([_score(bundle.calibrations[head], column) for head, column in scores.items()], axis=0)
    wanted = {
        "risk": risk,
        "doubt": np.max([-np.abs(gap) for gap in gaps], axis=0),
        "new": fresh * (1 + _rank(risk)),
        "explore": _spread(sample, chance),
    }
    candidates = Candidates(
        wanted={kind: _rank(one) * weight + 1e-9 * chance for kind, one in wanted.items()},
        listers=tuple(map(lister_of, listings)),
        grams=sample.grams,
    )
    return [
        Pick(
            row=row,
            kind=kind,
            why=_why(kind, {head: column[row] for head, column in scores.items()}, fresh[row], sales[row]),
            p={head: p_of(float(column[row])) for head, column in scores.items()},
            sales_cny=sales[row],
        )
        for row, kind in choose(candidates, budget, quotas)
    ]


def choose(candidates: Candidates, budget: int, quotas: Mapping[str, float]) -> Iterator[tuple[int, str]]:
    """Yield rows and the kind that wanted each, most wanted first, every kind by its quota from the first pick on."""
    queues = {kind: iter(np.argsort(-candidates.wanted[kind], kind="stable").tolist()) for kind in quotas}
    most = max(_LEAST_PER_LISTER, round(budget * _LISTER_SHARE))
    unlike, listers, taken, made = _Unlike(candidates.grams), Counter[str](), set[int](), Counter[str]()
    while queues and sum(made.values()) < budget:
        kind = max(queues, key=lambda name: (quotas[name] * (sum(made.values()) + 1) - made[name], quotas[name]))
        for row in queues[kind]:
            lister = candidates.listers[row]
            if row not in taken and listers[lister] < most and unlike.admit(row):
                taken.add(row)
                listers[lister] += 1
                made[kind] += 1
                yield row, kind
                break
        else:
            del queues[kind]


def freshness(bundle: Bundle, sample: Sample) -> Floats:
    """Share of each title's n-grams that the bundle never saw, (n,); without a memory, that no other lister uses."""
    if bundle.reference is not None:
        out = novelty(sample.grams, Profile.from_bytes(bundle.reference).wording)
    else:
        out = novelty(sample.grams, wording_of(sample.grams, sample.groups), known_from=_FRESH)
    return np.nan_to_num(out)


def sales_of(listing: Listing) -> float | None:
    """Orders of 30 days times price, CNY; None when either is not told."""
    orders, price = listing.trade.orders_30d, listing.price_cny
    return None if orders is None or price is None else orders * price


def _score(calibration: Calibration, logits: Floats) -> Floats:
    """Risk score that tells apart what stands between two whole numbers, and above the last."""
    return np.interp(logits, calibration.log_odds, calibration.scores) + 1 / (1 + np.exp(-logits))


def _rank(values: Floats) -> Floats:
    """Where each value stands among all, 0..1, raised so that only the front of the queue matters."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    share: Floats = (np.cumsum(counts)[at] / len(values)) ** _FRONT
    return share


def _weight(sales: Sequence[float | None], categories: Sequence[str], known: Mapping[str, Category]) -> Floats:
    """Factor for what is at stake: sales, and categories that reviewers see first."""
    told = np.log1p(np.array([value or 0.0 for value in sales]))
    first = np.array([float(one in known and known[one].priority == 1) for one in categories])
    weight: Floats = 1 + _EXPOSURE * told / max(float(told.max()), 1.0) + _PRIORITY * first
    return weight


def _spread(sample: Sample, chance: Floats) -> Floats:
    """A draw that takes every category in turn: the first of each, the second of each, and so on."""
    place = np.empty(len(chance))
    names = np.array(sample.categories)
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        place[rows[np.argsort(chance[rows])]] = np.arange(len(rows))
    return -place


def _chance(listing: Listing) -> float:
    """A number 0..1 that says nothing of the listing but is always the same for it."""
    told = f"{listing.listing_id}\0{listing.title}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(told).digest()[:6], "big") / 2**48


def _why(kind: str, scores: Mapping[str, float], fresh: float, sales: float | None) -> Bilingual:
    head = max(scores, key=lambda name: scores[name])
    name, p = HEADS[head], p_of(float(scores[head]))
    zh, en = {
        "risk": (f"最像违规：{name.zh}，概率{p:.0%}", f"most like a violation: {name.en}, p {p:.0%}"),
        "doubt": (f"处于判定边缘：{name.zh}，概率{p:.0%}", f"at the edge of a decision: {name.en}, p {p:.0%}"),
        "new": (f"用语新：{fresh:.0%}的字词组合未见过", f"new wording: {fresh:.0%} of its n-grams were never seen"),
        "explore": ("各品类随机抽查", "drawn at random over all categories"),
    }[kind]
    if sales:
        zh, en = f"{zh}；近30天销售额约{sales:,.0f}元", f"{en}; sold for about CNY {sales:,.0f} in 30 days"
    return Bilingual(zh, en)


class _Unlike:
    """What was admitted so far; nothing that is nearly the same is admitted again."""

    def __init__(self, grams: csr_array) -> None:
        self._grams = grams
        self._holders: dict[int, list[int]] = {}
        self._sizes: list[int] = []

    def admit(self, row: int) -> bool:
        """Admit a title unless it shares most of its n-grams with one that was admitted."""
        mine = self._grams.indices[self._grams.indptr[row] : self._grams.indptr[row + 1]].tolist()
        shared = Counter(other for bucket in mine for other in self._holders.get(bucket, ()))
        if any(both >= _ALIKE * (len(mine) + self._sizes[other] - both) for other, both in shared.items()):
            return False
        for bucket in mine:
            self._holders.setdefault(bucket, []).append(len(self._sizes))
        self._sizes.append(len(mine))
        return True
