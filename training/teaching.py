"""Teach one head, and let it say what it thinks of takedowns it has not learned from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.booster import Booster
from models.bundle import Bundle
from training.answers import Answers
from training.labels import Label
from training.lesson import Lesson
from training.split import Split, apart
from training.study import Course, Prior, names_of, study
from training.wording import Lines, line_of

LEAST_HELD = 5
"""Guilty, and honest, takedowns of a head among those that only calibrate."""
_LEAST, _LEAST_IN_TURN = 30, 10

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Roles:
    """Which takedowns teach, which calibrate, which are only measured: row numbers, each ascending."""

    train: Ints
    held: Ints
    test: Ints
    in_turn: bool  # `held` are those that teach: their sellers are left out in turn

    @classmethod
    def by_age(cls, parts: Split) -> "Roles":
        """Oldest sellers teach, younger ones calibrate, the newest are measured."""
        return cls(parts.train, parts.calibration, parts.test, in_turn=False)

    @classmethod
    def without_newest(cls, parts: Split) -> "Roles":
        """All but the newest sellers teach and calibrate."""
        older = np.sort(np.concatenate([parts.train, parts.calibration]))
        return cls(older, older, parts.test, in_turn=True)

    @classmethod
    def of_all(cls, count: int) -> "Roles":
        """All of n takedowns teach and calibrate."""
        rows = np.arange(count)
        return cls(rows, rows, rows[:0], in_turn=True)

    @property
    def least(self) -> int:
        """Guilty, and honest, takedowns that a head needs among those that teach."""
        return _LEAST_IN_TURN if self.in_turn else _LEAST


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """One head, still to be calibrated, and what it says of takedowns it has not learned from."""

    line: Lines
    booster: Booster
    held: Floats  # margins of the roles' `held`
    test: Floats  # margins of the roles' `test`
    disguised: int  # twins among the examples
    trust: float | None  # what the margins of the older bundle were multiplied by; None: it was of no use


def teachable(told: Answers, roles: Roles, grouped: Ints) -> bool:
    """Whether a head has enough decisions for the roles, of sellers in more than one fold."""
    label = told.decisions
    teaches = roles.train[label[roles.train] != Label.UNKNOWN]
    needs = ((roles.train, roles.least), (roles.held, LEAST_HELD))
    enough = all(
        (label[rows] == value).sum() >= least for rows, least in needs for value in (Label.GUILTY, Label.HONEST)
    )
    return enough and apart(label[teaches] == Label.GUILTY, grouped[teaches])


def prior_of(bundle: Bundle | None, head: str) -> Prior | None:
    """What an older bundle says of a head, when it has it."""
    if bundle is None or head not in bundle.boosters:
        return None
    told = bundle.manifest
    return Prior(line_of(bundle.text, head), bundle.boosters[head], names_of(told.signals, told.features))


def teach(
    lesson: Lesson, told: Answers, roles: Roles, grouped: Ints, *, course: Course, prior: Prior | None = None
) -> Taught:
    """Teach one head from the answers of a lesson of n takedowns and their folds by seller."""
    learned = study(lesson, roles.train, told, grouped, course=course, prior=prior, in_turn=roles.in_turn)
    held = learned.margins_on(lesson, roles.held)
    if roles.in_turn:
        held[np.searchsorted(roles.held, learned.rows)] = learned.margins
    test = learned.margins_on(lesson, roles.test)
    return Taught(learned.line, learned.booster, held, test, disguised=learned.twins, trust=learned.trust)
