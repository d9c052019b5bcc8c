"""The tables. Every row of a kind belongs to one record of the chain; rows are never changed, only erased in part."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()
_PERSONAL = {"personal": True}
"""Columns that may hold personal data: covered by the chain through a salted digest, so that they can be erased."""


def _seq() -> Column[int]:
    return Column("seq", BigInteger, ForeignKey("records.seq"), primary_key=True, autoincrement=False)


def _fact(name: str, length: int | None = None) -> Column[str]:
    return Column(name, String(length) if length else Text, nullable=False)


def _maybe(name: str, length: int | None = None) -> Column[str]:
    return Column(name, String(length) if length else Text)


def _personal(name: str, length: int | None = None) -> Column[str]:
    return Column(name, String(length) if length else Text, info=_PERSONAL)


RECORDS = Table(
    "records",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 … without gaps
    _fact("at", 27),  # UTC, microseconds: 2026-03-02T01:30:00.000000Z
    _fact("kind", 16),
    _maybe("salt", 32),  # of the personal digest; erased with what it salts
    _maybe("personal", 64),  # sha256 of salt and personal columns; None: the record never had any
    _fact("digest", 64),  # sha256 of the previous digest and this record
    Index("records_at", "at"),
)
EVALUATIONS = Table(
    "evaluations",
    METADATA,
    _seq(),
    _fact("evaluation_id", 32),
    _fact("evaluation_status", 16),  # new, superseding; a duplicate makes no second record
    _fact("assessment", 16),
    _maybe("level", 8),
    Column("risk_score", Integer),
    _fact("action", 8),
    _fact("reasons"),  # JSON list
    _fact("heads"),  # JSON {head: {p, score, level}}
    _fact("findings"),  # JSON list of codes
    _fact("category", 64),
    _fact("law_as_of", 10),
    _fact("bundle", 16),
    _fact("knowledge", 16),
    _fact("code", 32),
    _maybe("registers"),  # JSON {licence kind: snapshot}; None: no register was asked
    _fact("listing_digest", 64),  # sha256 of the snapshot
    _personal("listing_id", 128),
    _personal("platform", 128),
    _personal("seller_id", 128),
    _personal("seller_name", 128),
    _personal("seller_uscc", 32),
    _personal("snapshot"),  # JSON, the listing as it was judged
    Index("evaluations_id", "evaluation_id"),
    Index("evaluations_listing", "listing_id", "platform", "seq"),
    Index("evaluations_seller", "seller_id", "seq"),
    Index("evaluations_uscc", "seller_uscc"),
    Index("evaluations_seller_name", "seller_name"),
    Index("evaluations_level", "level", "seq"),
)
ERASURES = Table(
    "erasures",
    METADATA,
    _seq(),
    _fact("scope", 16),  # seller, age
    _fact("subject", 128),  # sha256 of the seller id, or the day before which everything was erased
    Column("erased", Integer, nullable=False),  # records that lost their personal columns
    _fact("who", 128),
    _fact("why"),
)
ACTIVATIONS = Table(
    "activations",
    METADATA,
    _seq(),
    _fact("event", 16),  # activate, rollback, shadow, unshadow
    _fact("bundle", 16),  # id of the bundle active from now on, or starter
    _fact("who", 128),
    _fact("why"),
    _maybe("key_id", 16),  # of the access key that asked; None: by command, or while there were no keys
)
LABELS = Table(
    "labels",
    METADATA,
    _seq(),
    _fact("label_id", 128),
    Column("evaluation_seq", BigInteger, nullable=False),  # the record of the evaluation that is judged
    _fact("evaluation_id", 32),
    _fact("verdict", 16),
    _maybe("source", 128),
    _maybe("decided_at", 27),
    _maybe("key_id", 16),
    _maybe("withdraws", 128),  # label_id that this one takes back; its verdict is then `withdrawn`
    _personal("listing_id", 128),
    _personal("platform", 128),
    _personal("reason", 128),
    _personal("analyst", 128),
    _personal("note"),
    Index("labels_id", "label_id", unique=True),
    Index("labels_evaluation", "evaluation_seq"),
    Index("labels_listing", "listing_id", "platform", "seq"),
    Index("labels_withdraws", "withdraws"),
)
KEYS = Table(
    "keys",
    METADATA,
    _seq(),
    _fact("event", 16),  # create, expire, revoke
    _fact("key_id", 16),
    _maybe("token_digest", 64),
    _maybe("name", 128),
    _maybe("scopes"),  # JSON list
    _maybe("expires_at", 27),
    Column("per_minute", Integer),
    _fact("who", 128),
    _fact("why"),
    Index("keys_id", "key_id"),
)
LISTS = Table(
    "lists",
    METADATA,
    _seq(),
    _fact("event", 16),  # add, remove
    _fact("entry_id", 16),
    _maybe("list_kind", 16),
    _maybe("effect", 8),
    _maybe("expires_on", 10),
    _fact("who", 128),
    _maybe("key_id", 16),
    _personal("value", 128),
    _personal("reason"),
    Index("lists_entry", "entry_id"),
)
JOBS = Table(
    "jobs",
    METADATA,
    _seq(),
    _fact("event", 16),  # submit, start, crash, done, failed, cancelled, erased
    _fact("job_id", 32),
    _maybe("job_kind", 16),
    _maybe("place", 16),  # the home folder that holds its files
    _maybe("owner", 16),  # id of the key that sent it; None: sent while no key was asked for
    _maybe("options"),  # JSON
    _maybe("bundle", 16),
    Column("bytes", BigInteger),  # of the file that was sent
    Column("rows", BigInteger),
    Column("rejected", BigInteger),
    _fact("who", 128),
    _personal("file_name", 255),
    _personal("error"),
    Index("jobs_id", "job_id"),
    Index("jobs_event", "event", "seq"),
)
WEBHOOKS = Table(
    "webhooks",
    METADATA,
    _seq(),
    _fact("event", 16),  # add, remove
    _fact("webhook_id", 16),
    _maybe("url", 1024),
    _maybe("levels"),  # JSON list
    _maybe("secret_digest", 64),
    _fact("who", 128),
    _fact("why"),
    _maybe("key_id", 16),
    Index("webhooks_id", "webhook_id"),
)
DELIVERIES = Table(
    "deliveries",
    METADATA,
    _seq(),
    _fact("event", 16),  # delivered, dead, skipped; again: somebody wants it sent once more
    _fact("webhook_id", 16),
    Column("evaluation_seq", BigInteger, nullable=False),  # the record of the evaluation that is told
    Column("attempts", Integer, nullable=False),
    _fact("answer", 128),  # HTTP status, or what went wrong
    _fact("who", 128),
    _maybe("key_id", 16),
    Index("deliveries_evaluation", "webhook_id", "evaluation_seq", "seq"),
    Index("deliveries_event", "event", "seq"),
)
SHADOWS = Table(
    "shadows",
    METADATA,
    _seq(),
    _fact("bundle", 16),  # that scored in the shadow of the one that answered
    Column("evaluation_seq", BigInteger, nullable=False),  # what it scored; of skipped ones the last
    _maybe("assessment", 16),
    _maybe("level", 8),
    Column("risk_score", Integer),
    _maybe("action", 8),
    _maybe("heads"),  # JSON {head: {p, score, level}}
    _maybe("error", 64),  # class of what it raised
    Column("skipped", Integer),  # how many evaluations it was too slow for
    Index("shadows_evaluation", "bundle", "evaluation_seq"),
)
REGISTERS = Table(
    "registers",
    METADATA,
    _seq(),
    _fact("event", 16),  # import, remove
    _fact("register_kind", 64),  # licence kind
    _fact("register_digest", 64),  # sha256 of the snapshot
    _fact("as_of", 10),
    Column("complete", Integer, nullable=False),  # 1: holds every number in force that day
    Column("entries", Integer),
    _maybe("source", 255),  # name of the file
    _fact("who", 128),
    _maybe("why"),
)
CASES = Table(
    "cases",
    METADATA,
    _seq(),
    _fact("event", 16),  # claim, release, decide, undo; golden, retire: a case with a known verdict begins, ends
    _fact("case_id", 16),
    _fact("who", 128),
    _maybe("key_id", 16),
    _maybe("act", 16),  # what was decided together, and is undone together
    _maybe("verdict", 16),
    _maybe("label_id", 128),
    _maybe("golden", 16),  # case_id of the golden case that this one shows again
    _maybe("until", 27),  # end of a claim
    Column("evaluation_seq", BigInteger),  # the record of the evaluation that was looked at
    _personal("reason", 128),
    _personal("note"),
    Index("cases_case", "case_id", "seq"),
    Index("cases_who", "who", "event", "seq"),
    Index("cases_act", "act"),
    Index("cases_golden", "golden"),
    Index("cases_evaluation", "evaluation_seq"),
)
KINDS: Mapping[str, Table] = MappingProxyType(
    {
        "evaluation": EVALUATIONS,
        "erasure": ERASURES,
        "activation": ACTIVATIONS,
        "label": LABELS,
        "key": KEYS,
        "list": LISTS,
        "job": JOBS,
        "webhook": WEBHOOKS,
        "delivery": DELIVERIES,
        "shadow": SHADOWS,
        "register": REGISTERS,
        "case": CASES,
    }
)
"""Kind of a record -> the table that holds the rest of it."""
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(str(c.name) for c in table.c) for kind, table in KINDS.items()}
)
"""Kind of a record -> all columns."""
PERSONAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(str(c.name) for c in table.c if c.info.get("personal")) for kind, table in KINDS.items()}
)
"""Kind of a record -> its erasable columns."""
Row = Mapping[str, Any]
"""A row of a kind, without seq: column -> value."""

# The queue: what of the chain waits for a reviewer, as service.ledger.queue derives it. It belongs to no record.
QUEUE = Table(
    "queue",
    METADATA,
    Column("case_id", String(16), primary_key=True),
    _fact("state", 8),  # open, closed
    Column("rank", BigInteger, nullable=False),  # smaller is looked at sooner
    Column("evaluation_seq", BigInteger, nullable=False),  # the newest evaluation of the listing
    _fact("opened_at", 27),
    Column("priority", Integer, nullable=False),
    Column("risk_score", Integer),
    _maybe("level", 8),
    _fact("action", 8),
    _fact("category", 64),
    Column("exposure_cny", BigInteger, nullable=False),
    Column("price_cny", Float),
    _fact("content", 16),  # digest of what a reviewer judges
    _fact("listing_id", 128),
    _maybe("platform", 128),
    _maybe("seller_id", 128),
    _maybe("holder", 128),
    _maybe("until", 27),
    Column("unsure", Integer, nullable=False),  # reviewers who could not say
    _maybe("golden", 16),
    Index("queue_rank", "state", "rank", "case_id"),
    Index("queue_listing", "listing_id", "platform"),
    Index("queue_evaluation", "evaluation_seq"),
    Index("queue_holder", "holder"),
)
QUEUE_BANDS = Table(
    "queue_bands",
    METADATA,
    Column("case_id", String(16), primary_key=True),
    Column("band", BigInteger, primary_key=True, autoincrement=False),  # titles that share one may be alike
    Index("queue_bands_band", "band"),
)
QUEUE_CURSOR = Table(
    "queue_cursor",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one
    Column("seq", BigInteger, nullable=False),  # records up to this one are in the queue
)
