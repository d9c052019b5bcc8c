"""List entries in the ledger: who put what on which list, why, and until when."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import func, select

from features.errors import ZhenweiError
from models.lists import Effect, ListEntry, ListKind
from service.ledger.ledger import Page, Rows
from service.ledger.tables import LISTS, RECORDS


class EntryUnknown(ZhenweiError):
    """No list holds an entry with this id."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An entry to add."""

    kind: ListKind
    effect: Effect
    value: str
    reason: str
    who: str
    expires_on: date | None = None
    key_id: str | None = None  # of the access key that asked


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry as it stands."""

    entry: ListEntry
    who: str
    added_at: str
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a wish."""

    entry_id: str
    status: Literal["new", "duplicate"]


def standing(ledger: Rows) -> list[Standing]:
    """Every entry that was not removed, expired ones included, in the order they were added."""
    found: dict[str, Standing] = {}
    for row in ledger.rows(select(LISTS, RECORDS.c.at).join(RECORDS).order_by(LISTS.c.seq)):
        if row["event"] == "remove":
            found.pop(row["entry_id"], None)
            continue
        until = date.fromisoformat(row["expires_on"]) if row["expires_on"] else None
        entry = ListEntry(row["entry_id"], row["list_kind"], row["effect"], row["value"], row["reason"], until)
        found[entry.entry_id] = Standing(entry, row["who"], row["at"], row["key_id"])
    return list(found.values())


def newest(ledger: Rows) -> int:
    """Seq of the newest change, 0 when there is none."""
    return int(ledger.rows(select(func.coalesce(func.max(LISTS.c.seq), 0).label("seq")))[0]["seq"])


def add(page: Page, wishes: Sequence[Wish]) -> list[Added]:
    """Put entries on their lists; what stands there already with the same reason and end is kept once."""
    known = {_content(one.entry): one.entry.entry_id for one in standing(page)}
    told = []
    for wish in wishes:
        entry = ListEntry(secrets.token_hex(8), wish.kind, wish.effect, wish.value, wish.reason, wish.expires_on)
        if (before := known.get(_content(entry))) is not None:
            told.append(Added(before, "duplicate"))
            continue
        known[_content(entry)] = entry.entry_id
        page.add("list", _row(entry) | {"event": "add", "who": wish.who, "key_id": wish.key_id})
        told.append(Added(entry.entry_id, "new"))
    return told


def remove(page: Page, entry_id: str, *, who: str, why: str, key_id: str | None = None) -> None:
    """Take an entry off its list. Raises EntryUnknown."""
    if not any(one.entry.entry_id == entry_id for one in standing(page)):
        raise EntryUnknown(f"{entry_id}: no list holds such an entry; see `zhenwei list show`")
    page.add("list", {"event": "remove", "entry_id": entry_id, "who": who, "reason": why, "key_id": key_id})


def _content(entry: ListEntry) -> tuple[object, ...]:
    return entry.kind, entry.effect, entry.value, entry.reason, entry.expires_on


def _row(entry: ListEntry) -> dict[str, str | None]:
    return {
        "entry_id": entry.entry_id,
        "list_kind": entry.kind,
        "effect": entry.effect,
        "expires_on": entry.expires_on.isoformat() if entry.expires_on else None,
        "value": entry.value,
        "reason": entry.reason,
    }
