"""Labelled takedowns -> a measured bundle."""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.knowledge import Knowledge, load
from features.reader import Reader
from features.registry import CATALOGUE
from models.booster import TITLE_TEXT, Booster
from models.bundle import CALIBRATION, CALIBRATIONS, CARD, TEXT_MODEL, booster_file, write_bundle
from models.calibration import RATES, Calibration, p_of
from models.heads import HEADS
from models.manifest import FORMAT, Manifest, Thresholds, Training
from models.scorer import with_room
from models.text_model import UNIT, TextModel
from training.calibrate import calibrate
from training.card import card
from training.errors import TrainingError
from training.evaluate import HeadReport, measure
from training.labels import Label, labels, unknown_reasons
from training.lesson import Lesson, Progress, read_lesson, silent
from training.split import Split, folds, split
from training.takedowns import Takedown
from training.wording import REAL, SIMULATED, Caution, Lines, fit_line, out_of_fold, text_model

FOLDS = 5
THREADS = 2
LEAST_TRAIN, LEAST_CALIBRATION = 30, 5
"""Guilty, and honest, takedowns a head needs in each part; with fewer it is left out of the bundle."""

_LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "scipy", "jieba")
Labels = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class _Trained:
    line: Lines
    booster: Booster
    calibration: Calibration
    report: HeadReport | None


def fit(
    takedowns: Iterable[Takedown],
    out: Path,
    *,
    knowledge: Knowledge | None = None,
    seed: int = 0,
    created: str = "",
    simulated: bool = False,
    progress: Progress = silent,
) -> Manifest:
    """Learn from takedowns and write a bundle at `out`; the same takedowns, seed and `created` give the same bytes.

    The oldest sellers teach, younger ones calibrate, the newest are only measured. Raises TrainingError when no
    head has enough labels; nothing is written then.
    """
    rows, knowledge = list(takedowns), load() if knowledge is None else knowledge
    parts = split(rows)
    told = {head: labels(rows, head) for head in HEADS}
    learnable = [head for head in HEADS if _enough(told[head], parts)]
    if not learnable:
        raise TrainingError(_too_few(rows))
    lesson = read_lesson(rows, Reader(knowledge), progress)
    grouped = folds(rows, FOLDS)
    caution = SIMULATED if simulated else REAL
    trained = {}
    for done, head in enumerate(learnable):
        progress("train", done, len(learnable))
        sees = HEADS[head].simulated_sees if simulated else ()
        trained[head] = _train(lesson, told[head], parts, grouped, seed=seed, caution=caution, sees=sees)
    progress("train", len(learnable), len(learnable))
    training = Training(
        simulated=simulated,
        takedowns=len(rows),
        guilty={head: int((told[head] == Label.GUILTY).sum()) for head in learnable},
        honest={head: int((told[head] == Label.HONEST).sum()) for head in learnable},
        fingerprint=lesson.fingerprint,
        seed=seed,
    )
    return _write(out, trained, training, signals=lesson.signals, knowledge=knowledge, created=created)


def _enough(label: Labels, parts: Split) -> bool:
    needs = ((parts.train, LEAST_TRAIN), (parts.calibration, LEAST_CALIBRATION))
    return all((label[rows] == value).sum() >= least for rows, least in needs for value in (Label.GUILTY, Label.HONEST))


def _too_few(rows: list[Takedown]) -> str:
    told = f"; no head knows the reasons {list(unknown_reasons(rows))[:10]}" if unknown_reasons(rows) else ""
    return (
        f"{len(rows)} takedowns teach no head: each needs at least {LEAST_TRAIN} guilty (outcome confirmed, with a"
        f" reason of models/heads.toml) and {LEAST_TRAIN} honest (rejected, appeal_reversed) among its oldest"
        f" sellers, and {LEAST_CALIBRATION} of each among younger ones{told}"
    )


def _train(
    lesson: Lesson,
    label: Labels,
    parts: Split,
    grouped: NDArray[np.int64],
    *,
    seed: int,
    caution: Caution,
    sees: tuple[str, ...],
) -> _Trained:
    train, held = (rows[label[rows] != Label.UNKNOWN] for rows in (parts.train, parts.calibration))
    guilty = label == Label.GUILTY
    names = [*(f.name for f in CATALOGUE), *(f"signal.{name}" for name in lesson.signals), TITLE_TEXT]
    line = fit_line(lesson.counts[train], guilty[train], caution)
    matrix = with_room(lesson.numbers)
    matrix[:, -1] = lesson.counts @ (np.rint(line.coefficients / UNIT) * UNIT) + line.bias
    matrix[train, -1] = out_of_fold(lesson.counts[train], guilty[train], grouped[train], THREADS, caution)
    if sees:
        matrix[:, [at for at, name in enumerate(names) if not name.startswith(sees)]] = np.nan
    booster = Booster.fit(matrix[train], guilty[train], names, seed=seed, threads=THREADS)
    calibration = calibrate(booster.margins(matrix[held]), guilty[held])
    logits = calibration.logits(booster.margins(matrix[parts.test]))
    categories = [lesson.categories[row] for row in parts.test]
    return _Trained(line, booster, calibration, measure(logits, label[parts.test], categories, calibration))


def _write(
    out: Path,
    trained: Mapping[str, _Trained],
    training: Training,
    *,
    signals: tuple[str, ...],
    knowledge: Knowledge,
    created: str,
) -> Manifest:
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
    files[CARD] = card(manifest).encode()
    return write_bundle(out, manifest, files)


def _thresholds(calibration: Calibration) -> Thresholds:
    _, (medium_fpr, _), (high_fpr, _), _ = RATES
    return Thresholds(
        high=p_of(calibration.high), medium=p_of(calibration.medium), high_fpr=high_fpr, medium_fpr=medium_fpr
    )
