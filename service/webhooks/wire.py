"""What doors take and say of webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from features.intake import Identity, Note, Wire, Word
from service.ledger.webhooks import RISKY, RiskyLevel, Webhook


def _high() -> list[RiskyLevel]:
    return ["high"]


class WebhookIn(Wire):
    """Where to tell risky evaluations, of which levels, who wants it, and why."""

    url: Annotated[str, Field(min_length=1, max_length=1024, description="https://host/path, a public address")]
    levels: list[RiskyLevel] = Field(default_factory=_high, min_length=1, max_length=len(RISKY))
    who: Identity
    why: Annotated[Note, Field(min_length=1)]


class RedeliverIn(Wire):
    """What a webhook is to be told again: one evaluation, or, when none is named, all that were given up."""

    evaluation_id: Word | None = None
    who: Identity


@dataclass(frozen=True, slots=True)
class WebhookOut:
    """A webhook as it stands; `outcomes` counts what became of what it was to be told."""

    webhook_id: str
    url: str
    levels: tuple[RiskyLevel, ...]
    who: str
    why: str
    added_at: str
    key_id: str | None  # of the access key it was made with; None: by command, or while there were no keys
    outcomes: dict[str, int]

    @classmethod
    def of(cls, one: Webhook, outcomes: Mapping[str, int]) -> "WebhookOut":
        """Describe a webhook."""
        return cls(one.webhook_id, one.url, one.levels, one.who, one.why, one.added_at, one.key_id, dict(outcomes))


@dataclass(frozen=True, slots=True)
class WebhookMade:
    """A new webhook. The secret checks signatures; it is shown this once."""

    webhook_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class ToldAgain:
    """How many evaluations are told again."""

    evaluations: int
