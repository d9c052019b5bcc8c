"""Families of rules: every rule has one column, and a new rule moves none."""

from typing import Any

import pytest

from features import claims
from features.claims import EVIDENCE, FAMILIES, family_of
from features.knowledge import load
from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.registry import CATALOGUE
from features.tokens import Tokens


def reading(**told: Any) -> Reading:  # noqa: ANN401 - the fields of Reading
    filled = {"evidence": (), "licences": (), "brands": (), "strengths": {}} | told
    return Reading(Listing("1", "x"), Folded("x", "x"), Tokens(), CategoryGuess("other", "inferred", 0.0), **filled)


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("replica.grade", "replica_grade"),
        ("replica.grade.shoes", "replica_grade"),
        ("replica.gradual", "other"),  # a code is no beginning of another word
        ("contact.off_platform", "contact"),
        ("fraud.brand_new_service", "fraud_service"),
        ("plastics.degradable_but_not", "contradiction"),
        ("drug.approval_number_malformed", "malformed"),
        ("drug.no_approval_number", "missing"),
        ("brand.price_too_low", "price_too_low"),
        ("never.heard_of", "other"),
    ],
)
def test_family(code: str, family: str) -> None:
    assert family_of(code) == family


def test_strengths_add_up_by_family() -> None:
    by_name = {feature.name: feature for feature in EVIDENCE.features}
    told = reading(strengths={"fraud.new_a": 2, "fraud.new_b": 3, "never.heard_of": 1})
    assert by_name["evidence.fraud_service"].compute(told) == 5.0
    assert by_name["evidence.other"].compute(told) == 1.0
    assert by_name["evidence.families"].compute(told) == 2.0
    assert by_name["evidence.replica_grade"].compute(told) == 0.0


def test_every_rule_is_counted_once_and_advice_never() -> None:
    counted = [code for feature in CATALOGUE for code in feature.rules]
    assert sorted(counted) == sorted(code for code, rule in load().rules.items() if not rule.advice)


def test_few_rules_are_left_over() -> None:
    """A family of its own is worth a column only when the rules that ship fill it."""
    rules = [code for code, rule in load().rules.items() if not rule.advice]
    filled = {family_of(code) for code in rules}
    assert {family.name for family in FAMILIES} <= filled
    assert sum(family_of(code) == claims.OTHER for code in rules) < len(rules) / 4
