"""The chain: each record's digest covers the record and the digest before it.

Personal columns are covered through a salted digest of their own. Erasing them, with the salt, leaves that digest in
place: the chain still holds, and what was erased cannot be guessed back.
"""

import hashlib
import secrets
from dataclasses import dataclass

import orjson

from service.ledger.tables import COLUMNS, PERSONAL, Row

GENESIS = "0" * 64
"""What the first record follows."""


@dataclass(frozen=True, slots=True)
class Link:
    """One record as the chain sees it, without its row."""

    seq: int
    at: str
    kind: str
    salt: str | None
    personal: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A record before it has a place in the chain: all of it that can be written while others hold the lock."""

    kind: str
    row: Row  # every column but seq
    salt: str | None
    personal: str | None
    facts: bytes  # canonical


def draft(kind: str, told: Row) -> Draft:
    """Write a record of a kind. Columns that are not told are empty."""
    row = {name: told.get(name) for name in COLUMNS[kind]}
    salt = secrets.token_hex(16)
    personal = personal_digest(kind, row, salt)
    return Draft(kind, row, salt if personal else None, personal, _facts(kind, row))


def link(draft: Draft, seq: int, at: str, previous: str) -> Link:
    """Give a draft its place behind the record with the digest `previous`."""
    found = _digest(previous, (seq, at, draft.kind, draft.personal), draft.facts)
    return Link(seq, at, draft.kind, draft.salt, draft.personal, found)


def canonical(told: Row) -> bytes:
    """One form for one content: sorted JSON without what is None, so that a later column changes no earlier digest."""
    return orjson.dumps({str(k): v for k, v in told.items() if v is not None}, option=orjson.OPT_SORT_KEYS)


def personal_digest(kind: str, row: Row, salt: str) -> str | None:
    """Digest of the personal columns of a row; None when it has none."""
    told = {name: row[name] for name in PERSONAL[kind] if row.get(name) is not None}
    return hashlib.sha256(salt.encode() + canonical(told)).hexdigest() if told else None


def digest(previous: str, link: Link, row: Row) -> str:
    """Digest of a record that follows `previous`."""
    return _digest(previous, (link.seq, link.at, link.kind, link.personal), _facts(link.kind, row))


def _facts(kind: str, row: Row) -> bytes:
    return canonical({name: value for name, value in row.items() if name not in PERSONAL[kind] and name != "seq"})


def _digest(previous: str, place: tuple[int, str, str, str | None], facts: bytes) -> str:
    seq, at, kind, personal = place
    about = {"seq": seq, "at": at, "kind": kind, "personal": personal, "row": facts.decode()}
    return hashlib.sha256(previous.encode() + orjson.dumps(about)).hexdigest()
