"""Fit a calibration on a slice of takedowns that neither the text model nor the booster has seen."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.calibration import MEDIUM, Calibration
from training.labels import Label
from training.levels import Levels, full_at

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]

DEFAULT = Levels()
_LIGHT = 100.0  # inverse of the L2 penalty: only a perfect separation feels it
_STEP = 1e-6  # knots stay apart, so the table is a function of the log-odds


def calibrate(
    margins: Floats, guilty: NDArray[np.bool_], levels: Levels = DEFAULT, medium: float | None = None
) -> Calibration:
    """Platt's two numbers by logistic regression on (n,) margins, and the score table from the honest ones.

    `medium`: calibrated log-odds at which level medium begins, whatever the false-positive rate; None: by `levels`.
    """
    model = LogisticRegression(C=_LIGHT, solver="lbfgs", tol=1e-8).fit(margins[:, None], guilty)
    a, b = max(float(model.coef_[0, 0]), _STEP), float(model.intercept_[0])
    honest = a * margins[~guilty] + b
    log_odds, scores = score_table(honest, levels, least=levels.least(float(guilty.mean())), medium=medium)
    return Calibration(a=a, b=b, log_odds=log_odds, scores=scores, rates=shown(honest, log_odds), honest=len(honest))


def calibrate_all(
    margins: Mapping[str, Floats], labels: Mapping[str, Labels], levels: Levels = DEFAULT, budget: float | None = None
) -> dict[str, Calibration]:
    """Calibrate every head on the same n listings: head -> (n,) margins and labels, of which some are unknown.

    `budget`: share of the n listings that people can review; level medium of every head begins where it is used up.
    """

    def one(head: str, medium: float | None = None) -> Calibration:
        known = labels[head] != Label.UNKNOWN
        return calibrate(margins[head][known], labels[head][known] == Label.GUILTY, levels, medium)

    out = {head: one(head) for head in margins}
    if budget is None:
        return out
    full = full_at([out[head].logits(told) for head, told in margins.items()], budget)
    return {head: one(head, full) for head in margins}


def score_table(
    honest: Floats, levels: Levels = DEFAULT, *, least: float = -math.inf, medium: float | None = None
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Make the score table from the calibrated log-odds of n honest listings, (n,).

    A score begins at the least log-odds that no more than its share of `honest` reaches. A rate finer than
    the slice can show (less than one listing) lies at least as far beyond the last knot as that did. Level medium
    begins at `least` or higher: where most listings say nothing of a head, the rate alone would call noise medium.
    `medium` says where it begins instead.
    """
    ordered = np.sort(honest)[::-1]
    knots: list[tuple[float, int]] = []
    for rate, score in levels.shares:
        allowed = int(rate * len(ordered) + 1e-9)
        reached = float(ordered[allowed]) + _STEP
        if score == MEDIUM:
            reached = max(reached, least) if medium is None else medium
        if score < MEDIUM and medium is not None:
            reached = min(reached, medium - 1)
        if knots:
            reached = max(reached, knots[-1][0] + _STEP)
        if not allowed and len(knots) > 1:
            reached = max(reached, 2 * knots[-1][0] - knots[-2][0])
        knots.append((reached, score))
    below = knots[0][0] - max(knots[1][0] - knots[0][0], 1.0)
    above = knots[-1][0] + max(knots[-1][0] - knots[-2][0], 1.0)
    table = [(below, 0), *knots, (above, 100)]
    return tuple(x for x, _ in table), tuple(y for _, y in table)


def shown(honest: Floats, log_odds: tuple[float, ...]) -> tuple[float, ...]:
    """Share of n honest listings, (n,), that reach each log-odds: what is promised is what was seen."""
    return tuple(float((honest >= start).mean()) for start in log_odds)
