"""Study takedowns for one head: text first, out of fold, then trees on what it says and on everything else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from features.knowledge import Knowledge
from features.registry import CATALOGUE
from models.booster import TITLE_TEXT, Booster
from training.answers import Answers
from training.grafting import columns_asked, graft, places_of
from training.growing import SPARE, Examples, Grown, grow_in_turn, grow_watched, shape_for
from training.labels import Label
from training.lesson import Lesson
from training.trust import weigh
from training.twins import Twins, exposed, read_twins
from training.wording import REAL, SIMULATED, Caution, Lines, fit_line, out_of_fold, rounded

THREADS = 2
_ALONE = 20_000  # examples up to which threads cost trees more than they bring
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How a head is taught."""

    knowledge: Knowledge
    seed: int
    sees: tuple[str, ...] = ()  # how the names of the columns begin that it may learn from; empty means all
    disguise: bool = True  # whether guilty titles that give themselves away get disguised twins
    simulated: bool = False  # simulated listings are believed less

    @property
    def caution(self) -> Caution:
        """How far n-grams are believed."""
        return SIMULATED if self.simulated else REAL


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What an older bundle says of the head."""

    line: Lines
    booster: Booster
    names: tuple[str, ...]  # of its columns


@dataclass(frozen=True, slots=True, eq=False)
class Studied:
    """A line and trees, and what they said of takedowns they had not seen."""

    line: Lines
    booster: Booster
    sees: tuple[str, ...]
    twins: int  # disguised twins among the examples
    trust: float | None  # what an older booster's margins were multiplied by; None: it was of no use
    rows: Ints  # (m,) takedowns held out from the trees, or in turn
    margins: Floats  # (m,) their log-odds

    def margins_on(self, lesson: Lesson, rows: Ints) -> Floats:
        """Log-odds of other takedowns of the lesson, (k,)."""
        text = lesson.counts[rows] @ self.line.coefficients + self.line.bias
        return self.booster.margins(_seen(lesson.matrix(rows, text), names_of(lesson.signals), self.sees))


def names_of(signals: Sequence[str], features: Sequence[str] | None = None) -> tuple[str, ...]:
    """Names of the columns in matrix order; without `features`, those of this code."""
    features = [feature.name for feature in CATALOGUE] if features is None else features
    return (*features, *(f"signal.{name}" for name in signals), TITLE_TEXT)


def study(
    lesson: Lesson, rows: Ints, told: Answers, grouped: Ints, *, course: Course, prior: Prior | None, in_turn: bool
) -> Studied:
    """Study those of `rows` that have an answer; `told` and `grouped` (fold by seller) are for all n of the lesson.

    `in_turn`: every fold is held out once, and all takedowns teach; otherwise, if there are enough, the first fold only
    stops the trees.
    With a prior, its margins and text are where learning begins, if that does better on the held out.
    """
    rows = rows[told.label[rows] != Label.UNKNOWN]
    decided = rows[told.decided[rows]]
    guilty = told.label == Label.GUILTY
    asked = exposed(lesson, decided, guilty, grouped, THREADS) if course.disguise else rows[:0]
    desk = _Desk(
        lesson, rows, told, grouped, course=course, twins=read_twins(lesson, asked, course.knowledge, course.seed)
    )
    cold = desk.learn(None, in_turn=in_turn)
    if prior is None:
        return cold[1]
    warm = desk.learn(prior, in_turn=in_turn)
    return min(cold, warm, key=lambda one: one[0])[1]


class _Desk:
    """The examples of one study: takedowns first, then the twins of some."""

    def __init__(
        self, lesson: Lesson, rows: Ints, told: Answers, grouped: Ints, *, course: Course, twins: Twins
    ) -> None:
        self.lesson, self.course, self.twins, self.count = lesson, course, twins, len(rows)
        self.places = np.concatenate([rows, twins.rows])
        self.guilty, self.folds = told.label[self.places] == Label.GUILTY, grouped[self.places]
        self.weight = told.weight[self.places].astype(np.float64)
        self.watched = told.decided[self.places] & (np.arange(len(self.places)) < len(rows))
        counts = csr_array(lesson.counts[rows])
        self.counts = csr_array(vstack([counts, twins.counts], format="csr")) if len(twins.rows) else counts
        self.names = names_of(lesson.signals)

    def learn(self, prior: Prior | None, *, in_turn: bool) -> tuple[float, Studied]:
        """Learn from these examples; returns the log loss on those held out, too."""
        line = prior.line if prior else None
        caution = self.course.caution
        text = out_of_fold(
            self.counts, self.guilty, self.folds, threads=THREADS, caution=caution, weight=self.weight, prior=line
        )
        matrix = self._matrix(text)
        start, trust, constant = self._told(matrix, prior) if prior else (None, None, 0.0)
        examples = Examples(matrix, self.guilty, self.folds, self.watched, self.weight, self.names, start)
        threads = THREADS if self.count > _ALONE else 1
        grow = grow_in_turn if in_turn or self.count < SPARE else grow_watched
        grown = grow(examples, shape_for(self.count), seed=self.course.seed, threads=threads)
        booster = grown.booster
        if prior and trust is not None:
            booster = self._grafted(prior, grown, trust, constant)
        return grown.loss(self.guilty), Studied(
            line=rounded(fit_line(self.counts, self.guilty, caution, weight=self.weight, prior=line)),
            booster=booster,
            sees=self.course.sees,
            twins=len(self.twins.rows),
            trust=trust,
            rows=self.places[grown.unseen],
            margins=grown.margins,
        )

    def _matrix(self, text: Floats) -> Floats:
        matrix = self.lesson.matrix(self.places, text)
        matrix[self.count :, : self.twins.numbers.shape[1]] = self.twins.numbers
        return _seen(matrix, self.names, self.course.sees)

    def _told(self, matrix: Floats, prior: Prior) -> tuple[Floats, float, float]:
        """What the older booster says, and how far that is trusted; twins have no say in it."""
        places = places_of(prior.names, self.names, columns_asked(prior.booster.text))
        old = np.full((len(matrix), len(prior.names)), np.nan)
        old[:, list(places)] = matrix[:, list(places.values())]
        margins = prior.booster.margins(old)
        trust, constant = weigh(margins[self.watched], self.guilty[self.watched], self.weight[self.watched])
        return trust * margins + constant, trust, constant

    def _grafted(self, prior: Prior, grown: Grown, trust: float, constant: float) -> Booster:
        places = places_of(prior.names, self.names, columns_asked(prior.booster.text))
        text = graft(prior.booster.text, grown.booster.text, places, trust=trust, constant=constant, trees=grown.trees)
        return Booster.from_text(text)


def _seen(matrix: Floats, names: Sequence[str], sees: tuple[str, ...]) -> Floats:
    """Hide the columns a head may not learn from."""
    if sees:
        matrix[:, [at for at, name in enumerate(names) if not name.startswith(sees)]] = np.nan
    return matrix
