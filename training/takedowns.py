"""Takedowns: labelled decisions on listings, the only thing the models learn from."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from features.listing import Listing

Outcome = Literal["confirmed", "rejected", "appeal_reversed", "pending"]
"""confirmed: the suspicion was right; rejected: looked at and found honest; appeal_reversed: taken down, then
restored; pending: nobody has decided."""


@dataclass(frozen=True, slots=True)
class Takedown:
    """One decision. `reason` is a word of models/heads.toml; several are joined by `+`; "" when there was none."""

    listing: Listing
    outcome: Outcome
    reason: str = ""
    decided_at: datetime | None = None
    reviewer: str | None = None
    source: str | None = None


def zoned(moment: datetime | None) -> datetime | None:
    """Read a time without a zone as UTC, so that any two can be compared."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
