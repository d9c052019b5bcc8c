"""Labelled takedowns -> a measured bundle."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.knowledge import Knowledge, load
from features.knowledge.brandlist import BRANDS
from features.listing import Listing
from features.reader import Reader
from features.registry import CATALOGUE
from models.bundle import CALIBRATION, CALIBRATIONS, CARD, REFERENCE, TEXT_MODEL, booster_file, put_bundle
from models.calibration import Calibration
from models.heads import HEADS
from models.manifest import FORMAT, Manifest, Review, Thresholds, Training
from models.scorer import Scorer
from models.shelf import claimed
from training.calibrate import DEFAULT, calibrate_all
from training.card import card
from training.drift.remember import remember
from training.errors import TrainingError
from training.labels import Label, labels, unknown_reasons
from training.lesson import Lesson, Progress, read_lesson, silent
from training.levels import Budget, Levels, thresholds
from training.measure import measure
from training.split import BY_TIME, Plan, Split, folds, split
from training.takedowns import Takedown
from training.teaching import Taught, teach
from training.wording import REAL, SIMULATED, text_model

FOLDS = 5
LEAST_TRAIN, LEAST_CALIBRATION = 30, 5
"""Guilty, and honest, takedowns a head needs in each part; with fewer it is left out of the bundle."""

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
) -> Manifest:
    """Learn from takedowns and write a bundle at `out`; the same takedowns, seed and `created` give the same bytes.

    The oldest sellers teach, younger ones calibrate, the newest are only measured. `processes` read listings, with
    the same result; above 1 the caller's main module must be importable. `expected` takedowns are told to `progress`.
    `levels` says how many honest listings may reach level high and medium; with a `budget`, level medium begins where
    people have no time left to review. `plan` says how sellers are told apart.

    Raises TrainingError when no head has enough labels, BundleBusy while somebody else trains into `out`; nothing is
    written then.
    """
    knowledge = load() if knowledge is None else knowledge
    with claimed(out) as shelf:
        lesson = read_lesson(takedowns, knowledge, progress, processes=processes, expected=expected)
        learned = _learn(lesson, progress, plan, seed=seed, simulated=simulated)
        judged = _judge(learned, lesson, levels, budget)
        training = Training(
            simulated=simulated,
            takedowns=len(lesson.takedowns),
            guilty={head: int((label == Label.GUILTY).sum()) for head, label in learned.labels.items()},
            honest={head: int((label == Label.HONEST).sum()) for head, label in learned.labels.items()},
            fingerprint=lesson.fingerprint,
            seed=seed,
            split=learned.parts.record(),
        )
        manifest = _manifest(judged, training, signals=lesson.signals, knowledge=knowledge, created=created)
        return put_bundle(shelf, manifest, _files(learned, judged, manifest, knowledge, lesson))


@dataclass(frozen=True, slots=True, eq=False)
class _Learned:
    parts: Split
    labels: Mapping[str, Labels]  # of every head, also of those that could not be taught
    taught: Mapping[str, Taught]


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Thresholds]
    review: Review | None
    metrics: Mapping[str, Mapping[str, float]]


def _learn(lesson: Lesson, progress: Progress, plan: Plan, *, seed: int, simulated: bool) -> _Learned:
    rows = lesson.takedowns
    progress("split", 0, 1)
    parts = split(rows, plan)
    grouped = folds(rows, FOLDS, parts)
    told = {head: labels(rows, head) for head in HEADS}
    progress("split", 1, 1)
    learnable = [head for head in HEADS if _enough(told[head], parts)]
    if not learnable:
        raise TrainingError(_too_few(rows, told, parts))
    caution = SIMULATED if simulated else REAL
    taught = {}
    for done, head in enumerate(learnable):
        progress("train", done, len(learnable))
        sees = HEADS[head].simulated_sees if simulated else ()
        taught[head] = teach(lesson, told[head], parts, grouped, seed=seed, caution=caution, sees=sees)
    progress("train", len(learnable), len(learnable))
    return _Learned(parts, told, taught)


def _judge(learned: _Learned, lesson: Lesson, levels: Levels, budget: Budget | None) -> _Judged:
    """Calibrate on the younger sellers, measure on the newest."""
    parts, taught = learned.parts, learned.taught
    share = budget.shared(lesson.takedowns) if budget else None
    held = {head: one.held for head, one in taught.items()}
    told = {head: learned.labels[head][parts.calibration] for head in taught}
    calibrations = calibrate_all(held, told, levels, share)
    reached = [calibrations[head].logits(margins) >= calibrations[head].medium for head, margins in held.items()]
    categories = [lesson.categories[row] for row in parts.test]
    reports = {
        head: measure(
            calibrations[head].logits(one.test), learned.labels[head][parts.test], categories, calibrations[head]
        )
        for head, one in taught.items()
    }
    return _Judged(
        calibrations,
        {head: thresholds(one, levels, budget) for head, one in calibrations.items()},
        budget.review(lesson.takedowns, float(np.any(reached, axis=0).mean())) if budget else None,
        {head: report.numbers() for head, report in reports.items() if report},
    )


def _enough(label: Labels, parts: Split) -> bool:
    needs = ((parts.train, LEAST_TRAIN), (parts.calibration, LEAST_CALIBRATION))
    return all((label[rows] == value).sum() >= least for rows, least in needs for value in (Label.GUILTY, Label.HONEST))


def _too_few(rows: Sequence[Takedown], told: Mapping[str, Labels], parts: Split) -> str:
    unknown = list(unknown_reasons(rows))[:10]
    counts = ", ".join(
        f"{head} has {_count(label, parts.train)} among its oldest sellers and {_count(label, parts.calibration)}"
        " among younger ones"
        for head, label in told.items()
    )
    return (
        f"{len(rows)} takedowns teach no head: each needs at least {LEAST_TRAIN} guilty (outcome confirmed, with a"
        f" reason of models/heads.toml) and {LEAST_TRAIN} honest (rejected, appeal_reversed) among its oldest"
        f" sellers, and {LEAST_CALIBRATION} of each among younger ones; {counts}"
        + (f"; no head knows the reasons {unknown}" if unknown else "")
    )


def _count(label: Labels, part: Ints) -> str:
    return f"{(label[part] == Label.GUILTY).sum()} guilty and {(label[part] == Label.HONEST).sum()} honest"


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
    learned: _Learned, judged: _Judged, manifest: Manifest, knowledge: Knowledge, lesson: Lesson
) -> dict[str, bytes]:
    text = text_model({head: one.line for head, one in learned.taught.items()})
    files = {booster_file(head): one.booster.text.encode() for head, one in learned.taught.items()}
    files[TEXT_MODEL] = text.to_bytes()
    files[CALIBRATION] = CALIBRATIONS.dump_json(dict(judged.calibrations), indent=2) + b"\n"
    boosters = {head: one.booster for head, one in learned.taught.items()}
    scorer = Scorer(manifest.features, lesson.signals, text, boosters, judged.calibrations)
    files[REFERENCE] = remember(scorer, Reader(knowledge), _unseen(learned.parts, lesson))
    files[CARD] = card(manifest).encode()
    if knowledge.own_brands is not None:
        files[BRANDS] = knowledge.own_brands
    return files


def _unseen(parts: Split, lesson: Lesson) -> list[Listing]:
    """Listings of younger sellers, as far as they are kept whole."""
    rows = np.sort(np.concatenate([parts.calibration, parts.test]))
    return [lesson.takedowns[row].listing for row in rows[rows % lesson.stride == 0]]
