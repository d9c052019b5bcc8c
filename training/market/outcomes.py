"""Outcomes: what reviewers decide about a listing, late, sometimes wrongly, and often not at all."""

from datetime import datetime, timedelta
from random import Random

from training.market.chance import happens
from training.takedowns import Outcome

_REVIEWERS = ("lin", "zhao", "chen", "wu", "he", "tang", "bai", "gu")
_SOURCES = ("patrol", "complaint", "brand_owner", "sampling", "model")
_UNSEEN, _MISSED, _OVERTURNED, _WRONG = 0.10, 0.02, 0.015, 0.006
_NARROW = 0.4  # share of decisions that answer one question only
_RESTORED = 0.05
_SEEN_BOTH = 0.5
_FRAUD = frozenset({"brushing", "fake_reviews", "fraud_service"})
_SUSPICIONS = ("replica", "illegal_claim", "unlicensed", "brushing", "fake_reviews", "brushing")


def decide(
    reasons: tuple[str, ...], observed: datetime, random: Random
) -> tuple[Outcome, str, datetime | None, str | None]:
    """Outcome, reason, time and reviewer of a listing whose true guilt is `reasons`, () for an honest one."""
    outcome, reason = _verdict(reasons, random)
    if outcome == "pending":
        return outcome, "", None, None
    days = min(200.0, random.lognormvariate(1.6, 1.0))
    return outcome, reason, observed + timedelta(minutes=int(days * 1440)), random.choice(_REVIEWERS)


def source(random: Random) -> str:
    """Where a case came from; says nothing about its end."""
    return random.choice(_SOURCES)


def _verdict(reasons: tuple[str, ...], random: Random) -> tuple[Outcome, str]:
    if happens(_UNSEEN, random):
        return "pending", ""
    if not reasons:
        return _cleared("", random) if random.random() > _WRONG else ("confirmed", random.choice(_SUSPICIONS))
    draw = random.random()
    if draw < _MISSED:
        return "rejected", ""
    if draw < _MISSED + _OVERTURNED:
        return "appeal_reversed", "+".join(reasons)
    return _confirmed(reasons, random)


def _confirmed(reasons: tuple[str, ...], random: Random) -> tuple[Outcome, str]:
    """Most reviewers answer the question they were asked, so guilt under the other head stays open or is denied."""
    if len(reasons) > 1 and random.random() >= _SEEN_BOTH:
        return "confirmed", random.choice(reasons)
    if len(reasons) == 1 and happens(_NARROW, random):
        other = "replica" if reasons[0] in _FRAUD else "brushing"
        return "rejected", other
    return "confirmed", "+".join(reasons)


def _cleared(reason: str, random: Random) -> tuple[Outcome, str]:
    if happens(_RESTORED, random):
        return "appeal_reversed", random.choice(_SUSPICIONS)
    return "rejected", random.choice(_SUSPICIONS) if happens(_NARROW / 2, random) else reason
