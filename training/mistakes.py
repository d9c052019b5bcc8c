"""The worst mistakes of a bundle, each with the bundle's own explanation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from features.reader import Reader
from models.screener import Screener
from models.screening import Contribution, Explanation, Finding, Level, Screening
from training.scored import Mistaken, Opinion
from training.takedowns import Outcome


@dataclass(frozen=True, slots=True)
class Mistake:
    """One listing that the head got wrong. `title` is raw: a stranger wrote it."""

    row: int  # from 1, among the takedowns of the file
    listing_id: str
    title: str
    category: str
    outcome: Outcome
    reason: str
    p: float
    score: int
    level: Level
    base: float
    contributions: tuple[Contribution, ...]  # largest first; base, these and `other` sum to logit(p)
    other: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What a head got most wrong: honest listings it suspects, guilty ones it trusts."""

    alarms: tuple[Mistake, ...]
    misses: tuple[Mistake, ...]


def mistakes(opinion: Opinion, reader: Reader) -> dict[str, Mistakes]:
    """Head -> its worst mistakes, explained."""
    screener = Screener(opinion.bundle, reader)
    return {
        head: Mistakes(_told(screener, head, opinion.alarms[head]), _told(screener, head, opinion.misses[head]))
        for head in opinion.alarms
    }


def _told(screener: Screener, head: str, wrong: Sequence[Mistaken]) -> tuple[Mistake, ...]:
    # The law of a listing without a date would be today's; a report must not depend on today, and shows no law.
    screenings = screener.screen([one.takedown.listing for one in wrong], explain="full", today=date(2021, 1, 1))
    return tuple(
        _mistake(one, head, told, explanation)
        for one, told in zip(wrong, screenings, strict=True)
        if head in told.heads and (explanation := told.heads[head].explanation)
    )


def _mistake(one: Mistaken, head: str, told: Screening, explanation: Explanation) -> Mistake:
    listing, answer = one.takedown.listing, told.heads[head]
    return Mistake(
        row=one.row + 1,
        listing_id=listing.listing_id,
        title=listing.title,
        category=told.category.id,
        outcome=one.takedown.outcome,
        reason=one.takedown.reason,
        p=answer.p,
        score=answer.score,
        level=answer.level,
        base=explanation.base,
        contributions=explanation.contributions,
        other=explanation.other,
        findings=told.findings,
    )
