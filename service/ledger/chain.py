"""The chain: each record's digest covers the record and the digest before it.

Personal columns are covered through a salted digest of their own. Erasing them, with the salt, leaves that digest in
place: the chain still holds, and what was erased cannot be guessed back.
"""

import hashlib
from dataclasses import dataclass

import orjson

from service.ledger.tables import PERSONAL, Row

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


def canonical(told: Row) -> bytes:
    """One form for one content: sorted JSON without what is None, so that a later column changes no earlier digest."""
    return orjson.dumps({str(k): v for k, v in told.items() if v is not None}, option=orjson.OPT_SORT_KEYS)


def personal_digest(kind: str, row: Row, salt: str) -> str | None:
    """Digest of the personal columns of a row; None when it has none."""
    told = {name: row[name] for name in PERSONAL[kind] if row.get(name) is not None}
    return hashlib.sha256(salt.encode() + canonical(told)).hexdigest() if told else None


def digest(previous: str, link: Link, row: Row) -> str:
    """Digest of a record that follows `previous`."""
    facts = {name: value for name, value in row.items() if name not in PERSONAL[link.kind] and name != "seq"}
    about = {"seq": link.seq, "at": link.at, "kind": link.kind, "personal": link.personal, "row": canonical(facts)}
    return hashlib.sha256(previous.encode() + orjson.dumps(about, default=bytes.decode)).hexdigest()
