"""What a bundle is measured by while it is made: the newest sellers, and how well fewer labels would do."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.heads import HEADS
from training.answers import Answers
from training.evaluate import Report, evaluate
from training.learning_curve import Point, learning_curve
from training.lesson import Lesson
from training.ranking import REPLICATES
from training.study import Course
from training.takedowns import Takedown
from training.teaching import Roles, prior_of, teach, teachable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class School:
    """Everything that teaching a head needs."""

    lesson: Lesson
    course: Course
    start: Bundle | None
    grouped: Ints  # (n,) folds by seller
    answers: Mapping[str, Answers]  # what every head is taught


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsal:
    """The bundle that the figures of training are about, and the rows, among all takedowns, that it has not seen.

    It is the one that ships; where every takedown teaches what ships, it was made the same way without the newest.
    """

    bundle: Bundle
    roles: Roles
    school: School

    def curves(self) -> dict[str, tuple[Point, ...]]:
        """Head -> what it would be worth with the labels of fewer sellers; teaches every head three times more."""
        return {head: self._curve(head) for head in self.bundle.manifest.heads}

    def report(self, takedowns: Iterable[Takedown], *, replicates: int = REPLICATES) -> Report:
        """Measure on the newest; `takedowns` are those that taught, read again in the same order."""
        told, newest = self.bundle.manifest.training, self.roles.test
        labels = {head: one.decisions[newest] for head, one in self.school.answers.items()}
        measured = evaluate(self.bundle, _picked(takedowns, newest), labels=labels, replicates=replicates)
        at_random = told.split is not None and told.split.kind == "random"
        return replace(measured, at_random=at_random, contradicted=told.contradictions)

    def _curve(self, head: str) -> tuple[Point, ...]:
        school, told = self.school, self.school.answers[head]
        course = school.course
        own = replace(course, sees=HEADS[head].simulated_sees) if course.simulated else course

        def taught(rows: Ints) -> Floats | None:
            roles = replace(self.roles, train=rows, held=rows if self.roles.in_turn else self.roles.held)
            if not teachable(told, roles, school.grouped):
                return None
            return teach(
                school.lesson, told, roles, school.grouped, course=own, prior=prior_of(school.start, head)
            ).test

        return learning_curve(school.lesson.takedowns, told.decisions, self.roles.train, self.roles.test, taught)


Rehearse = Callable[[Rehearsal], None]
"""Told of the rehearsal before the bundle is put in its place."""


def _picked(takedowns: Iterable[Takedown], rows: Ints) -> Iterator[Takedown]:
    wanted = set(rows.tolist())
    return (takedown for row, takedown in enumerate(takedowns) if row in wanted)
