"""The gate: only what is surely good enough passes."""

from dataclasses import replace

import orjson
import pytest

from training.compare import Category, Comparison, HeadComparison
from training.errors import TrainingError
from training.gate import Gate, judge
from training.interval import Interval
from training.limits import Limits, read_limits
from training.paired import Difference

LIMITS = read_limits()


@pytest.fixture
def good(small_comparison: Comparison) -> HeadComparison:
    """A head that keeps every limit with room to spare."""
    head = small_comparison.heads["counterfeit"]
    told = {name: Difference(900, 0.8, 0.82, 0.02, 0.01, 0.03) for name in head.differences}
    told |= {name: Difference(900, 0.01, 0.001, -0.009, -0.01, -0.008) for name in ("ece", "fpr_high", "fpr_medium")}
    lies = {name: Interval(one.new - 0.0005, one.new + 0.0005) for name, one in told.items()}
    enough = replace(head.new, guilty=900, honest=5000, intervals=lies)
    return replace(head, new=enough, differences=told, categories=(), guilty_sellers=300)


def judged(comparison: Comparison, head: HeadComparison, limits: Limits = LIMITS) -> Gate:
    return judge(replace(comparison, heads={"counterfeit": head}, lost=(), unmeasured=(), trained_on=()), limits)


def verdict(gate: Gate, limit: str) -> str:
    return next(check.verdict for check in gate.checks if check.limit.startswith(limit))


def test_what_is_good_enough_passes(small_comparison: Comparison, good: HeadComparison) -> None:
    gate = judged(small_comparison, good)
    assert gate.passed
    assert {check.verdict for check in gate.checks} == {"pass"}
    assert gate.table().endswith("\npassed")


@pytest.mark.parametrize(
    ("metric", "difference", "low", "high", "expected"),
    [
        ("pr_auc", -0.01, -0.03, 0.01, "pass"),  # less than may be lost
        ("pr_auc", -0.05, -0.08, -0.02, "fail"),  # more, and no chance
        ("pr_auc", -0.05, -0.12, 0.02, "too_little_data"),  # more, but it may be chance: still no pass
        ("pr_auc", 0.01, -0.15, 0.17, "too_little_data"),  # better, but a large fall is not excluded
        ("ece", 0.005, -0.01, 0.02, "pass"),
        ("ece", 0.03, 0.01, 0.05, "fail"),  # better the smaller it is
        ("ece", -0.03, -0.05, -0.01, "pass"),
    ],
)
def test_a_fall_is_judged_with_its_interval(
    small_comparison: Comparison,
    good: HeadComparison,
    *,
    metric: str,
    difference: float,
    low: float,
    high: float,
    expected: str,
) -> None:
    seen = Difference(900, 0.02, 0.02 + difference, difference, low, high)
    gate = judged(small_comparison, replace(good, differences=good.differences | {metric: seen}))
    assert verdict(gate, f"change of {metric}") == expected
    assert gate.passed == (expected == "pass")


@pytest.mark.parametrize(
    ("metric", "value", "low", "high", "expected"),
    [
        ("ece", 0.04, 0.03, 0.06, "pass"),
        ("ece", 0.07, 0.06, 0.08, "fail"),
        ("ece", 0.06, 0.04, 0.08, "too_little_data"),
        ("fpr_high", 0.007, 0.001, 0.02, "pass"),  # 0.5 % promised, 1.5 times that allowed
        ("fpr_high", 0.010, 0.004, 0.02, "too_little_data"),
        ("fpr_high", 0.020, 0.010, 0.03, "fail"),
        ("recall_at_0.05_fpr", 0.19, 0.15, 0.23, "too_little_data"),
        ("recall_at_0.05_fpr", 0.10, 0.08, 0.12, "fail"),
    ],
)
def test_a_bound_is_judged_with_its_interval(
    small_comparison: Comparison,
    good: HeadComparison,
    *,
    metric: str,
    value: float,
    low: float,
    high: float,
    expected: str,
) -> None:
    seen = replace(good.differences[metric], new=value)
    told = replace(good.new, intervals=good.new.intervals | {metric: Interval(low, high)})
    gate = judged(small_comparison, replace(good, new=told, differences=good.differences | {metric: seen}))
    assert verdict(gate, metric) == expected
    assert not gate.passed or expected == "pass"


@pytest.mark.parametrize("part", ["guilty", "honest", "guilty_sellers"])
def test_too_little_data_never_passes(small_comparison: Comparison, good: HeadComparison, part: str) -> None:
    few = (
        replace(good, guilty_sellers=29)
        if part == "guilty_sellers"
        else replace(good, new=replace(good.new, guilty=99 if part == "guilty" else 900, honest=499))
    )
    gate = judged(small_comparison, few)
    assert verdict(gate, part.replace("_", " ")) == "too_little_data"
    assert not gate.passed
    assert "not passed" in gate.table()


@pytest.mark.parametrize(
    ("count", "difference", "high", "expected"),
    [
        (50, -0.3, -0.1, "fail"),
        (50, -0.3, 0.1, "too_little_data"),
        (50, -0.1, -0.05, "pass"),
        (49, -0.9, -0.8, "not_judged"),
    ],
)
def test_categories_are_judged_when_they_are_large(
    small_comparison: Comparison, good: HeadComparison, *, count: int, difference: float, high: float, expected: str
) -> None:
    one = Category("masks", Difference(count, 0.9, 0.9 + difference, difference, -1.0, high))
    gate = judged(small_comparison, replace(good, categories=(one,)))
    assert verdict(gate, f"change of recall, masks ({count})") == expected
    assert gate.passed == (expected in {"pass", "not_judged"})


def test_a_head_that_is_lost_or_cannot_be_measured_shuts_the_gate(
    small_comparison: Comparison, good: HeadComparison
) -> None:
    fair = replace(small_comparison, heads={"counterfeit": good}, lost=(), unmeasured=(), trained_on=())
    assert judge(fair, LIMITS).passed
    assert not judge(replace(fair, lost=("fraud_order",)), LIMITS).passed
    assert not judge(replace(fair, unmeasured=("fraud_order",)), LIMITS).passed
    assert not judge(replace(fair, heads={}), LIMITS).passed


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_file_that_a_bundle_learned_from_is_refused(small_comparison: Comparison, which: str) -> None:
    with pytest.raises(TrainingError, match=f"the {which} bundle learned"):
        judge(replace(small_comparison, trained_on=(which,)), LIMITS)


def test_verdicts_travel(small_comparison: Comparison, good: HeadComparison) -> None:
    told = orjson.loads(judged(small_comparison, good).to_json())
    assert told["passed"] is True
    assert told["checks"][0].keys() == {"head", "limit", "value", "allowed", "interval", "verdict"}
