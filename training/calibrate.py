"""Fit a calibration on a slice of takedowns that neither the text model nor the booster has seen."""

import math

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.calibration import MEDIUM, RATES, Calibration

Floats = NDArray[np.float64]

_LIGHT = 100.0  # inverse of the L2 penalty: only a perfect separation feels it
_LIFT, _EVEN = 2.0, 0.5  # level medium means at least twice the usual probability, or more likely than not
_STEP = 1e-6  # knots stay apart, so the table is a function of the log-odds


def calibrate(margins: Floats, guilty: NDArray[np.bool_]) -> Calibration:
    """Platt's two numbers by logistic regression on (n,) margins, and the score table from the honest ones."""
    model = LogisticRegression(C=_LIGHT, solver="lbfgs", tol=1e-8).fit(margins[:, None], guilty)
    a, b = max(float(model.coef_[0, 0]), _STEP), float(model.intercept_[0])
    share = float(guilty.mean())
    doubled = min(_LIFT * share, _EVEN)
    log_odds, scores = score_table(a * margins[~guilty] + b, math.log(doubled / (1 - doubled)))
    return Calibration(a=a, b=b, log_odds=log_odds, scores=scores)


def score_table(honest: Floats, least: float = -math.inf) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Make the score table from the calibrated log-odds of n honest listings, (n,).

    A score begins at the least log-odds that no more than its share of `honest` reaches. A rate finer than
    the slice can show (less than one listing) lies at least as far beyond the last knot as that did. Level medium
    begins at `least` or higher: where most listings say nothing of a head, the rate alone would call noise medium.
    """
    ordered = np.sort(honest)[::-1]
    knots: list[tuple[float, int]] = []
    for rate, score in RATES:
        allowed = int(rate * len(ordered) + 1e-9)
        reached = float(ordered[allowed]) + _STEP
        if score == MEDIUM:
            reached = max(reached, least)
        if knots:
            reached = max(reached, knots[-1][0] + _STEP)
        if not allowed and len(knots) > 1:
            reached = max(reached, 2 * knots[-1][0] - knots[-2][0])
        knots.append((reached, score))
    below = knots[0][0] - max(knots[1][0] - knots[0][0], 1.0)
    above = knots[-1][0] + max(knots[-1][0] - knots[-2][0], 1.0)
    table = [(below, 0), *knots, (above, 100)]
    return tuple(x for x, _ in table), tuple(y for _, y in table)
