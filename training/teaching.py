"""Teach one head: the line of its text, its booster, its calibration, and how well they did."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.registry import CATALOGUE
from models.booster import TITLE_TEXT, Booster
from models.calibration import Calibration
from models.text_model import UNIT
from training.calibrate import calibrate
from training.labels import Label
from training.lesson import Lesson
from training.measure import HeadReport, measure
from training.split import Split
from training.wording import Caution, Lines, fit_line, out_of_fold

THREADS = 2
Labels = NDArray[np.int8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """One head, ready for a bundle. `report` is None when the newest sellers lack guilty or honest takedowns."""

    line: Lines
    booster: Booster
    calibration: Calibration
    report: HeadReport | None


def teach(
    lesson: Lesson,
    label: Labels,
    parts: Split,
    grouped: NDArray[np.int64],
    *,
    seed: int,
    caution: Caution,
    sees: tuple[str, ...],
) -> Taught:
    """Teach one head from the (n,) labels of a lesson of n takedowns and their folds by seller.

    `sees`: how the names of the columns begin that it may learn from; empty means all.
    """
    train, held = (rows[label[rows] != Label.UNKNOWN] for rows in (parts.train, parts.calibration))
    guilty = label == Label.GUILTY
    names = [*(f.name for f in CATALOGUE), *(f"signal.{name}" for name in lesson.signals), TITLE_TEXT]
    line = fit_line(lesson.counts[train], guilty[train], caution)
    text = lesson.counts @ (np.rint(line.coefficients / UNIT) * UNIT) + line.bias
    text[train] = out_of_fold(lesson.counts[train], guilty[train], grouped[train], THREADS, caution)

    def matrix(part: Ints) -> Floats:
        numbers = lesson.matrix(part, text[part])
        if sees:
            numbers[:, [at for at, name in enumerate(names) if not name.startswith(sees)]] = np.nan
        return numbers

    booster = Booster.fit(matrix(train), guilty[train], names, seed=seed, threads=THREADS)
    calibration = calibrate(booster.margins(matrix(held)), guilty[held])
    logits = calibration.logits(booster.margins(matrix(parts.test)))
    categories = [lesson.categories[row] for row in parts.test]
    return Taught(line, booster, calibration, measure(logits, label[parts.test], categories, calibration))
