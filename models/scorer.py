"""From readings to calibrated log-odds, a whole batch at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features import registry
from features.reading import Reading
from models.booster import Booster
from models.calibration import Calibration
from models.grams import Grams, hash_titles
from models.text_model import TextModel

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """The trained parts of a bundle, ready to run.

    Columns are `features` (picked by name from what this code computes), then `signals`, then `title.text`.
    """

    features: tuple[str, ...]
    signals: tuple[str, ...]
    text: TextModel
    boosters: Mapping[str, Booster]
    calibrations: Mapping[str, Calibration]

    def matrix(self, readings: Sequence[Reading]) -> Floats:
        """Numbers of n readings, (n, d + 1); the last column is left for a head's text log-odds."""
        return with_room(pick(registry.matrix(readings, self.signals), self.features, self.signals))

    def logits(self, matrix: Floats, texts: Mapping[str, Floats]) -> dict[str, Floats]:
        """Calibrated log-odds, head -> (n,). Overwrites the last column of the matrix."""
        out = {}
        for head, booster in self.boosters.items():
            matrix[:, -1] = texts[head]
            out[head] = self.calibrations[head].logits(booster.margins(matrix))
        return out

    def contributions(self, head: str, matrix: Floats, texts: Floats, rows: Rows) -> tuple[Floats, Floats]:
        """Additive parts of the calibrated log-odds of some rows.

        Returns their numbers (m, d + 1) and their parts (m, d + 2); the last part is the base.
        Invariant: a row's parts sum to its calibrated log-odds within 1e-6.
        """
        numbers = matrix[rows]
        numbers[:, -1] = texts[rows]
        calibration = self.calibrations[head]
        parts = calibration.a * self.boosters[head].contributions(numbers)
        parts[:, -1] += calibration.b
        return numbers, parts


def grams_of(readings: Sequence[Reading]) -> Grams:
    """Hash the folded titles of n >= 1 readings."""
    return hash_titles([r.title.text for r in readings], [r.tokens for r in readings])


def with_room(numbers: Floats) -> Floats:
    """Add a last column for the text log-odds: (n, d) -> C-contiguous (n, d + 1)."""
    out = np.empty((numbers.shape[0], numbers.shape[1] + 1))
    out[:, :-1] = numbers
    return out


def pick(numbers: Floats, features: Sequence[str], signals: Sequence[str]) -> Floats:
    """Reorder what this code computes, (n, all), to the columns a bundle was trained on."""
    names = [feature.name for feature in registry.CATALOGUE]
    if list(features) == names:
        return numbers
    order = [names.index(name) for name in features] + [len(names) + i for i in range(len(signals))]
    return numbers[:, order]
