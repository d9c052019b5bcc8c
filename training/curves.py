"""What a head's scores look like as curves: precision, false positives, calibration, scores by outcome."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from models.calibration import Calibration
from training.interval import Share, share
from training.ranking import probabilities

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

POINTS = 160
"""A curve keeps at most this many points."""
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Probabilities between which calibration is looked at; finer where most listings are."""
STEP = 5
"""Width of a bin of the risk score 0..100."""
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Curve:
    """Points from left to right."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Listings whose probability lies in low <= p < high: what was promised, and the share that was guilty."""

    low: float
    high: float
    promised: float  # their mean probability
    guilty: Share


@dataclass(frozen=True, slots=True)
class Scores:
    """Share of each outcome by risk score: `edges` (k + 1), shares (k,) that sum to 1."""

    edges: tuple[int, ...]
    guilty: tuple[float, ...]
    honest: tuple[float, ...]


def precision_by_recall(scores: Floats, guilty: Flags) -> Curve:
    """Precision, y, at every recall, x, of n log-odds, (n,)."""
    precision, recall, _ = precision_recall_curve(guilty, scores)
    return _thinned(recall[::-1], precision[::-1])


def recall_by_rate(scores: Floats, guilty: Flags) -> Curve:
    """Recall, y, at every false-positive rate, x, of n log-odds, (n,)."""
    rate, recall, _ = roc_curve(guilty, scores)
    return _thinned(rate, recall)


def reliability(scores: Floats, guilty: Flags, sellers: Ints) -> tuple[Reliability, ...]:
    """Promised and seen, from the least probable up; empty bins are left out."""
    p = probabilities(scores)
    place = np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)
    out = []
    for number in range(len(EDGES) - 1):
        here = place == number
        if seen := share(guilty[here], sellers[here]):
            out.append(Reliability(EDGES[number], EDGES[number + 1], float(p[here].mean()), seen))
    return tuple(out)


def scores_by_outcome(scores: Floats, guilty: Flags, calibration: Calibration) -> Scores:
    """How the risk scores of the guilty and of the honest are spread."""
    risk = np.floor(np.interp(scores, calibration.log_odds, calibration.scores) + 1e-9)
    edges = np.arange(0, 100 + STEP, STEP)
    of_guilty, of_honest = (np.histogram(risk[rows], edges)[0] / rows.sum() for rows in (guilty, ~guilty))
    return Scores(tuple(edges.tolist()), tuple(of_guilty.tolist()), tuple(of_honest.tolist()))


def _thinned(x: Floats, y: Floats) -> Curve:
    """Keep the ends and the points that are evenly spread along the length of the curve."""
    length = np.cumsum(np.abs(np.diff(x, prepend=x[0])) + np.abs(np.diff(y, prepend=y[0])))
    wanted = np.linspace(0, length[-1], POINTS)
    kept = np.unique(np.concatenate([[0], np.searchsorted(length, wanted[:-1]), [len(x) - 1]]))
    return Curve(tuple(np.round(x[kept], _DIGITS).tolist()), tuple(np.round(y[kept], _DIGITS).tolist()))
