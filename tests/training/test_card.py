"""The card says plainly what the bundle is."""

import pytest

from models.manifest import Manifest, Review, Thresholds, Training
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
    assert "Of honest listings, 0.50% reach level high (p >= 0.9000)" in text


def levelled(at: Thresholds, review: Review | None = None) -> str:
    told = manifest(simulated=False).model_copy(update={"thresholds": {"counterfeit": at}, "review": review})
    return " ".join(card(told).split())


def test_what_was_seen_is_promised_and_what_was_asked_is_told() -> None:
    at = Thresholds(
        high=0.9,
        medium=0.4,
        high_fpr=0.0048,
        medium_fpr=0.031,
        high_asked=0.005,
        medium_asked=0.05,
        medium_lift=2.0,
        honest=13506,
    )
    text = levelled(at)
    assert (
        "Of the 13506 honest listings of the calibration slice, 0.48% reach level high (p >= 0.9000, at most 0.50%"
        " asked)" in text
    )
    assert "3.10% level medium or high (p >= 0.4000, at most 5.00% asked, and 2 times the usual probability)" in text
    assert "a guess" not in text
    assert "level high is a guess" in levelled(at.model_copy(update={"honest": 80}))


def test_a_review_budget_is_told_with_what_it_was_reckoned_with() -> None:
    at = Thresholds(high=0.9, medium=0.4, high_fpr=0.005, medium_fpr=0.02, high_asked=0.005, honest=9000)
    text = levelled(at, Review(asked="200/day", listings_per_day=10_000, share=0.0199))
    assert "(p >= 0.4000, where the review budget ends)" in text
    assert "Review budget 200/day at 10000 listings a day: 1.99% of the listings" in text
    assert "at" not in levelled(at, Review(asked="2%", listings_per_day=None, share=0.02)).split("2%")[1][:4]
