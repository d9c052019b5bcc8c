"""Reasons: what a verdict of guilty must say, so that it can teach."""

from features.intake import Problem
from models.heads import HEAD_OF_REASON
from service.errors import BodyRejected
from training.labels import words_of

_GUILTY = frozenset({"confirmed", "missed"})


def require_reason(verdict: str, reason: str) -> None:
    """Check that a verdict of guilty says what was wrong. Raises BodyRejected."""
    if verdict in _GUILTY and not any(word in HEAD_OF_REASON for word in words_of(reason)):
        words = ", ".join(HEAD_OF_REASON)
        raise BodyRejected((Problem("/reason", f"must say what was wrong, in at least one of the words: {words}"),))
