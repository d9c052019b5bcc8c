"""Which rules apply to a listing, and how much evidence weighs when the knowledge gives no strength of its own."""

from typing import Final

from features.evidence import Severity
from features.knowledge.schema import Rule
from features.reading import CategoryGuess

STRENGTHS: Final = {Severity.LOW: 1, Severity.MEDIUM: 2, Severity.HIGH: 3}


def strength_of(rule: Rule) -> int:
    """Evidence of a rule that is not about words weighs what the rule is worth: 1 weak .. 3 strong."""
    return STRENGTHS[rule.severity]


def applies(rule: Rule, category: CategoryGuess) -> bool:
    """Whether the rule speaks of listings in this category."""
    return not rule.categories or category.id in rule.categories
