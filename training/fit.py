"""Labelled takedowns -> a measured bundle."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.knowledge import Knowledge, load
from features.listing import Listing
from features.reader import Reader
from features.registry import CATALOGUE
from models.bundle import CALIBRATION, CALIBRATIONS, CARD, REFERENCE, TEXT_MODEL, booster_file, put_bundle
from models.calibration import RATES, Calibration, p_of
from models.heads import HEADS
from models.manifest import FORMAT, Manifest, Thresholds, Training
from models.scorer import Scorer
from models.shelf import claimed
from models.text_model import TextModel
from training.card import card
from training.drift.remember import remember
from training.errors import TrainingError
from training.labels import Label, labels, unknown_reasons
from training.lesson import Lesson, Progress, read_lesson, silent
from training.split import Split, folds, split
from training.takedowns import Takedown
from training.teaching import Taught, teach
from training.wording import REAL, SIMULATED, text_model

FOLDS = 5
LEAST_TRAIN, LEAST_CALIBRATION = 30, 5
"""Guilty, and honest, takedowns a head needs in each part; with fewer it is left out of the bundle."""

_LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "scipy", "jieba")
Labels = NDArray[np.int8]


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
) -> Manifest:
    """Learn from takedowns and write a bundle at `out`; the same takedowns, seed and `created` give the same bytes.

    The oldest sellers teach, younger ones calibrate, the newest are only measured. `processes` read listings, with
    the same result; above 1 the caller's main module must be importable. `expected` takedowns are told to `progress`.
    Raises TrainingError when no head has enough labels, BundleBusy while somebody else trains into `out`; nothing is
    written then.
    """
    knowledge = load() if knowledge is None else knowledge
    with claimed(out) as shelf:
        lesson = read_lesson(takedowns, knowledge, progress, processes=processes, expected=expected)
        manifest, files = _learn(lesson, knowledge, progress, seed=seed, created=created, simulated=simulated)
        return put_bundle(shelf, manifest, files)


def _learn(
    lesson: Lesson, knowledge: Knowledge, progress: Progress, *, seed: int, created: str, simulated: bool
) -> tuple[Manifest, dict[str, bytes]]:
    rows = lesson.takedowns
    parts = split(rows)
    told = {head: labels(rows, head) for head in HEADS}
    learnable = [head for head in HEADS if _enough(told[head], parts)]
    if not learnable:
        raise TrainingError(_too_few(rows))
    grouped = folds(rows, FOLDS)
    caution = SIMULATED if simulated else REAL
    trained = {}
    for done, head in enumerate(learnable):
        progress("train", done, len(learnable))
        sees = HEADS[head].simulated_sees if simulated else ()
        trained[head] = teach(lesson, told[head], parts, grouped, seed=seed, caution=caution, sees=sees)
    progress("train", len(learnable), len(learnable))
    training = Training(
        simulated=simulated,
        takedowns=len(rows),
        guilty={head: int((told[head] == Label.GUILTY).sum()) for head in learnable},
        honest={head: int((told[head] == Label.HONEST).sum()) for head in learnable},
        fingerprint=lesson.fingerprint,
        seed=seed,
    )
    judged = np.sort(np.concatenate([parts.calibration, parts.test]))
    unseen = [rows[row].listing for row in judged[judged % lesson.stride == 0]]
    return _written(trained, training, unseen, signals=lesson.signals, knowledge=knowledge, created=created)


def _enough(label: Labels, parts: Split) -> bool:
    needs = ((parts.train, LEAST_TRAIN), (parts.calibration, LEAST_CALIBRATION))
    return all((label[rows] == value).sum() >= least for rows, least in needs for value in (Label.GUILTY, Label.HONEST))


def _too_few(rows: Sequence[Takedown]) -> str:
    told = f"; no head knows the reasons {list(unknown_reasons(rows))[:10]}" if unknown_reasons(rows) else ""
    return (
        f"{len(rows)} takedowns teach no head: each needs at least {LEAST_TRAIN} guilty (outcome confirmed, with a"
        f" reason of models/heads.toml) and {LEAST_TRAIN} honest (rejected, appeal_reversed) among its oldest"
        f" sellers, and {LEAST_CALIBRATION} of each among younger ones{told}"
    )


def _written(
    trained: Mapping[str, Taught],
    training: Training,
    unseen: list[Listing],
    *,
    signals: tuple[str, ...],
    knowledge: Knowledge,
    created: str,
) -> tuple[Manifest, dict[str, bytes]]:
    """The files of a bundle, and the manifest to put beside them."""
    calibrations = {head: one.calibration for head, one in trained.items()}
    manifest = Manifest(
        format=FORMAT,
        created=created,
        code=version("zhenwei"),
        libraries={"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        heads=tuple(trained),
        features=tuple(feature.name for feature in CATALOGUE),
        signals=signals,
        knowledge=dict(sorted(knowledge.digests.items())),
        training=training,
        thresholds={head: _thresholds(calibration) for head, calibration in calibrations.items()},
        metrics={head: one.report.numbers() for head, one in trained.items() if one.report},
        sha256={},
    )
    text: TextModel = text_model({head: one.line for head, one in trained.items()})
    files = {booster_file(head): one.booster.text.encode() for head, one in trained.items()}
    files[TEXT_MODEL] = text.to_bytes()
    files[CALIBRATION] = CALIBRATIONS.dump_json(calibrations, indent=2) + b"\n"
    boosters = {head: one.booster for head, one in trained.items()}
    scorer = Scorer(manifest.features, signals, text, boosters, calibrations)
    files[REFERENCE] = remember(scorer, Reader(knowledge), unseen)
    files[CARD] = card(manifest).encode()
    return manifest, files


def _thresholds(calibration: Calibration) -> Thresholds:
    _, (medium_fpr, _), (high_fpr, _), _ = RATES
    return Thresholds(
        high=p_of(calibration.high), medium=p_of(calibration.medium), high_fpr=high_fpr, medium_fpr=medium_fpr
    )
