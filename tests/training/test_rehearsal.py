"""The report of a training is about takedowns that taught nothing."""

from pathlib import Path

import pytest

from models import Bundle, open_bundle
from training.fit import fit
from training.market import simulate
from training.rehearsal import Rehearsal


def test_the_report_says_what_the_bundle_says_of_itself(
    small_training: tuple[Path, Rehearsal], small_bundle: Bundle
) -> None:
    rehearsal = small_training[1]
    told = rehearsal.report(simulate(1600, seed=7), replicates=0)
    assert told.takedowns == len(rehearsal.roles.test)
    assert not told.trained_on
    assert told.since is not None
    for head, metrics in small_bundle.manifest.metrics.items():
        assert told.heads[head].numbers() == pytest.approx(metrics, abs=5e-3)


def test_a_learning_curve_ends_with_what_is_measured(
    small_training: tuple[Path, Rehearsal], small_bundle: Bundle
) -> None:
    curves = small_training[1].curves()
    assert curves.keys() == set(small_bundle.manifest.heads)
    for head, points in curves.items():
        assert points[-1].share == 1.0
        for name in ("pr_auc", "roc_auc"):
            assert points[-1].metrics[name] == pytest.approx(small_bundle.manifest.metrics[head][name], abs=5e-3)
        assert [p.guilty for p in points] == sorted(p.guilty for p in points)


def test_where_every_takedown_teaches_the_rehearsal_has_not_seen_the_newest(tmp_path: Path) -> None:
    heard: list[Rehearsal] = []
    fit(simulate(500, seed=7), tmp_path / "b", rehearse=heard.append)
    (rehearsal,) = heard
    bundle = open_bundle(tmp_path / "b")
    assert bundle.manifest.training.in_turn
    assert not set(rehearsal.roles.train.tolist()) & set(rehearsal.roles.test.tolist())
    told = rehearsal.report(simulate(500, seed=7), replicates=0)
    assert told.since is None
    for head, metrics in bundle.manifest.metrics.items():
        assert told.heads[head].numbers() == pytest.approx(metrics, abs=5e-3)
