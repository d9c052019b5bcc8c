"""Webhooks in the ledger: who wants to be told of which levels, where, and why. Of a secret only its digest is here."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import orjson
from sqlalchemy import select

from features.errors import ZhenweiError
from service.ledger.ledger import Page, Rows
from service.ledger.tables import RECORDS, WEBHOOKS

RiskyLevel = Literal["high", "medium"]
"""Levels somebody may want to be told of."""
RISKY: tuple[RiskyLevel, ...] = get_args(RiskyLevel)


class WebhookUnknown(ZhenweiError):
    """No webhook has this id, or it was removed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where evaluations of some levels are told to, from the record of its making on."""

    webhook_id: str
    url: str
    levels: tuple[RiskyLevel, ...]
    secret_digest: str
    seq: int
    added_at: str
    who: str
    why: str
    key_id: str | None  # of the access key it was made with; None: by command, or while there were no keys


def webhooks(ledger: Rows) -> Mapping[str, Webhook]:
    """Every webhook that was not removed, by id."""
    found: dict[str, Webhook] = {}
    for row in ledger.rows(select(WEBHOOKS, RECORDS.c.at).join(RECORDS).order_by(WEBHOOKS.c.seq)):
        name = row["webhook_id"]
        if row["event"] == "remove":
            found.pop(name, None)
            continue
        levels = tuple(orjson.loads(row["levels"]))
        found[name] = Webhook(
            name, row["url"], levels, row["secret_digest"], row["seq"], row["at"], row["who"], row["why"], row["key_id"]
        )
    return found


def webhook(ledger: Rows, webhook_id: str) -> Webhook:
    """One of them. Raises WebhookUnknown."""
    if (found := webhooks(ledger).get(webhook_id)) is None:
        raise WebhookUnknown("No webhook has this id, or it was removed; see `zhenwei webhook list`.")
    return found


def new_id() -> str:
    """An id for a webhook to be added."""
    return secrets.token_hex(8)


def add(
    page: Page,
    webhook_id: str,
    url: str,
    levels: Sequence[RiskyLevel],
    secret_digest: str,
    *,
    who: str,
    why: str,
    key_id: str | None = None,
) -> None:
    """Add one; it is told of evaluations recorded from now on."""
    told = orjson.dumps([level for level in RISKY if level in levels]).decode()
    row = {"event": "add", "webhook_id": webhook_id, "url": url, "levels": told, "secret_digest": secret_digest}
    page.add("webhook", row | {"who": who, "why": why, "key_id": key_id})


def remove(page: Page, webhook_id: str, *, who: str, why: str, key_id: str | None = None) -> None:
    """Tell it nothing more, what waits included. Raises WebhookUnknown."""
    webhook(page, webhook_id)
    page.add("webhook", {"event": "remove", "webhook_id": webhook_id, "who": who, "why": why, "key_id": key_id})
