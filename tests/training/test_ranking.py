"""The same numbers as scikit-learn, under any weights; redrawn intervals contain the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

from training.measure import expected_calibration_error, threshold
from training.ranking import METRICS, RATES, Ranking, intervals, probabilities, redraw

Rows = list[tuple[float, bool, int]]


@given(
    st.lists(
        st.tuples(st.sampled_from([-2.0, -0.5, 0.0, 0.25, 3.0]), st.booleans(), st.integers(0, 4)),
        min_size=4,
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None)
def test_it_measures_as_scikit_learn_does_with_ties_and_weights(rows: Rows) -> None:
    scores, guilty = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    weights = np.array([r[2] for r in rows], dtype=np.float64)
    found = dict(zip(METRICS, Ranking.of(scores, guilty).measure(weights), strict=True))
    if not (weights[guilty].sum() and weights[~guilty].sum()):
        assert np.isnan(list(found.values())).all()
        return
    assert found["pr_auc"] == pytest.approx(average_precision_score(guilty, scores, sample_weight=weights))
    assert found["roc_auc"] == pytest.approx(roc_auc_score(guilty, scores, sample_weight=weights))


def test_recall_and_calibration_are_those_of_a_head() -> None:
    random = np.random.default_rng(1)
    scores = np.round(random.normal(size=3000), 2)
    guilty = random.random(3000) < probabilities(scores - 2)
    found = dict(zip(METRICS, Ranking.of(scores, guilty).measure(np.ones(3000)), strict=True))
    for rate in RATES:
        caught = (scores[guilty] > threshold(scores[~guilty], rate)).mean()
        assert found[f"recall_at_{rate}_fpr"] == pytest.approx(caught)
    assert found["ece"] == pytest.approx(expected_calibration_error(probabilities(scores), guilty))


def test_draws_are_repeatable_and_paired() -> None:
    random = np.random.default_rng(2)
    scores, sellers = random.normal(size=200), random.integers(0, 30, 200)
    ranking = Ranking.of(scores, random.random(200) < 0.3)
    first = redraw([ranking, ranking], sellers, replicates=20)
    assert np.array_equal(first, redraw([ranking, ranking], sellers, replicates=20))
    assert np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], redraw([ranking], sellers, replicates=20, seed=1)[0])


def test_intervals_contain_the_truth_when_listings_of_a_seller_are_alike() -> None:
    random = np.random.default_rng(3)
    truth = {"roc_auc": norm.cdf(1.5 / np.sqrt(2)), "recall_at_0.05_fpr": norm.sf(norm.isf(0.05) - 1.5)}
    inside = dict.fromkeys(truth, 0)
    times = 80
    for _ in range(times):
        sellers = np.repeat(np.arange(160), 5)
        guilty = np.repeat(random.random(160) < 0.4, 5)
        shared, own = random.normal(size=160)[sellers], random.normal(size=800)
        scores = np.sqrt(0.4) * shared + np.sqrt(0.6) * own + 1.5 * guilty
        ranking = Ranking.of(scores, guilty)
        told = intervals(ranking.measure(np.ones(800)), redraw([ranking], sellers, replicates=120)[0])
        for name, value in truth.items():
            inside[name] += told[name].low <= value <= told[name].high
    assert all(count >= 0.86 * times for count in inside.values()), inside


def test_a_well_calibrated_head_may_have_no_calibration_error() -> None:
    random = np.random.default_rng(4)
    scores = random.normal(-1, 1.5, 2000)
    ranking = Ranking.of(scores, random.random(2000) < probabilities(scores))
    found = ranking.measure(np.ones(2000))
    told = intervals(found, redraw([ranking], np.arange(2000), replicates=100)[0])["ece"]
    assert told.low < 0.005
    assert told.high < 2 * found[METRICS.index("ece")]


def test_one_seller_gives_no_interval_of_a_measure_that_needs_two_labels() -> None:
    ranking = Ranking.of(np.array([1.0, 2.0]), np.array([False, False]))
    assert intervals(ranking.measure(np.ones(2)), redraw([ranking], np.zeros(2, dtype=np.int64), replicates=3)[0]) == {}
