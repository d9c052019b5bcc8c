"""Levels by false-positive rate or by what people can review."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.listing import Listing
from models.calibration import HIGH, MEDIUM
from training.calibrate import calibrate, calibrate_all
from training.errors import TrainingError
from training.levels import Budget, Levels, full_at, per_day, read_budget, thresholds
from training.takedowns import Takedown

DAY = datetime(2026, 1, 1, tzinfo=UTC)
DICE = np.random.default_rng(3)
MARGINS = DICE.normal(size=20_000)
GUILTY = DICE.random(20_000) < 1 / (1 + np.exp(3 - 2 * MARGINS))
OTHER = DICE.normal(size=20_000)


def test_other_rates_move_the_levels() -> None:
    usual, strict = calibrate(MARGINS, GUILTY), calibrate(MARGINS, GUILTY, Levels(0.001, 0.01))
    assert strict.high > usual.high
    assert strict.medium > usual.medium
    told = thresholds(strict, Levels(0.001, 0.01), None)
    assert (told.high_asked, told.medium_asked, told.honest) == (0.001, 0.01, int((~GUILTY).sum()))
    assert told.high_fpr == pytest.approx(0.001, rel=0.1)
    assert told.medium_fpr == pytest.approx(0.01, rel=0.1)


def test_level_medium_by_rate_alone_is_at_the_rate() -> None:
    told = thresholds(calibrate(MARGINS, GUILTY, Levels(lift=0)), Levels(lift=0), None)
    assert told.medium_fpr == pytest.approx(0.05, abs=1e-3)
    assert told.medium_lift == 0
    high = thresholds(calibrate(MARGINS, GUILTY, Levels(lift=3)), Levels(lift=3), None)
    assert high.medium == pytest.approx(max(3 * GUILTY.mean(), told.medium), rel=1e-6)
    with pytest.raises(TrainingError, match="lift"):
        Levels(lift=-1)


def test_a_level_that_most_listings_say_nothing_of_promises_what_was_seen() -> None:
    told = thresholds(calibrate(np.zeros(1000), np.arange(1000) % 20 == 0), Levels(), None)
    assert (told.medium_asked, told.medium_fpr) == (0.05, 0.0)


@pytest.mark.parametrize(("high", "medium"), [(0.05, 0.05), (0.1, 0.05), (0, 0.05), (0.01, 0.5), (-0.1, 0.1)])
def test_rates_that_make_no_sense_are_refused(high: float, medium: float) -> None:
    with pytest.raises(TrainingError, match="0 < high < medium"):
        Levels(high, medium)


@pytest.mark.parametrize(
    ("told", "budget"),
    [
        ("200/day", Budget("200/day", per_day=200)),
        (" 2.5 / 天", Budget("2.5 / 天", per_day=2.5)),
        ("2%", Budget("2%", share=0.02)),
    ],
)
def test_a_budget_is_read(told: str, budget: Budget) -> None:
    assert read_budget(told) == budget


@pytest.mark.parametrize("told", ["", "200", "0/day", "0%", "101%", "-3%", "many/day", "200/week"])
def test_what_is_no_budget_is_refused(told: str) -> None:
    with pytest.raises(TrainingError, match="200/day"):
        read_budget(told)


def takedowns(count: int, *, hours: float | None) -> list[Takedown]:
    listing = Listing("1", "女包")
    return [
        Takedown(listing, "rejected", decided_at=None if hours is None else DAY + timedelta(hours=hours * i))
        for i in range(count)
    ]


def test_a_budget_a_day_is_a_share_of_the_listings_a_day() -> None:
    rows = takedowns(241, hours=1)
    assert per_day(rows) == pytest.approx(24.1)
    assert read_budget("2/day").shared(rows) == pytest.approx(2 / 24.1)
    assert read_budget("2/day", 1000).shared(rows) == 0.002
    assert read_budget("2%").shared([]) == 0.02
    assert read_budget("99/day").shared(rows) == 1
    assert read_budget("2/day").review(rows, 0.08).listings_per_day == pytest.approx(24.1)
    assert read_budget("2%").review([], 0.02).listings_per_day is None


@pytest.mark.parametrize("rows", [[], takedowns(100, hours=None), takedowns(10, hours=1)])
def test_without_times_a_budget_a_day_asks_for_more(rows: list[Takedown]) -> None:
    with pytest.raises(TrainingError, match="--listings-per-day"):
        read_budget("2/day").shared(rows)
    with pytest.raises(TrainingError, match="a day"):
        read_budget("2/day", -1)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=200), st.floats(0.001, 1))
def test_no_more_listings_are_reviewed_than_the_budget_allows(pairs: list[tuple[float, float]], share: float) -> None:
    heads = [np.array(column) for column in zip(*pairs, strict=True)]
    start = full_at(heads, share)
    assert np.mean((heads[0] >= start) | (heads[1] >= start)) <= share + 1e-9


def test_level_medium_begins_where_the_budget_ends_in_every_head() -> None:
    labels = {"counterfeit": GUILTY.astype(np.int8), "fraud_order": (OTHER > 1.5).astype(np.int8)}
    labels["fraud_order"][::3] = -1
    margins = {"counterfeit": MARGINS, "fraud_order": OTHER}
    for share in (0.0001, 0.01, 0.1, 0.6):
        found = calibrate_all(margins, labels, budget=share)
        reached = [found[head].logits(margins[head]) >= found[head].medium for head in found]
        assert np.mean(reached[0] | reached[1]) == pytest.approx(share, abs=1e-4)
        assert found["counterfeit"].medium == found["fraud_order"].medium
        assert all(one.scores.index(MEDIUM) < one.scores.index(HIGH) for one in found.values())
