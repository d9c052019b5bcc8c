"""One head's gradient-boosted trees: margins, and their exact additive parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.trees import Trees

Floats = NDArray[np.float64]

TITLE_TEXT = "title.text"
"""The column after the declared features and signals: the text model's log-odds for the head."""

SHAPE: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 10,
    "max_depth": 4,  # TreeSHAP's cost and rounding grow with the square of depth
    "learning_rate": 0.1,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "verbosity": -1,
    "deterministic": True,
    "force_row_wise": True,
}
TREES = 160


@dataclass(frozen=True, slots=True, eq=False)
class Booster:
    """Trees and the text they were read from. Safe to share between threads."""

    trees: Trees
    text: str  # the model as saved; what a bundle stores

    @classmethod
    def from_text(cls, text: str) -> "Booster":
        """Parse a model file. Raises TreesInvalid when it is not one."""
        return cls(Trees(text), text)

    @classmethod
    def fit(
        cls, matrix: Floats, guilty: NDArray[np.bool_], names: Sequence[str], *, seed: int, threads: int
    ) -> "Booster":
        """Learn from (n, d) features and (n,) labels. More of `title.text` never means less risk."""
        import lightgbm as lgb  # noqa: PLC0415 - takes two seconds, and only training needs it

        monotone = [int(name == TITLE_TEXT) for name in names]
        params = SHAPE | {"seed": seed, "num_threads": threads, "monotone_constraints": monotone}
        data = lgb.Dataset(matrix, label=guilty.astype(np.float64), params=params)
        return cls.from_text(lgb.train(params, data, num_boost_round=TREES).model_to_string())

    def margins(self, matrix: Floats) -> Floats:
        """Log-odds before calibration, (n, d) -> (n,). The matrix is float64 and C-contiguous; NaN = not told."""
        return self.trees.predict(matrix, "margin")[:, 0]

    def contributions(self, matrix: Floats) -> Floats:
        """Additive parts of the margin, (n, d) -> (n, d + 1); the last column is the base.

        Invariant: each row sums to its margin within 1e-9.
        """
        return self.trees.predict(matrix, "contributions")
