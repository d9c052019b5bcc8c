"""Margins become probabilities and scores; scores are tied to false-positive rates."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import HIGH, MEDIUM, Calibration, level_of, p_of
from training.calibrate import calibrate, score_table, shown

TABLE = Calibration(a=2.0, b=-1.0, log_odds=(-4.0, -2.0, 0.0, 3.0, 4.0, 6.0), scores=(0, 20, 60, 85, 95, 100))


@pytest.mark.parametrize(
    ("logit", "score", "level"),
    [
        (-9.0, 0, "low"),
        (-1.0, 40, "low"),
        (-0.1, 58, "low"),
        (0.0, MEDIUM, "medium"),
        (2.9, 84, "medium"),
        (3.0, HIGH, "high"),
        (99.0, 100, "high"),
    ],
)
def test_a_score_stands_in_its_level(logit: float, score: int, level: str) -> None:
    assert TABLE.score(logit) == score
    assert level_of(score) == level


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_more_log_odds_never_score_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert TABLE.score(low) <= TABLE.score(high)
    assert p_of(low) <= p_of(high)


@pytest.mark.parametrize("logit", [-1e6, -800.0, -30.0, 0.0, 30.0, 1e6])
def test_probability_is_finite(logit: float) -> None:
    assert 0 <= p_of(logit) <= 1


@pytest.mark.parametrize(
    ("log_odds", "scores"), [((0.0, 0.0), (0, 100)), ((0.0, 1.0), (100, 0)), ((0.0, 1.0, 2.0), (0, 100))]
)
def test_what_is_no_monotone_table_is_refused(log_odds: tuple[float, ...], scores: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"increase|differ"):
        Calibration(a=1, b=0, log_odds=log_odds, scores=scores)


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=400))
def test_no_more_honest_listings_reach_a_level_than_its_rate(honest: list[float]) -> None:
    log_odds, scores = score_table(np.array(honest))
    table = Calibration(a=1, b=0, log_odds=log_odds, scores=scores)
    reached = [table.score(x) for x in honest]
    assert sum(s >= HIGH for s in reached) <= 0.005 * len(honest) + 1e-9
    assert sum(s >= MEDIUM for s in reached) <= 0.05 * len(honest) + 1e-9


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=400), st.floats(-20, 20))
def test_the_rates_told_are_the_rates_seen(honest: list[float], medium: float) -> None:
    for start in (None, medium):
        log_odds, scores = score_table(np.array(honest), medium=start)
        rates = shown(np.array(honest), log_odds)
        table = Calibration(a=1, b=0, log_odds=log_odds, scores=scores, rates=rates, honest=len(honest))
        for score in (20, MEDIUM, HIGH, 95):
            assert table.rate(score) == sum(table.score(x) >= score for x in honest) / len(honest)
    assert table.medium == medium


@pytest.mark.parametrize("rates", [(0.5,), (0.1, 0.2), (1.5, 0.1)])
def test_rates_that_no_listing_can_have_are_refused(rates: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"rates|less than"):
        Calibration(a=1, b=0, log_odds=(0.0, 1.0), scores=(0, 100), rates=rates)


def test_a_calibration_that_tells_no_rates_still_opens() -> None:
    assert TABLE.rate(HIGH) is None


def test_platt_recovers_the_line_that_made_the_labels() -> None:
    random = np.random.default_rng(1)
    margins = random.normal(scale=2, size=40_000)
    guilty = random.random(40_000) < 1 / (1 + np.exp(-(1.5 * margins - 2)))
    fitted = calibrate(margins, guilty)
    assert fitted.a == pytest.approx(1.5, abs=0.08)
    assert fitted.b == pytest.approx(-2, abs=0.08)
    assert fitted.medium < fitted.high


def test_a_perfect_separation_stays_finite() -> None:
    fitted = calibrate(np.array([-3.0] * 50 + [3.0] * 50), np.array([False] * 50 + [True] * 50))
    assert math.isfinite(fitted.a)
    assert fitted.a > 0
