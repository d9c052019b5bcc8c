"""Curves keep their ends and their shape; calibration and scores count everybody once."""

import numpy as np
import pytest
from sklearn.metrics import auc

from models.calibration import Calibration
from training.curves import POINTS, precision_by_recall, recall_by_rate, reliability, scores_by_outcome
from training.ranking import METRICS, Ranking, probabilities

RANDOM = np.random.default_rng(0)
SCORES = RANDOM.normal(-1, 2, 4000)
GUILTY = RANDOM.random(4000) < probabilities(SCORES)
CALIBRATION = Calibration(a=1.0, b=0.0, log_odds=(-2.0, -1.0, 0.0, 1.0, 2.0, 3.0), scores=(0, 20, 60, 85, 95, 100))


def test_a_thinned_curve_has_the_area_of_the_whole() -> None:
    found = dict(zip(METRICS, Ranking.of(SCORES, GUILTY).measure(np.ones(4000)), strict=True))
    roc, precision = recall_by_rate(SCORES, GUILTY), precision_by_recall(SCORES, GUILTY)
    assert auc(roc.x, roc.y) == pytest.approx(found["roc_auc"], abs=0.003)
    assert auc(precision.x, precision.y) == pytest.approx(found["pr_auc"], abs=0.01)
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0, 0, 1, 1)
    assert (precision.x[0], precision.x[-1]) == (0, 1)
    assert len(roc.x) == len(roc.y) <= POINTS + 1


def test_calibrated_probabilities_are_seen_as_promised() -> None:
    bins = reliability(SCORES, GUILTY, np.arange(4000))
    assert sum(one.guilty.count for one in bins) == 4000
    assert all(one.low <= one.promised < one.high for one in bins)
    assert sum(one.guilty.low <= one.promised <= one.guilty.high for one in bins) >= len(bins) - 2


def test_scores_are_shares_of_each_outcome() -> None:
    told = scores_by_outcome(SCORES, GUILTY, CALIBRATION)
    assert sum(told.guilty) == pytest.approx(1)
    assert sum(told.honest) == pytest.approx(1)
    high = [CALIBRATION.score(score) >= 85 for score in SCORES[GUILTY]]
    assert sum(told.guilty[17:]) == pytest.approx(np.mean(high))
