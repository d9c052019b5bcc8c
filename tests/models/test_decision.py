"""Levels and rules decide; only a confirmed hard rule rejects."""

from datetime import date

import pytest

from features.evidence import Severity
from features.knowledge.schema import Confidence, Example, Message, Rule
from models.decision import decide


def rule(
    code: str = "r",
    severity: str = "low",
    *,
    hard: bool = False,
    confidence: Confidence = "confirmed",
    advice: bool = False,
) -> Rule:
    return Rule(
        code=code,
        head="counterfeit",
        severity=Severity(severity),
        message=Message(zh="见{text}", en="saw {text}"),
        authority=("samr",),
        hard=hard,
        advice=advice,
        source="test",
        as_of=date(2026, 1, 1),
        confidence=confidence,
        examples=(Example(fires=True, title="x"),),
    )


@pytest.mark.parametrize(
    ("score", "rules", "level", "action"),
    [
        (10, [], "low", "pass"),
        (59, [], "low", "pass"),
        (60, [], "medium", "review"),
        (85, [], "high", "review"),  # the model alone never rejects
        (100, [], "high", "review"),
        (10, [rule()], "low", "pass"),
        (10, [rule(severity="medium")], "low", "pass"),
        (10, [rule(severity="high")], "low", "review"),
        (10, [rule(severity="high", advice=True)], "low", "pass"),
        (10, [rule(hard=True)], "high", "reject"),
        (10, [rule(hard=True, confidence="check")], "high", "review"),
        (99, [rule(hard=True, confidence="check")], "high", "review"),
        (10, [rule(hard=True, advice=True)], "low", "pass"),
        (10, [rule("a", hard=True, confidence="check"), rule("b", hard=True)], "high", "reject"),
    ],
)
def test_level_and_action(score: int, rules: list[Rule], level: str, action: str) -> None:
    decision = decide({"counterfeit": score, "fraud_order": 5}, rules)
    assert (decision.level, decision.action) == (level, action)
    assert (decision.score >= 85) == (level == "high")
    assert bool(decision.reasons) == (action != "pass")


def test_the_worst_head_counts_and_is_named_first() -> None:
    decision = decide({"counterfeit": 61, "fraud_order": 90}, [rule("x.y", "high")])
    assert (decision.score, decision.level) == (90, "high")
    assert decision.reasons == ("rule:x.y", "model:fraud_order", "model:counterfeit")
