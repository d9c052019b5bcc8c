"""Fit the text model: one light logistic regression per head over hashed n-grams."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from models.grams import BUCKETS
from models.text_model import UNIT, TextModel
from training.trust import correct

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST = 3
"""An n-gram seen in fewer training titles teaches nothing that lasts."""
_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Caution:
    """How far the n-grams of training titles are believed."""

    penalty: float  # weight of the L2 penalty
    doubt: float  # z-score below which an n-gram says nothing; what is left is shrunk as much


REAL = Caution(1 / 0.3, 0.0)
SIMULATED = Caution(1_500.0, 3.0)
"""A simulated market repeats a small vocabulary, and the more of it there is the surer a line becomes of words that
mean nothing elsewhere (DECISIONS.md, 8)."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The line of one head: value = counts @ coefficients + bias."""

    coefficients: Floats  # (BUCKETS,)
    bias: float


def fit_line(
    counts: csr_array,
    guilty: NDArray[np.bool_],
    caution: Caution = REAL,
    *,
    weight: Floats | None = None,
    prior: Lines | None = None,
) -> Lines:
    """Fit one head on (n, BUCKETS) counts and (n,) labels, leaving out rare buckets; `weight` is 1 when not told.

    Counts are weighted by inverse document frequency while fitting, so that the penalty weighs on common n-grams
    most; the line is given back for plain counts. With a `prior`, the line is the prior times a trust fitted beside
    the corrections to it, and keeps the prior's bias: the trees that come with the prior know its values.
    """
    told = np.zeros(len(guilty)) if prior is None else counts @ prior.coefficients
    return _line(_weighed(counts, told), guilty, np.ones(len(guilty)) if weight is None else weight, caution, prior)


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """Counts of the common buckets, times their rarity, and what an older line says."""

    counts: csr_array  # (n, common)
    common: Ints  # (common,) buckets
    rarity: NDArray[np.float32]  # (common,)
    told: Floats  # (n,)


def _weighed(counts: csr_array, told: Floats) -> _Weighed:
    seen = np.bincount(counts.indices, minlength=BUCKETS)
    common = np.flatnonzero(seen >= LEAST)
    rarity = (1 + np.log((1 + len(told)) / (1 + seen[common]))).astype(np.float32)
    weighed = csr_array(counts[:, common])
    weighed.data *= rarity[weighed.indices]
    return _Weighed(weighed, common, rarity, told)


def _line(weighed: _Weighed, guilty: NDArray[np.bool_], weight: Floats, caution: Caution, prior: Lines | None) -> Lines:
    if not len(weighed.common):  # no titles, or none that have anything in common
        return Lines(np.zeros(BUCKETS), float(logit(np.average(guilty, weights=weight)))) if prior is None else prior
    if prior is None:
        model = LogisticRegression(C=1 / caution.penalty, solver="lbfgs", tol=1e-4, max_iter=_ROUNDS)
        model.fit(weighed.counts, guilty, sample_weight=weight)
        found, p = model.coef_[0], model.predict_proba(weighed.counts)[:, 1]
        coefficients, bias = np.zeros(BUCKETS), float(model.intercept_[0])
    else:
        found, trust, constant = correct(weighed.counts, weighed.told, guilty, weight, penalty=caution.penalty)
        p = expit(weighed.counts @ found + trust * weighed.told + constant)
        coefficients, bias = trust * prior.coefficients, prior.bias
    belief = _belief(weighed.counts, weight * (guilty - p), caution.doubt)
    coefficients[weighed.common] += found * belief * weighed.rarity
    return Lines(coefficients, bias)


def _belief(counts: csr_array, surprise: Floats, doubt: float) -> Floats:
    """Factor 0..1 for every column, by the score test of its coefficient: 0 where |z| <= doubt, (|z| - doubt) / |z|.

    Under a heavy penalty a coefficient is proportional to its score, so this is a soft threshold in units of noise.
    """
    if not doubt:
        return np.ones(counts.shape[1])
    squares = csr_array((counts.data**2, counts.indices, counts.indptr), shape=counts.shape)
    z = np.abs(counts.T @ surprise) / np.sqrt(squares.T @ surprise**2 + np.finfo(np.float64).tiny)
    belief: Floats = np.maximum(1 - doubt / np.maximum(z, np.finfo(np.float64).tiny), 0)
    return belief


def out_of_fold(
    counts: csr_array,
    guilty: NDArray[np.bool_],
    folds: Ints,
    *,
    threads: int,
    caution: Caution = REAL,
    weight: Floats | None = None,
    prior: Lines | None = None,
) -> Floats:
    """Values of (n,) titles, each from a line fitted without its own fold (its own seller).

    Leaving out any fold must leave guilty and honest titles. A fold is left out by a weight of zero, and how rare a
    bucket is, which no label tells, is counted over all titles: so all folds share one table, and nothing is copied.
    """
    values = np.empty(len(folds))
    weighed = _weighed(counts, np.zeros(len(folds)) if prior is None else counts @ prior.coefficients)

    def one(fold: int) -> None:
        inside = folds == fold
        line = _line(weighed, guilty, np.where(inside, 0.0, 1.0 if weight is None else weight), caution, prior)
        values[inside] = (counts @ line.coefficients)[inside] + line.bias

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, np.unique(folds).tolist()))
    return values


def text_model(lines: Mapping[str, Lines]) -> TextModel:
    """Round the lines of all heads to a text model."""
    return TextModel.from_coefficients(
        {head: line.coefficients for head, line in lines.items()}, {head: line.bias for head, line in lines.items()}
    )


def line_of(text: TextModel, head: str) -> Lines:
    """Give back the line of one head of a text model."""
    return Lines(text.weights[head].astype(np.float64) * UNIT, text.bias[head])


def rounded(line: Lines) -> Lines:
    """The line as the text model will hold it."""
    return line_of(text_model({"": line}), "")
