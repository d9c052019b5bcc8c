"""Measures of a ranking under any weights, and how far they move when other sellers had been drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.interval import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

RATES = (0.005, 0.02, 0.05)
"""False-positive rates at which recall is stated."""
BINS = 15
"""Bins of equal mass for the expected calibration error."""
METRICS = ("pr_auc", "roc_auc", "ece", *(f"recall_at_{rate}_fpr" for rate in RATES))
"""What is measured, in the order of the arrays below."""
REPLICATES = 400
"""Times the sellers are drawn anew."""
_ECE = METRICS.index("ece")


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """n listings from the riskiest down. Arrays are in that order but for `order`, which leads there."""

    order: Ints  # (n,)
    ends: Ints  # last place of each run of equal scores
    guilty: Flags  # (n,)
    p: Floats  # (n,)
    bins: Ints  # (n,) bin of equal mass

    @classmethod
    def of(cls, scores: Floats, guilty: Flags) -> "Ranking":
        """Rank n log-odds, (n,)."""
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        p = probabilities(scores)
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        return cls(order, ends, guilty[order], p[order], equal_mass(p)[order])

    def measure(self, weights: Floats | Ints) -> Floats:
        """METRICS, (m,), when the listings weigh `weights`, (n,) in the original order; NaN without both labels.

        Weights of one give scikit-learn's average precision and ROC area.
        """
        mass = weights[self.order].astype(np.float64)
        bad = np.cumsum(mass * self.guilty)[self.ends]
        good = np.cumsum(mass * ~self.guilty)[self.ends]
        if not (bad[-1] and good[-1]):
            return np.full(len(METRICS), np.nan)
        more_bad, more_good = np.diff(bad, prepend=0.0), np.diff(good, prepend=0.0)
        pr_auc = (more_bad * bad / np.maximum(bad + good, 1e-300)).sum() / bad[-1]
        roc_auc = (more_good * (bad - more_bad / 2)).sum() / (bad[-1] * good[-1])
        ece = np.abs(np.bincount(self.bins, mass * (self.p - self.guilty), BINS)).sum() / mass.sum()
        allowed = np.floor(np.array(RATES) * good[-1] + 1e-9)
        within = np.searchsorted(good, allowed, side="right")
        recall = np.append(0.0, bad)[within] / bad[-1]
        return np.array([pr_auc, roc_auc, ece, *recall])


def probabilities(scores: Floats) -> Floats:
    """Probabilities of n log-odds, (n,)."""
    p: Floats = 1 / (1 + np.exp(-np.clip(scores, -700, 700)))
    return p


def equal_mass(p: Floats) -> Ints:
    """Bin number of each of n probabilities, (n,), 0..BINS-1 from the lowest up."""
    bins = np.empty(len(p), dtype=np.int64)
    for number, part in enumerate(np.array_split(np.argsort(p, kind="stable"), BINS)):
        bins[part] = number
    return bins


def redraw(rankings: Sequence[Ranking], sellers: Ints, *, replicates: int = REPLICATES, seed: int = 0) -> Floats:
    """Measure each of b rankings of the same n listings under `replicates` draws of sellers: (b, replicates, m).

    Sellers, (n,) numbers, are drawn whole and with replacement; every ranking sees the same draws, so differences
    are paired (Efron and Tibshirani 1993, chapter 8).
    """
    _, group = np.unique(sellers, return_inverse=True)
    count = int(group.max()) + 1
    random = np.random.default_rng(seed)
    out = np.empty((len(rankings), replicates, len(METRICS)))
    for draw in range(replicates):
        weights = np.bincount(random.integers(count, size=count), minlength=count)[group]
        for place, ranking in enumerate(rankings):
            out[place, draw] = ranking.measure(weights)
    return out


def intervals(found: Floats, draws: Floats) -> dict[str, Interval]:
    """95 % intervals of m metrics found, (m,), from their redrawn values, (replicates, m).

    Percentiles; for the calibration error, which chance inflates and drawing anew inflates once more, mirrored about
    the value found, which stays inside.
    """
    draws = draws[~np.isnan(draws).any(axis=1)]
    if not len(draws):
        return {}
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    mirrored = 2 * found[_ECE] - np.array([high[_ECE], low[_ECE]])
    low[_ECE], high[_ECE] = max(float(mirrored[0]), 0.0), max(float(mirrored[1]), float(found[_ECE]))
    return {name: Interval(float(low[i]), float(high[i])) for i, name in enumerate(METRICS)}
