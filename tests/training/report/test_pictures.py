"""Pictures of heads, also of those that few listings describe."""

from typing import Any

import numpy as np
import orjson
import pytest

from models.calibration import Calibration
from training.measure import measure
from training.report import pictures

CALIBRATION = Calibration(a=1.0, b=0.0, log_odds=(-2.0, -1.0, 0.0, 1.0, 2.0, 3.0), scores=(0, 20, 60, 85, 95, 100))


def head(guilty: int, honest: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    logits = np.concatenate([random.normal(1, 1, guilty), random.normal(-2, 1, honest)])
    label = np.array([1] * guilty + [0] * honest, dtype=np.int8)
    told: dict[str, Any] = orjson.loads(orjson.dumps(measure(logits, label, ["masks"] * len(label), CALIBRATION)))
    return told


@pytest.mark.parametrize(("guilty", "honest"), [(1, 1), (2, 40), (60, 900)])
def test_every_head_can_be_drawn(guilty: int, honest: int) -> None:
    told = head(guilty, honest)
    assert f"PR-AUC {told['pr_auc']:.3f}" in pictures.precision(told, "a")
    assert f"ROC-AUC {told['roc_auc']:.3f}" in pictures.roc(told, "b")
    assert f"ECE {told['ece']:.3f}" in pictures.reliability(told, "c")
    assert "风险分 risk score" in pictures.scores(told, "d")


def test_groups_are_called_what_people_call_them_and_few_listings_are_hollow() -> None:
    names = {"masks": {"zh": "口罩", "en": "masks"}}
    few, many = (pictures.groups(head(n, 50)["categories"], names, "g") for n in (5, 60))
    assert "口罩  n=5<" in few
    assert ">masks<" in few
    assert "var(--guilty)" not in few
    assert "var(--guilty)" in many


def test_a_learning_curve_names_its_labels() -> None:
    metrics = {"pr_auc": 0.4, "roc_auc": 0.8, "recall_at_0.05_fpr": 0.5}
    points = [{"guilty": n, "honest": 9 * n, "metrics": metrics, "intervals": {}} for n in (20, 40)]
    chart = pictures.learning(points, "l")
    assert ">200<" in chart
    assert ">400<" in chart
