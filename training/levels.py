"""Where the levels of risk begin: at a share of honest listings, or where the reviewers' day is full."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.calibration import HIGH, MEDIUM, Calibration, p_of
from models.manifest import Review, Thresholds
from training.errors import TrainingError
from training.split import moment_of
from training.takedowns import Takedown

Floats = NDArray[np.float64]

_MOST_MEDIUM = 0.4  # share of honest listings; half of them reach score 20
_MOST_LIFT = 100.0
_BUDGET = re.compile(r"(\d+(?:\.\d+)?)\s*(%|/\s*day|/\s*天)")
_STEP = 1e-6  # log-odds


@dataclass(frozen=True, slots=True)
class Levels:
    """Shares of honest listings that may reach a level, at most. Raises TrainingError when they make no sense."""

    high_fpr: float = 0.005
    medium_fpr: float = 0.05
    lift: float = 2.0  # level medium means at least so many times the usual probability, or more likely than not

    def __post_init__(self) -> None:
        """Check that high is rarer than medium."""
        if not 0 <= self.lift <= _MOST_LIFT:
            raise TrainingError(f"a lift of {self.lift:g} for level medium: write a number from 0 to {_MOST_LIFT:g}")
        if not 0 < self.high_fpr < self.medium_fpr <= _MOST_MEDIUM:
            raise TrainingError(
                f"false-positive rates of {self.high_fpr:g} for high and {self.medium_fpr:g} for medium: write"
                f" fractions with 0 < high < medium <= {_MOST_MEDIUM:g}"
            )

    def least(self, usual: float) -> float:
        """Log-odds below which nothing is medium, given the usual probability: the guilty share."""
        lifted = min(self.lift * usual, 0.5)
        return math.log(lifted / (1 - lifted)) if lifted > 0 else -math.inf

    @property
    def shares(self) -> tuple[tuple[float, int], ...]:
        """Share of honest listings that may reach a score, and the score, ascending."""
        return (0.5, 20), (self.medium_fpr, MEDIUM), (self.high_fpr, HIGH), (self.high_fpr / 10, 95)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many listings people can review: a share of all, or so many a day."""

    asked: str  # as it was written
    share: float | None = None  # of all listings
    per_day: float | None = None
    listings_per_day: float | None = None  # None: as many as the takedown file has

    def shared(self, takedowns: Sequence[Takedown]) -> float:
        """Return the share of all listings that can be reviewed. Raises TrainingError when the file cannot tell."""
        if self.share is not None or self.per_day is None:
            return self.share or 0.0
        return min(self.per_day / (self.listings_per_day or per_day(takedowns)), 1.0)

    def review(self, takedowns: Sequence[Takedown], share: float) -> Review:
        """Say in a manifest what was asked and what came of it: `share` of the calibration slice is reviewed."""
        daily = None if self.per_day is None else self.listings_per_day or per_day(takedowns)
        return Review(asked=self.asked, listings_per_day=daily, share=share)


def read_budget(told: str, listings_per_day: float | None = None) -> Budget:
    """Read `200/day` or `2%`. Raises TrainingError."""
    found = _BUDGET.fullmatch(told.strip())
    number = float(found[1]) if found else 0.0
    if not found or number <= 0 or (found[2] == "%" and number > 100):  # noqa: PLR2004 - percent
        raise TrainingError(f"review budget {told!r}: write a number a day, like 200/day, or a share, like 2%")
    if listings_per_day is not None and listings_per_day <= 0:
        raise TrainingError(f"{listings_per_day:g} listings a day: write how many are screened every day")
    if found[2] == "%":
        return Budget(told.strip(), share=number / 100)
    return Budget(told.strip(), per_day=number, listings_per_day=listings_per_day)


def per_day(takedowns: Sequence[Takedown]) -> float:
    """Listings a day in a file of takedowns. Raises TrainingError when it has no times."""
    moments = [moment for takedown in takedowns if (moment := moment_of(takedown)) is not None]
    days = (max(moments) - min(moments)) / timedelta(days=1) if moments else 0.0
    if days < 1 or len(moments) < len(takedowns):
        raise TrainingError(
            "a review budget a day needs to know how many listings there are a day, and the takedowns do not all have"
            " times; say --listings-per-day, or a share like 2%"
        )
    return len(takedowns) / days


def thresholds(calibration: Calibration, levels: Levels, budget: Budget | None) -> Thresholds:
    """Say in a manifest where the levels of a head begin, which rate was asked, and which one was seen."""
    return Thresholds(
        high=p_of(calibration.high),
        medium=p_of(calibration.medium),
        high_fpr=calibration.rate(HIGH) or 0.0,
        medium_fpr=calibration.rate(MEDIUM) or 0.0,
        high_asked=levels.high_fpr,
        medium_asked=None if budget else levels.medium_fpr,
        medium_lift=None if budget else levels.lift,
        honest=calibration.honest,
    )


def full_at(everyone: Sequence[Floats], share: float) -> float:
    """Return the least log-odds at which at most `share` of n listings reach it in any head; heads times (n,).

    One log-odds for all heads: those most likely guilty are reviewed, of whatever.
    """
    worst = np.sort(np.max(np.stack(everyone), axis=0))[::-1]
    allowed = int(share * len(worst) + 1e-9)
    return float(worst[allowed]) + _STEP if allowed < len(worst) else float(worst[-1])
