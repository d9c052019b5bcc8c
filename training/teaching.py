"""Teach one head: the line of its text and its booster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.registry import CATALOGUE
from models.booster import TITLE_TEXT, Booster
from models.text_model import UNIT
from training.labels import Label
from training.lesson import Lesson
from training.split import Split
from training.wording import Caution, Lines, fit_line, out_of_fold

THREADS = 2
Labels = NDArray[np.int8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """One head, still to be calibrated, and what it says of sellers it has not seen."""

    line: Lines
    booster: Booster
    held: Floats  # margins of the calibration part
    test: Floats  # margins of the test part


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
    train = parts.train[label[parts.train] != Label.UNKNOWN]
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
    held, test = (booster.margins(matrix(part)) for part in (parts.calibration, parts.test))
    return Taught(line, booster, held, test)
