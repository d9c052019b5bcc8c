"""How far to trust what an older model says: a factor fitted together with the corrections to it."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_FAITH = 5.0
"""Weight of the L2 penalty on the distance of the factor from 1: a few dozen labels outweigh it."""
_ROUNDS = 200


def correct(
    counts: csr_array, told: Floats, guilty: Bools, weight: Floats, *, penalty: float
) -> tuple[Floats, float, float]:
    """Fit log-odds = trust * told + counts @ corrections + constant, (n, k) and (n,), by penalised likelihood.

    `weight` says how much each of the n labels counts, (n,).

    Returns the corrections (k,), the trust and the constant.
    """
    columns = counts.shape[1]
    across = csr_array(counts.T)

    def loss(x: Floats) -> tuple[float, Floats]:
        margins = counts @ x[:columns] + x[-2] * told + x[-1]
        wrong = weight * (expit(margins) - guilty)
        distance = x[-2] - 1
        value = weight @ np.logaddexp(0, np.where(guilty, -margins, margins))
        value += (penalty * x[:columns] @ x[:columns] + _FAITH * distance**2) / 2
        slope = np.empty_like(x)
        slope[:columns] = across @ wrong + penalty * x[:columns]
        slope[-2] = told @ wrong + _FAITH * distance
        slope[-1] = wrong.sum()
        return float(value), slope

    start = np.zeros(columns + 2)
    start[-2] = 1.0
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    return found[:columns], float(found[-2]), float(found[-1])


def weigh(told: Floats, guilty: Bools, weight: Floats) -> tuple[float, float]:
    """Trust (at least 0) and constant for margins told by an older model, (n,): log-odds = trust * told + constant."""
    _, trust, constant = correct(csr_array((len(told), 0)), told, guilty, weight, penalty=1.0)
    return (trust, constant) if trust > 0 else (0.0, float(logit(np.average(guilty, weights=weight))))


def surely_better(new: Floats, old: Floats, guilty: Bools) -> bool:
    """Whether new margins of n takedowns say more than the old ones, by more than one standard error.

    Both are calibrated first: what counts is what they know, not how loud they say it.
    """
    gain = _losses(old, guilty) - _losses(new, guilty)
    return bool(gain.mean() > gain.std() / np.sqrt(len(gain)))


def _losses(margins: Floats, guilty: Bools) -> Floats:
    trust, constant = weigh(margins, guilty, np.ones(len(guilty)))
    logits = trust * margins + constant
    losses: Floats = np.logaddexp(0, np.where(guilty, -logits, logits))
    return losses
