"""From levels and fired rules to what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from features.evidence import Severity
from features.knowledge.schema import Rule
from models.calibration import HIGH, level_of
from models.screening import Action, Level


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer above the heads. `reasons` are `model:<head>` and `rule:<code>`, gravest first."""

    score: int
    level: Level
    action: Action
    reasons: tuple[str, ...]


def decide(scores: Mapping[str, int], fired: Iterable[Rule]) -> Decision:
    """Decide from every head's score (0..100) and the rules that fired.

    level   the worst head's; high when a hard rule fires
    action  reject only when a hard rule with confirmed confidence fires; review when the level is not low or a
            rule of high severity fires; else pass. Rules that only advise people change nothing.
    """
    rules = [rule for rule in fired if not rule.advice]
    hard = [rule for rule in rules if rule.hard]
    grave = [rule for rule in rules if rule.hard or rule.severity == Severity.HIGH]
    score = max([*scores.values(), *(HIGH for _ in hard)], default=0)
    level = level_of(score)
    flagged = sorted((head for head in scores if level_of(scores[head]) != "low"), key=lambda head: -scores[head])
    reasons = [*(f"rule:{rule.code}" for rule in grave), *(f"model:{head}" for head in flagged)]
    return Decision(score, level, _action(level, hard, grave), tuple(dict.fromkeys(reasons)))


def _action(level: Level, hard: list[Rule], grave: list[Rule]) -> Action:
    if any(rule.confidence == "confirmed" for rule in hard):
        return "reject"
    return "review" if level != "low" or grave else "pass"
