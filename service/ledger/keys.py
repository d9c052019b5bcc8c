"""Access keys: who may ask for what, until when. A key is shown once; only its digest is kept.

A key holds 256 random bits, so one round of SHA-256 is as safe as a slow hash and costs microseconds per request.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

import orjson
from sqlalchemy import func, select

from features.errors import ZhenweiError
from service.ledger.ledger import Page, Rows, stamp
from service.ledger.tables import KEYS

Scope = Literal["score", "label", "review", "admin", "test"]
"""score: screen listings; label: send judgements; review: read what was answered; admin: all of these; test: force
outcomes (service.forced), which no other scope includes."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "zw"


class KeyUnknown(ZhenweiError):
    """No key has this id."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it stands. Times are as service.ledger.ledger.stamp writes them."""

    key_id: str
    token_digest: str
    name: str
    scopes: tuple[Scope, ...]
    expires_at: str | None
    per_minute: int | None  # requests allowed; None: no limit of its own
    revoked: bool = False

    def active(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return not self.revoked and (self.expires_at is None or stamp(now) < self.expires_at)

    def allows(self, scope: Scope | None) -> bool:
        """Whether it opens this; None is for what every key may."""
        return scope is None or scope in self.scopes or "admin" in self.scopes


def digest_of(token: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def id_of(token: str) -> str:
    """The part of a key that names it, which is no secret; "" for what is no key."""
    parts = token.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX else ""  # noqa: PLR2004 - prefix, id, secret


def keys(ledger: Rows) -> Mapping[str, Key]:
    """Every key that was ever made, by id, as it stands."""
    found: dict[str, Key] = {}
    for row in ledger.rows(select(KEYS).order_by(KEYS.c.seq)):
        name = row["key_id"]
        if row["event"] == "create":
            scopes = tuple(orjson.loads(row["scopes"]))
            found[name] = Key(name, row["token_digest"], row["name"], scopes, row["expires_at"], row["per_minute"])
        elif row["event"] == "revoke":
            found[name] = replace(found[name], revoked=True)
        else:
            found[name] = replace(found[name], expires_at=row["expires_at"])
    return found


def newest(ledger: Rows) -> int:
    """Seq of the newest change, 0 when there is none."""
    return int(ledger.rows(select(func.coalesce(func.max(KEYS.c.seq), 0).label("seq")))[0]["seq"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to make."""

    name: str
    scopes: Sequence[Scope]
    expires_at: datetime | None = None
    per_minute: int | None = None


def create(page: Page, wanted: Wanted, *, who: str, why: str) -> str:
    """Make a key and return it; it cannot be shown again."""
    key_id = secrets.token_hex(6)
    token = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
    row = {
        "event": "create",
        "key_id": key_id,
        "token_digest": digest_of(token),
        "name": wanted.name,
        "scopes": orjson.dumps(sorted(set(wanted.scopes), key=SCOPES.index)).decode(),
        "expires_at": stamp(wanted.expires_at) if wanted.expires_at else None,
        "per_minute": wanted.per_minute,
    }
    page.add("key", row | {"who": who, "why": why})
    return token


def revoke(page: Page, key_id: str, *, who: str, why: str) -> None:
    """Close a key for good. Raises KeyUnknown."""
    _known(page, key_id)
    page.add("key", {"event": "revoke", "key_id": key_id, "who": who, "why": why})


def rotate(page: Page, key_id: str, until: datetime, *, who: str, why: str) -> str:
    """Make a key that may do the same, and close this one at `until`. Raises KeyUnknown, also for a revoked key."""
    old = _known(page, key_id)
    if old.revoked:
        raise KeyUnknown(f"{key_id} is revoked; make a new key with `zhenwei key create`")
    ends = min(filter(None, (stamp(until), old.expires_at)))
    page.add("key", {"event": "expire", "key_id": key_id, "expires_at": ends, "who": who, "why": why})
    return create(page, Wanted(old.name, old.scopes, None, old.per_minute), who=who, why=why)


def _known(page: Page, key_id: str) -> Key:
    if (found := keys(page).get(key_id)) is None:
        raise KeyUnknown(f"{key_id}: no key has this id; see `zhenwei key list`")
    return found
