"""What a rule weighs and where it applies."""

from collections.abc import Callable

import pytest

from features.extractors.gravity import applies, strength_of
from features.knowledge.schema import Rule
from features.reading import CategoryGuess

PRICE = {"ratio": 0.2, "reference": "brand"}


@pytest.mark.parametrize(("severity", "strength"), [("low", 1), ("medium", 2), ("high", 3)])
def test_strength(make_rule: Callable[..., Rule], severity: str, strength: int) -> None:
    assert strength_of(make_rule(price=PRICE, severity=severity)) == strength


@pytest.mark.parametrize(
    ("categories", "listed", "speaks"),
    [([], "food", True), (["food"], "food", True), (["food"], "other", False), (["food", "drugs"], "drugs", True)],
)
def test_applies(make_rule: Callable[..., Rule], categories: list[str], listed: str, *, speaks: bool) -> None:
    rule = make_rule(price=PRICE, categories=categories)
    assert applies(rule, CategoryGuess(listed, "declared", 1.0)) is speaks
