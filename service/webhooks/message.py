"""What a webhook is told: the answer in short and the ids in it. No title, no name, no code of a person or firm.

Whoever may know more asks GET /v1/evaluations/{id} with a key.
"""

from dataclasses import dataclass

import orjson

from service.ledger.deliveries import Due
from service.ledger.tables import Row

_AS_THEY_ARE = (
    "evaluation_id", "evaluation_status", "assessment", "risk_score", "level", "action", "category", "law_as_of",
    "listing_id", "platform", "seller_id",
)  # fmt: skip
_JSON = ("reasons", "heads", "findings")


@dataclass(frozen=True, slots=True)
class Message:
    """A message; the same evaluation makes the same bytes and the same id, however often it is sent."""

    message_id: str
    body: bytes


def message(due: Due, row: Row) -> Message:
    """Write the message about an evaluation, a row of the ledger with `at`."""
    data = {name: row[name] for name in _AS_THEY_ARE} | {name: orjson.loads(row[name]) for name in _JSON}
    data["versions"] = {name: row[name] for name in ("bundle", "knowledge", "code")}
    told = {"type": f"evaluation.{row['level']}", "timestamp": row["at"], "data": data}
    return Message(f"msg_{due.webhook_id}_{due.evaluation_seq}", orjson.dumps(told))
