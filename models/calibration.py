"""From a booster's margin to a probability, a score and a level, all stated in false-positive rates."""

import math
from bisect import bisect_right
from itertools import pairwise
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.screening import Level

Floats = NDArray[np.float64]

Rate = Annotated[float, Field(ge=0, le=1)]

HIGH, MEDIUM = 85, 60
"""The scores at which a level begins."""


class Calibration(BaseModel):
    """logit(p) = a * margin + b, and a monotone table from logit(p) to the risk score.

    Affine, so that additive parts of a margin stay additive parts of logit(p).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    a: float = Field(gt=0)
    b: float
    log_odds: tuple[float, ...] = Field(min_length=2)  # increasing
    scores: tuple[int, ...] = Field(min_length=2)  # the score at each log-odds; linear in between
    rates: tuple[Rate, ...] = ()  # share of honest listings of the slice that reach each log-odds; () = not told
    honest: int = Field(default=0, ge=0)  # how many listings showed these rates

    @model_validator(mode="after")
    def _is_a_table(self) -> "Calibration":
        if len(self.log_odds) != len(self.scores):
            raise ValueError("log_odds and scores differ in length")
        rises = any(left < right for left, right in pairwise(self.rates))
        if self.rates and (rises or len(self.rates) != len(self.scores)):
            raise ValueError("rates are not one for each score, falling")
        for name, column in (("log_odds", self.log_odds), ("scores", self.scores)):
            if any(left >= right for left, right in pairwise(column)):
                raise ValueError(f"{name} does not increase")
        return self

    def logits(self, margins: Floats) -> Floats:
        """Calibrated log-odds, same shape."""
        return self.a * margins + self.b

    def score(self, logit: float) -> int:
        """Risk score 0..100. At least HIGH exactly when the log-odds reach the high threshold, MEDIUM likewise."""
        right = bisect_right(self.log_odds, logit)
        if right in {0, len(self.scores)}:
            return self.scores[max(right - 1, 0)]
        x, y = self.log_odds[right - 1], self.scores[right - 1]
        between = y + (self.scores[right] - y) * ((logit - x) / (self.log_odds[right] - x))
        return min(math.floor(between), self.scores[right] - 1)  # rounding reaches no level that the log-odds do not

    @property
    def high(self) -> float:
        """Calibrated log-odds at which level high begins."""
        return self.log_odds[self.scores.index(HIGH)]

    @property
    def medium(self) -> float:
        """Calibrated log-odds at which level medium begins."""
        return self.log_odds[self.scores.index(MEDIUM)]

    def rate(self, score: int) -> float | None:
        """Share of honest listings of the calibration slice that reach a score of the table; None = not told."""
        return self.rates[self.scores.index(score)] if self.rates else None


def level_of(score: int) -> Level:
    """Return the level a score stands in."""
    return "high" if score >= HIGH else "medium" if score >= MEDIUM else "low"


def p_of(logit: float) -> float:
    """Probability of a log-odds; finite for any finite input."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    odds = math.exp(max(logit, -700.0))
    return odds / (1 + odds)
