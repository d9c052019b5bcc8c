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
from training.growing import SPARE, Examples, grow_in_turn, grow_watched, shape_for
from training.labels import Label
from training.lesson import Lesson
from training.trust import surely_better, weigh
from training.twins import Twins, exposed, read_twins
from training.wording import REAL, SIMULATED, Caution, Lines, fit_line, out_of_fold, rounded

THREADS = 2
_ALONE = 20_000  # examples up to which threads cost trees more than they bring
Bools = NDArray[np.bool_]
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
    With a prior, as much is learned anew as surely does better on the held out.
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
        return cold
    # From what changes the older bundle least to what ignores it: each must be surely better than the one before.
    known = [desk.learn(prior, in_turn=in_turn, corrected=corrected) for corrected in (False, True)]
    kept = desk.unchanged(prior, known[0])
    for one in (*known, cold):
        if surely_better(one.margins, kept.margins, desk.told(one)):
            kept = one
    return kept


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

    def learn(self, prior: Prior | None, *, in_turn: bool, corrected: bool = True) -> Studied:
        """Learn from these examples; `corrected`: the text of a prior, too, not only what its trees make of it."""
        line = prior.line if prior else None
        caution, weight = self.course.caution, self.weight
        if line is not None and not corrected:
            text, fitted = self.counts @ line.coefficients + line.bias, line
        else:
            text = out_of_fold(
                self.counts, self.guilty, self.folds, threads=THREADS, caution=caution, weight=weight, prior=line
            )
            fitted = rounded(fit_line(self.counts, self.guilty, caution, weight=weight, prior=line))
        matrix = self._matrix(text)
        start, trust, constant = self._start(matrix, prior) if prior else (None, None, 0.0)
        examples = Examples(matrix, self.guilty, self.folds, self.watched, weight, self.names, start)
        threads = THREADS if self.count > _ALONE else 1
        grow = grow_in_turn if in_turn or self.count < SPARE else grow_watched
        grown = grow(examples, shape_for(self.count), seed=self.course.seed, threads=threads)
        booster = grown.booster
        if prior and trust is not None:
            booster = self._grafted(prior, grown.booster, grown.trees, trust, constant)
        rows, twins = self.places[grown.unseen], len(self.twins.rows)
        return Studied(fitted, booster, self.course.sees, twins, trust, rows, grown.margins)

    def unchanged(self, prior: Prior, like: Studied) -> Studied:
        """The older bundle as it is, its margins only weighed; on the same takedowns as `like`."""
        text = self.counts @ prior.line.coefficients + prior.line.bias
        start, trust, constant = self._start(self._matrix(text), prior)
        booster = self._grafted(prior, like.booster, 0, trust, constant)
        unseen = np.flatnonzero(self.watched & np.isin(self.places, like.rows))
        return Studied(prior.line, booster, self.course.sees, 0, trust, like.rows, start[unseen])

    def told(self, one: Studied) -> Bools:
        """Which of the takedowns held out are guilty."""
        found: Bools = self.guilty[: self.count][np.isin(self.places[: self.count], one.rows)]
        return found

    def _matrix(self, text: Floats) -> Floats:
        matrix = self.lesson.matrix(self.places, text)
        matrix[self.count :, : self.twins.numbers.shape[1]] = self.twins.numbers
        return _seen(matrix, self.names, self.course.sees)

    def _start(self, matrix: Floats, prior: Prior) -> tuple[Floats, float, float]:
        """What the older booster says, and how far that is trusted; twins have no say in it."""
        places = places_of(prior.names, self.names, columns_asked(prior.booster.text))
        old = np.full((len(matrix), len(prior.names)), np.nan)
        old[:, list(places)] = matrix[:, list(places.values())]
        margins = prior.booster.margins(old)
        trust, constant = weigh(margins[self.watched], self.guilty[self.watched], self.weight[self.watched])
        return trust * margins + constant, trust, constant

    def _grafted(self, prior: Prior, new: Booster, trees: int, trust: float, constant: float) -> Booster:
        places = places_of(prior.names, self.names, columns_asked(prior.booster.text))
        text = graft(prior.booster.text, new.text, places, trust=trust, constant=constant, trees=trees)
        return Booster.from_text(text)


def _seen(matrix: Floats, names: Sequence[str], sees: tuple[str, ...]) -> Floats:
    """Hide the columns a head may not learn from."""
    if sees:
        matrix[:, [at for at, name in enumerate(names) if not name.startswith(sees)]] = np.nan
    return matrix
