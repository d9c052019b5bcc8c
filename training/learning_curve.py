"""What more labels would bring: a head taught with growing shares of the sellers, measured on the same newest."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.interval import Interval
from training.labels import Label
from training.ranking import METRICS, Ranking, intervals, redraw
from training.split import seller_of
from training.takedowns import Takedown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int8]

EIGHTHS = (1, 2, 4)
"""Eighths of the sellers that teach on the way; the whole comes last and is not taught again."""
SHOWN = ("pr_auc", "roc_auc", "recall_at_0.05_fpr")
_REPLICATES = 100


@dataclass(frozen=True, slots=True)
class Point:
    """A head taught with `share` of the sellers."""

    share: float
    guilty: int  # labels that taught
    honest: int
    metrics: dict[str, float]  # of SHOWN, on the newest sellers
    intervals: dict[str, Interval]  # 95 %


def learning_curve(
    takedowns: Sequence[Takedown],
    label: Labels,
    train: Ints,
    test: Ints,
    taught: Callable[[Ints], Floats | None],
) -> tuple[Point, ...]:
    """Teach with growing shares of the `train` rows and measure every time on the `test` rows.

    `taught` returns the margins of the test rows, (m,), after teaching with some rows; None when they are too few.
    Larger shares hold the sellers of the smaller ones.
    """
    known = label[test] != Label.UNKNOWN
    guilty = label[test][known] == Label.GUILTY
    if not guilty.any() or guilty.all():
        return ()
    eighth = np.array([_eighth(seller_of(takedowns[row])) for row in train], dtype=np.int64)
    sellers = _numbered([takedowns[row] for row in test[known]])
    points = []
    for eighths in (*EIGHTHS, 8):
        rows = train[eighth < eighths]
        margins = taught(rows)
        if margins is not None:
            points.append(_point(eighths / 8, label[rows], Ranking.of(margins[known], guilty), sellers))
    return tuple(points)


def _eighth(seller: str) -> int:
    """A draw of its own: the folds of training must stay spread over every share."""
    return hashlib.sha256(f"curve:{seller}".encode("utf-8", "surrogatepass")).digest()[0] % 8


def _numbered(takedowns: Sequence[Takedown]) -> Ints:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(seller_of(t), len(numbers)) for t in takedowns], dtype=np.int64)


def _point(share: float, teaching: Labels, ranking: Ranking, sellers: Ints) -> Point:
    found = ranking.measure(np.ones(len(sellers)))
    lies = intervals(found, redraw([ranking], sellers, replicates=_REPLICATES)[0])
    figures = dict(zip(METRICS, found.tolist(), strict=True))
    return Point(
        share,
        int((teaching == Label.GUILTY).sum()),
        int((teaching == Label.HONEST).sum()),
        {name: figures[name] for name in SHOWN},
        {name: lies[name] for name in SHOWN if name in lies},
    )
