"""Labelled takedowns -> a measured bundle."""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.knowledge import Knowledge, load
from features.knowledge.brandlist import BRANDS
from features.reader import Reader
from features.registry import CATALOGUE
from models.bundle import CALIBRATION, CALIBRATIONS, CARD, REFERENCE, TEXT_MODEL, Bundle, booster_file, put_bundle
from models.calibration import Calibration
from models.heads import HEADS
from models.manifest import FORMAT, Manifest, Review, Thresholds, Training
from models.scorer import Scorer
from models.shelf import claimed
from training.answers import AS_DECIDED, Answers, Policy, answers
from training.calibrate import DEFAULT, calibrate_all
from training.card import card
from training.drift.remember import remember
from training.errors import TrainingError
from training.labels import Label
from training.lesson import Lesson, Progress, read_lesson, silent
from training.levels import Budget, Levels, thresholds
from training.measure import measure
from training.rehearsal import Rehearsal, Rehearse, School
from training.settlement import settle
from training.shortage import shortage
from training.split import BY_TIME, Plan, Split, folds, split
from training.study import Course
from training.surprise import surprises, write_review
from training.takedowns import Takedown
from training.teaching import Roles, Taught, prior_of, teach, teachable
from training.wording import text_model

FOLDS = 5
FEW = 40_000
"""Takedowns up to which every one of them teaches: sellers are held out in turn to calibrate, and what is measured is
a bundle made the same way without the newest. With more, each part has one use."""
_LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "scipy", "jieba")
Labels = NDArray[np.int8]
Ints = NDArray[np.int64]


def fit(
    takedowns: Iterable[Takedown],
    out: Path,
    *,
    knowledge: Knowledge | None = None,
    seed: int = 0,
    created: str = "",
    simulated: bool = False,
    progress: Progress = silent,
    processes: int = 1,
    expected: int = 0,
    levels: Levels = DEFAULT,
    budget: Budget | None = None,
    plan: Plan = BY_TIME,
    policy: Policy = AS_DECIDED,
    review: Path | None = None,
    start: Bundle | None = None,
    disguise: bool = True,
    rehearse: Rehearse | None = None,
) -> Manifest:
    """Learn from takedowns and write a bundle at `out`; the same takedowns, seed and `created` give the same bytes.

    The oldest sellers teach, younger ones calibrate, the newest are only measured; up to FEW takedowns, all teach in
    the end. `start` is an older bundle to begin from, trusted as far as the takedowns bear it out. `disguise`: whether
    guilty titles that give themselves away are taught in disguise, too; never those of a simulated market, which has
    its own. `processes` read listings, with the same result; above 1 the caller's main module must be importable.
    `expected` takedowns are told to `progress`. `levels` says how many honest listings may reach level high and
    medium; with a `budget`, level medium begins where people have no time left to review. `plan` says how sellers
    are told apart, `policy` what the unlabelled teach and how much each source weighs. `review` is a file for the
    labels that surprise most, to be looked at again. `rehearse` is told what the figures of the bundle are about.

    Raises TrainingError when no head has enough labels, BundleBusy while somebody else trains into `out`; nothing is
    written then.
    """
    knowledge = load() if knowledge is None else knowledge
    with claimed(out) as shelf:
        lesson = read_lesson(takedowns, knowledge, progress, processes=processes, expected=expected)
        course = Course(knowledge, seed, disguise=disguise and not simulated, simulated=simulated)
        settled = settle(lesson.takedowns)
        told = answers(lesson.takedowns, settled, policy)
        learned, rehearsed = _learn(lesson, told, course, plan, start=start, progress=progress)
        if review:
            grouped = folds(lesson.takedowns, FOLDS, learned.parts)
            doubts = surprises(lesson, {head: told[head] for head in learned.taught}, grouped, seed=seed)
            write_review(review, lesson.takedowns, settled.contradictions, doubts)
        judged = _judge(learned, rehearsed, lesson, levels, budget)
        training = Training(
            simulated=simulated,
            takedowns=len(lesson.takedowns),
            guilty={head: int((label == Label.GUILTY).sum()) for head, label in learned.labels.items()},
            honest={head: int((label == Label.HONEST).sum()) for head, label in learned.labels.items()},
            fingerprint=lesson.fingerprint,
            seed=seed,
            split=learned.parts.record(),
            unlabelled=policy.unlabelled,
            weights=dict(policy.weights),
            contradictions=settled.contradicted,
            disguised={head: one.disguised for head, one in learned.taught.items() if one.disguised},
            in_turn=learned.roles.in_turn,
            start=start.id if start else "",
            trust={head: one.trust for head, one in learned.taught.items() if one.trust is not None},
        )
        manifest = _manifest(judged, training, signals=lesson.signals, knowledge=knowledge, created=created)
        if rehearse:
            school = School(lesson, course, start, rehearsed.grouped, rehearsed.answers)
            rehearse(Rehearsal(_measured(rehearsed, judged, manifest, knowledge, lesson), rehearsed.roles, school))
        return put_bundle(
            shelf, manifest, _files(learned, rehearsed, judged, manifest=manifest, knowledge=knowledge, lesson=lesson)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Learned:
    parts: Split
    roles: Roles
    grouped: Ints  # folds by seller
    answers: Mapping[str, Answers]  # what every head is taught
    labels: Mapping[str, Labels]  # what was decided for every head, also of those that could not be taught
    taught: Mapping[str, Taught]


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Thresholds]
    review: Review | None
    metrics: Mapping[str, Mapping[str, float]]
    rehearsed: Mapping[str, Calibration]  # of what was measured


def _learn(
    lesson: Lesson,
    told: Mapping[str, Answers],
    course: Course,
    plan: Plan,
    *,
    start: Bundle | None,
    progress: Progress,
) -> tuple[_Learned, _Learned]:
    """Teach every head that has enough labels; returns what ships, and what it is measured by."""
    rows = lesson.takedowns
    progress("split", 0, 1)
    parts = split(rows, plan)
    grouped = folds(rows, FOLDS, parts)
    decisions = {head: one.decisions for head, one in told.items()}
    progress("split", 1, 1)
    in_turn = not course.simulated and len(rows) <= FEW
    final = Roles.of_all(len(rows)) if in_turn else Roles.by_age(parts)
    castings = (final, Roles.without_newest(parts)) if in_turn else (final,)
    learnable = [[head for head in HEADS if teachable(told[head], roles, grouped)] for roles in castings]
    if not learnable[0]:
        raise TrainingError(*shortage(rows, decisions, final))
    learned: list[_Learned] = []
    steps = sum(map(len, learnable))
    progress("train", 0, steps)
    for roles, heads in zip(castings, learnable, strict=True):
        taught = {}
        for head in heads:
            own = replace(course, sees=HEADS[head].simulated_sees) if course.simulated else course
            taught[head] = teach(lesson, told[head], roles, grouped, course=own, prior=prior_of(start, head))
            progress("train", sum(len(one.taught) for one in learned) + len(taught), steps)
        learned.append(_Learned(parts, roles, grouped, told, decisions, taught))
    return learned[0], learned[-1]


def _judge(learned: _Learned, rehearsed: _Learned, lesson: Lesson, levels: Levels, budget: Budget | None) -> _Judged:
    """Calibrate what ships, and measure on the newest sellers."""
    share = budget.shared(lesson.takedowns) if budget else None
    calibrations = _calibrations(learned, levels, share)
    rehearsal = calibrations if rehearsed is learned else _calibrations(rehearsed, levels, share)
    held = {head: one.held for head, one in learned.taught.items()}
    reached = [calibrations[head].logits(margins) >= calibrations[head].medium for head, margins in held.items()]
    return _Judged(
        calibrations,
        {head: thresholds(one, levels, budget) for head, one in calibrations.items()},
        budget.review(lesson.takedowns, float(np.any(reached, axis=0).mean())) if budget else None,
        _metrics(rehearsed, rehearsal, lesson),
        rehearsal,
    )


def _calibrations(learned: _Learned, levels: Levels, share: float | None) -> dict[str, Calibration]:
    if not learned.taught:
        return {}  # too few for a rehearsal
    told = {head: learned.labels[head][learned.roles.held] for head in learned.taught}
    return calibrate_all({head: one.held for head, one in learned.taught.items()}, told, levels, share)


def _metrics(learned: _Learned, calibrations: Mapping[str, Calibration], lesson: Lesson) -> dict[str, dict[str, float]]:
    test = learned.roles.test
    categories = [lesson.categories[row] for row in test]
    reports = {
        head: measure(calibrations[head].logits(one.test), learned.labels[head][test], categories, calibrations[head])
        for head, one in learned.taught.items()
    }
    return {head: report.numbers() for head, report in reports.items() if report}


def _manifest(
    judged: _Judged, training: Training, *, signals: tuple[str, ...], knowledge: Knowledge, created: str
) -> Manifest:
    return Manifest(
        format=FORMAT,
        created=created,
        code=version("zhenwei"),
        libraries={"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        heads=tuple(judged.calibrations),
        features=tuple(feature.name for feature in CATALOGUE),
        signals=signals,
        knowledge=dict(sorted(knowledge.digests.items())),
        training=training,
        thresholds=dict(judged.thresholds),
        review=judged.review,
        metrics={head: dict(numbers) for head, numbers in judged.metrics.items()},
        sha256={},
    )


def _files(
    learned: _Learned, rehearsed: _Learned, judged: _Judged, *, manifest: Manifest, knowledge: Knowledge, lesson: Lesson
) -> dict[str, bytes]:
    text = text_model({head: one.line for head, one in learned.taught.items()})
    files = {booster_file(head): one.booster.text.encode() for head, one in learned.taught.items()}
    files[TEXT_MODEL] = text.to_bytes()
    files[CALIBRATION] = CALIBRATIONS.dump_json(dict(judged.calibrations), indent=2) + b"\n"
    # Too few for a rehearsal of every head: then what ships is remembered as it stands.
    whole = rehearsed.taught.keys() == learned.taught.keys()
    shown = (rehearsed, judged.rehearsed) if whole else (learned, judged.calibrations)
    files[REFERENCE] = _reference(*shown, manifest, lesson, Reader(knowledge))
    files[CARD] = card(manifest).encode()
    if knowledge.own_brands is not None:
        files[BRANDS] = knowledge.own_brands
    return files


def _measured(learned: _Learned, judged: _Judged, manifest: Manifest, knowledge: Knowledge, lesson: Lesson) -> Bundle:
    """The bundle that the figures are about, with what it was made of to compare the newest with."""
    heads, roles = tuple(learned.taught), learned.roles
    told = manifest.model_copy(update={"heads": heads, "thresholds": {h: manifest.thresholds[h] for h in heads}})
    text = text_model({head: one.line for head, one in learned.taught.items()})
    boosters = {head: one.booster for head, one in learned.taught.items()}
    taught = np.sort(np.concatenate([roles.train, roles.held]))
    every, older = (
        [lesson.takedowns[row].listing for row in rows[rows % lesson.stride == 0]] for rows in (taught, roles.held)
    )
    scorer = Scorer(manifest.features, lesson.signals, text, boosters, judged.rehearsed)
    # Of those that taught, it would be too sure: then scores cannot be compared with the newest.
    reference = None if roles.in_turn or not older else remember(scorer, Reader(knowledge), every, older)
    return Bundle("", told, boosters, text, judged.rehearsed, knowledge, "", reference)


def _reference(
    learned: _Learned, calibrations: Mapping[str, Calibration], manifest: Manifest, lesson: Lesson, reader: Reader
) -> bytes:
    """Remember what the listings look like, and what is said of those that taught nothing, if they are kept whole."""
    roles = learned.roles
    rows = roles.test if roles.in_turn and len(roles.test) else np.sort(np.concatenate([roles.held, roles.test]))
    unseen = [lesson.takedowns[row].listing for row in rows[rows % lesson.stride == 0]]
    every = [lesson.takedowns[row].listing for row in range(0, len(lesson.takedowns), lesson.stride)]
    text = text_model({head: one.line for head, one in learned.taught.items()})
    boosters = {head: one.booster for head, one in learned.taught.items()}
    return remember(Scorer(manifest.features, lesson.signals, text, boosters, calibrations), reader, every, unseen)
