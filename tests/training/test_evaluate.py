"""Measures that a reader may check by hand."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import orjson
import pytest

from models import Bundle
from models.calibration import Calibration
from training.evaluate import Report, evaluate
from training.labels import labels
from training.market import simulate
from training.measure import expected_calibration_error, measure, threshold
from training.takedowns import Takedown

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
    found = [
        (c.name, c.guilty, c.honest, {rate: one.value for rate, one in c.recall.items()}) for c in report.categories
    ]
    assert found == [("drugs", 5, 50, {"0.005": 0.4, "0.02": 0.6, "0.05": 0.8}), ("masks", 0, 50, {})]
    assert [(c.name, c.guilty) for c in report.seller_sizes] == [("unknown", 5)]
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
    assert "67,590" in Report("b", 106, {"counterfeit": replace(head, honest=67590)}).table()
    assert Report("b", 0, {}).table() == ""


def test_a_bundle_is_measured_with_everything_a_page_needs(small_report: Report) -> None:
    assert small_report.sellers > 1
    assert small_report.simulated
    assert not small_report.trained_on
    for head, told in small_report.heads.items():
        for name in ("pr_auc", "roc_auc", "recall_at_0.05_fpr", "fpr_high"):
            assert told.intervals[name].low <= told.numbers()[name] <= told.intervals[name].high + 1e-4
        assert sum(group.guilty for group in told.categories) == told.guilty
        assert sum(group.honest for group in told.seller_sizes) == told.honest
        assert small_report.influences[head][0].log_odds >= small_report.influences[head][-1].log_odds
        assert small_report.summary[head]


def test_mistakes_are_explained_and_add_up(small_report: Report) -> None:
    told = small_report.mistakes["counterfeit"]
    assert [one.p for one in told.alarms] == sorted((one.p for one in told.alarms), reverse=True)
    assert [one.p for one in told.misses] == sorted(one.p for one in told.misses)
    for one in (*told.alarms, *told.misses):
        total = one.base + one.other + sum(part.log_odds for part in one.contributions)
        assert 1 / (1 + np.exp(-total)) == pytest.approx(one.p, abs=1e-6)


def test_what_a_bundle_was_trained_on_flatters_it(small_bundle: Bundle) -> None:
    rows = list(simulate(1600, seed=7))
    assert evaluate(small_bundle, rows, replicates=0).trained_on
    assert not evaluate(small_bundle, rows[:99], replicates=0).trained_on


def test_the_same_file_gives_the_same_bytes(small_bundle: Bundle, newest: list[Takedown], small_report: Report) -> None:
    assert evaluate(small_bundle, list(newest), replicates=60).to_json() == small_report.to_json()


def test_of_several_decisions_on_a_listing_one_is_measured(small_bundle: Bundle, newest: list[Takedown]) -> None:
    rows = newest[:300]
    guilty = next(t for t in rows if t.outcome == "confirmed" and t.reason == "replica" and t.decided_at)
    assert guilty.decided_at
    appeal = replace(guilty, outcome="appeal_reversed", reason="", decided_at=guilty.decided_at + timedelta(days=9))
    elsewhere = replace(appeal, listing=replace(appeal.listing, platform="another"))  # a listing of its own
    once, reversed_, other = (
        evaluate(small_bundle, [*rows, *more], replicates=0).heads["counterfeit"]
        for more in ([], [appeal], [elsewhere])
    )
    assert (reversed_.guilty, reversed_.honest) == (once.guilty - 1, once.honest + 1)
    assert (other.guilty, other.honest) == (once.guilty, once.honest + 1)


def test_decisions_that_contradict_each_other_are_left_out_and_counted(
    small_bundle: Bundle, newest: list[Takedown]
) -> None:
    rows = newest[:300]
    guilty = next(t for t in rows if t.outcome == "confirmed" and t.reason == "replica")
    told = evaluate(small_bundle, [*rows, replace(guilty, outcome="rejected")], replicates=0)
    once = evaluate(small_bundle, rows, replicates=0)
    assert (told.contradicted, once.contradicted) == (1, 0)
    assert told.heads["counterfeit"].guilty == once.heads["counterfeit"].guilty - 1
    assert told.heads["counterfeit"].honest == once.heads["counterfeit"].honest


def test_listings_of_one_decision_are_measured_by_their_own_labels(
    small_bundle: Bundle, newest: list[Takedown]
) -> None:
    rows = newest[:300]
    own = {head: labels(rows, head) for head in small_bundle.manifest.heads}
    told, plain = evaluate(small_bundle, rows, replicates=0), evaluate(small_bundle, rows, labels=own, replicates=0)
    assert told.to_json() == plain.to_json()


def test_no_takedowns_measure_nothing(small_bundle: Bundle) -> None:
    assert evaluate(small_bundle, []).heads == {}
