"""Forced outcomes: listing ids that integrators send to meet every answer once, as test cards do for payments.

Only a key with the scope `test` forces anything: whoever chooses a listing id, a seller perhaps, must not choose the
answer. The listing is screened like any other; then what its id names stands in the answer, with a warning that says
so. Nothing of it is recorded or counted.
"""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from features.errors import ZhenweiError
from features.intake import ListingRejected, Problem
from features.listing import Listing
from models import Screening
from models.screening import Bilingual, Warning  # noqa: A004 - the word of the wire format
from service.errors import RateLimited
from service.ledger.database import LedgerAway
from service.ledger.keys import Key

PREFIX = "zhenwei-test-"
SLOW = 5.0
"""Seconds the slow one takes."""
FORCED = Warning(
    "test.forced",
    "/listing_id",
    Bilingual(
        "测试商品：结果按 listing_id 指定，未留存、未计数。",
        "A test listing: its listing_id chose the outcome; nothing was recorded or counted.",
    ),
)
_LEVELS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "reject": {"assessment": "assessed", "risk_score": 99, "level": "high", "action": "reject"},
        "high": {"assessment": "assessed", "risk_score": 95, "level": "high", "action": "review"},
        "medium": {"assessment": "assessed", "risk_score": 70, "level": "medium", "action": "review"},
        "low": {"assessment": "assessed", "risk_score": 10, "level": "low", "action": "pass"},
        "degraded": {"assessment": "degraded", "risk_score": 70, "level": "medium", "action": "review"},
        "not-assessed": {
            "assessment": "not_assessed", "risk_score": None, "level": None, "action": "review",
            "heads": {}, "findings": (),
        },
        "slow": {},
    }
)  # fmt: skip
_ERRORS: Mapping[str, type[ZhenweiError]] = MappingProxyType({"error-503": LedgerAway, "rate-limited": RateLimited})
OUTCOMES = (*_LEVELS, *_ERRORS)
"""What may follow the prefix."""


def forced(key: Key | None, listings: Sequence[Listing]) -> Mapping[int, str]:
    """Outcomes that these listings force, by index. Raises ListingRejected for an outcome there is not."""
    if key is None or "test" not in key.scopes:
        return {}
    ids = {index: one.listing_id for index, one in enumerate(listings) if one.listing_id.startswith(PREFIX)}
    found = {index: listing_id.removeprefix(PREFIX) for index, listing_id in ids.items()}
    if odd := [outcome for outcome in found.values() if outcome not in OUTCOMES]:
        told = f"names no outcome ({odd[0]}); after {PREFIX} write one of {', '.join(OUTCOMES)}"
        raise ListingRejected((Problem("/listing_id", told),))
    return found


async def happen(outcomes: Collection[str]) -> None:
    """Let happen what is no answer: waiting, or an error. Raises LedgerAway, RateLimited."""
    for outcome in outcomes:
        if outcome in _ERRORS:
            raise _ERRORS[outcome]("A test listing: its listing_id chose this problem.")
    if "slow" in outcomes:
        await asyncio.sleep(SLOW)


def force(screening: Screening, outcome: str) -> Screening:
    """Put an outcome into an answer. It has an id of its own, which the ledger does not know."""
    named = hashlib.sha256(f"{screening.evaluation_id} {PREFIX}{outcome}".encode()).hexdigest()[:32]
    return replace(
        screening,
        evaluation_id=named,
        reasons=(f"test:{outcome}", *screening.reasons),
        warnings=(FORCED, *screening.warnings),
        **_LEVELS[outcome],
    )
