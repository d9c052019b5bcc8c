"""From levels and fired rules to what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.evidence import Severity
from features.knowledge.schema import Rule
from models.calibration import HIGH, MEDIUM, level_of
from models.screening import Action, Level


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer above the heads. `reasons` are `rule:<code>` of grave rules, then `model:<head>`, worst first."""

    score: int
    level: Level
    action: Action
    reasons: tuple[str, ...]


def decide(scores: Mapping[str, int], fired: Sequence[Rule]) -> Decision:
    """Decide from every head's score (0..100) and the rules that fired, each once.

    level   the worst head's; high when a hard rule fires
    action  reject only when a hard rule with confirmed confidence fires; review when the level is not low or a
            rule of high severity fires; else pass. Rules that only advise people change nothing.
    """
    score = max(scores.values(), default=0)
    if not fired and score < MEDIUM:
        return Decision(score, "low", "pass", ())
    flagged = [head for head in sorted(scores, key=scores.__getitem__, reverse=True) if scores[head] >= MEDIUM]
    reasons = [f"model:{head}" for head in flagged]
    if not fired:
        return Decision(score, level_of(score), "review", tuple(reasons))
    rules = [rule for rule in fired if not rule.advice]
    hard = [rule for rule in rules if rule.hard]
    grave = [rule for rule in rules if rule.hard or rule.severity == Severity.HIGH]
    score = max(score, HIGH) if hard else score
    level = level_of(score)
    return Decision(score, level, _action(level, hard, grave), (*(f"rule:{rule.code}" for rule in grave), *reasons))


def _action(level: Level, hard: list[Rule], grave: list[Rule]) -> Action:
    if any(rule.confidence == "confirmed" for rule in hard):
        return "reject"
    return "review" if level != "low" or grave else "pass"
