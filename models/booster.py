"""One head's gradient-boosted trees: margins, and their exact additive parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.trees import Trees

Floats = NDArray[np.float64]

TITLE_TEXT = "title.text"
"""The column after the declared features and signals: the text model's log-odds for the head."""


@dataclass(frozen=True, slots=True, eq=False)
class Booster:
    """Trees and the text they were read from. Safe to share between threads."""

    trees: Trees
    text: str  # the model as saved; what a bundle stores

    @classmethod
    def from_text(cls, text: str) -> "Booster":
        """Parse a model file. Raises TreesInvalid when it is not one."""
        return cls(Trees(text), text)

    def margins(self, matrix: Floats) -> Floats:
        """Log-odds before calibration, (n, d) -> (n,). The matrix is float64 and C-contiguous; NaN = not told."""
        return self.trees.predict(matrix, "margin")[:, 0]

    def contributions(self, matrix: Floats) -> Floats:
        """Additive parts of the margin, (n, d) -> (n, d + 1); the last column is the base.

        Invariant: each row sums to its margin within 1e-9.
        """
        return self.trees.predict(matrix, "contributions")
