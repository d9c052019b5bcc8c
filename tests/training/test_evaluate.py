"""Measures that a reader may check by hand."""

import numpy as np
import orjson
import pytest

from models.calibration import Calibration
from training.evaluate import Report, expected_calibration_error, measure, threshold

CALIBRATION = Calibration(a=1.0, b=0.0, log_odds=(-2.0, -1.0, 0.0, 1.0, 2.0, 3.0), scores=(0, 20, 60, 85, 95, 100))
HONEST = np.linspace(-4, 0.5, 100)
GUILTY = np.array([-3.0, 0.4, 0.45, 1.5, 2.0])
LOGITS = np.concatenate([HONEST, GUILTY, [9.0]])
LABELS = np.array([0] * 100 + [1] * 5 + [-1], dtype=np.int8)  # the last one is unknown and must not count
CATEGORIES = ["masks"] * 50 + ["drugs"] * 55 + ["other"]


def test_a_head_is_measured_on_what_is_known() -> None:
    report = measure(LOGITS, LABELS, CATEGORIES, CALIBRATION)
    assert report is not None
    assert (report.guilty, report.honest) == (5, 100)
    assert report.recall == {"0.005": 0.4, "0.02": 0.6, "0.05": 0.8}
    assert report.fpr_medium == pytest.approx((HONEST >= 0).mean())
    assert report.fpr_high == 0
    assert report.recall_high == 0.4
    assert [(c.category, c.guilty, c.honest, c.recall) for c in report.categories] == [
        ("drugs", 5, 50, 0.8),
        ("masks", 0, 50, None),
    ]
    assert 0.8 < report.roc_auc < 1


@pytest.mark.parametrize("labels", [[0] * 106, [1] * 106, [-1] * 106])
def test_one_label_alone_measures_nothing(labels: list[int]) -> None:
    assert measure(LOGITS, np.array(labels, dtype=np.int8), CATEGORIES, CALIBRATION) is None


def test_no_more_than_the_rate_lies_above_its_threshold() -> None:
    for rate in (0.005, 0.02, 0.05, 0.5):
        assert (threshold(HONEST, rate) < HONEST).mean() <= rate
    assert threshold(HONEST, 0.005) == HONEST.max()


def test_calibration_error_is_zero_only_for_honest_probabilities() -> None:
    guilty = np.arange(3000) % 10 == 0
    assert expected_calibration_error(np.full(3000, 0.1), guilty) == pytest.approx(0, abs=1e-3)
    assert expected_calibration_error(np.full(3000, 0.4), guilty) == pytest.approx(0.3, abs=1e-3)


def test_a_report_prints_and_travels() -> None:
    head = measure(LOGITS, LABELS, CATEGORIES, CALIBRATION)
    assert head is not None
    report = Report("b", 106, {"counterfeit": head})
    assert "recall at 5 % FPR, drugs (5)" in report.table()
    assert orjson.loads(report.to_json())["heads"]["counterfeit"]["guilty"] == 5
    assert Report("b", 0, {}).table() == ""
