"""The card says plainly what the bundle is."""

import pytest

from models.manifest import Manifest, Thresholds, Training
from training.card import card


def manifest(*, simulated: bool) -> Manifest:
    return Manifest(
        format=1,
        created="2026-11-24",
        code="0.1.0",
        libraries={},
        heads=("counterfeit",),
        features=("seller.age_days",),
        signals=(),
        knowledge={},
        training=Training(
            simulated=simulated,
            takedowns=100,
            guilty={"counterfeit": 20},
            honest={"counterfeit": 80},
            fingerprint="0" * 64,
            seed=1,
        ),
        thresholds={"counterfeit": Thresholds(high=0.9, medium=0.4, high_fpr=0.005, medium_fpr=0.05)},
        metrics={"counterfeit": {"pr_auc": 0.75}},
        sha256={},
    )


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_training_is_said_first(*, simulated: bool) -> None:
    text = card(manifest(simulated=simulated))
    assert ("simulated listings only" in text) == simulated
    assert "20 guilty and 80 honest" in text
    assert "| pr_auc | 0.7500 |" in text
    assert "0.5% of honest listings reach level high (p >= 0.9000)" in text
