"""Labels that surprise a model which has not seen them: the first to look at again.

Confident learning (Northcutt et al., 2021): a label is doubted when the out-of-fold probability of the other answer
reaches what is usual for those that have the other answer. That bound is each side's own mean, so a head that is rarely
guilty, or poorly told apart, does not doubt one side only.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.tables.formula import unformula
from training.answers import Answers
from training.labels import Label
from training.lesson import Lesson
from training.settlement import Contradiction
from training.takedowns import Takedown
from training.wording import out_of_fold

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST = 0.05
"""Share of the decided takedowns of a head that are listed at most: reviewers' time is short."""
THREADS = 1
_TREES = 100
_COLUMNS = ("listing_id", "title", "outcome", "reason", "source", "decided_at", "head", "p", "why")


@dataclass(frozen=True, slots=True)
class Surprise:
    """One label to look at again."""

    row: int
    head: str
    p: float  # that it is guilty, by a model that has not seen its seller
    why: str


def unseen_p(lesson: Lesson, told: Answers, grouped: Ints, *, seed: int) -> tuple[Ints, Floats]:
    """Rows somebody decided, (m,), and their probability of guilt by models that have not seen their fold, (m,).

    `grouped` are the folds of all n takedowns of the lesson. No row when one side lacks in some fold's absence.
    """
    from lightgbm import LGBMClassifier  # noqa: PLC0415 - takes two seconds
    from sklearn.model_selection import PredefinedSplit, cross_val_predict  # noqa: PLC0415

    rows = np.flatnonzero(told.decided)
    guilty, fold, weight = told.label[rows] == Label.GUILTY, grouped[rows], told.weight[rows]
    if any(len(np.unique(guilty[fold != one])) < 2 for one in np.unique(fold)) or len(np.unique(fold)) < 2:  # noqa: PLR2004
        return rows[:0], np.empty(0)
    matrix = lesson.matrix(rows, out_of_fold(lesson.counts[rows], guilty, fold, threads=THREADS))
    trees = LGBMClassifier(
        n_estimators=_TREES,
        num_leaves=10,
        min_child_samples=20,
        reg_lambda=5.0,
        random_state=seed,
        n_jobs=THREADS,
        deterministic=True,
        force_row_wise=True,
        verbosity=-1,
    )
    p = cross_val_predict(
        trees, matrix, guilty, cv=PredefinedSplit(fold), method="predict_proba", params={"sample_weight": weight}
    )
    return rows, p[:, 1]


def doubted(guilty: NDArray[np.bool_], p: Floats, most: float = MOST) -> Ints:
    """Places of the labels to look at again, most surprising first, at most `most` of the m labels."""
    if not guilty.any() or guilty.all():
        return np.empty(0, dtype=np.int64)
    other = np.where(guilty, 1 - p, p)  # probability of what the label denies
    usual = np.where(guilty, (1 - p[~guilty]).mean(), p[guilty].mean())
    found = np.flatnonzero(other >= usual)
    ordered = found[np.argsort(-other[found], kind="stable")]
    return ordered[: max(int(most * len(p)), 1)]


def surprises(lesson: Lesson, told: Mapping[str, Answers], grouped: Ints, *, seed: int) -> list[Surprise]:
    """The most surprising labels of every head, one head after the other."""
    found = []
    for head, one in told.items():
        rows, p = unseen_p(lesson, one, grouped, seed=seed)
        guilty = one.label[rows] == Label.GUILTY
        for at in doubted(guilty, p).tolist():
            said, other = ("guilty", "honest") if guilty[at] else ("honest", "guilty")
            why = f"labelled {said}, looks {other} to a model that has not seen this seller"
            found.append(Surprise(int(rows[at]), head, float(p[at]), why))
    return found


def write_review(
    path: Path,
    takedowns: Sequence[Takedown],
    contradictions: Iterable[Contradiction],
    surprising: Iterable[Surprise],
) -> int:
    """Write what should be looked at again as a table for spreadsheets, contradictions first; returns the rows."""
    why = "decisions on this listing contradict each other at one time, so none was used"
    told = [Surprise(row, one.head, np.nan, why) for one in contradictions for row in one.rows]
    told += surprising
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        table = csv.writer(file)
        table.writerow(_COLUMNS)
        for one in told:
            takedown = takedowns[one.row]
            words = (takedown.listing.listing_id, takedown.listing.title, takedown.outcome, takedown.reason)
            when = takedown.decided_at.isoformat() if takedown.decided_at else ""
            p = "" if np.isnan(one.p) else f"{one.p:.4f}"
            cells = (*words, takedown.source or "", when, one.head, p, one.why)
            table.writerow([unformula(cell) for cell in cells])
    return len(told)
