"""Evaluations: what was answered, about which listing, as it stood then."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import orjson

from features.listing import NO_SELLER, NO_TRADE, NO_VELOCITY, Listing
from models import Screening
from service.ledger import chain
from service.ledger.chain import Draft
from service.ledger.ledger import Page
from service.ledger.tables import Row

Status = Literal["new", "duplicate", "superseding"]
"""new: the first of its listing; duplicate: the newest answer of the listing once more, recorded once; superseding:
the listing, the bundle or the day changed since, or what else is known leads to another level or action."""
_Subject = tuple[str, str | None]  # listing id and platform: what makes two listings one
_Outcome = tuple[str, str | None, str]
"""Id of an answer, level, action. The id is of the listing as sent: what velocity adds may change the rest."""
_KIND = "evaluation"
_OWN = tuple(name for name in Listing.__slots__ if name not in {"seller", "trade", "velocity"})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A listing and the answer it got."""

    listing: Listing
    screening: Screening

    @property
    def subject(self) -> _Subject:
        """What makes two listings one."""
        return self.listing.listing_id, self.listing.platform

    @property
    def outcome(self) -> _Outcome:
        """What makes two answers about a listing one."""
        return self.screening.evaluation_id, self.screening.level, self.screening.action

    def row(self, status: Status) -> Row:
        """The columns of an evaluation."""
        listing, told = self.listing, self.screening
        snapshot = snapshot_of(listing)
        heads = {name: {"p": head.p, "score": head.score, "level": head.level} for name, head in told.heads.items()}
        return {
            "evaluation_id": told.evaluation_id,
            "evaluation_status": status,
            "assessment": told.assessment,
            "level": told.level,
            "risk_score": told.risk_score,
            "action": told.action,
            "reasons": orjson.dumps(told.reasons).decode(),
            "heads": orjson.dumps(heads).decode(),
            "findings": orjson.dumps([finding.code for finding in told.findings]).decode(),
            "category": told.category.id,
            "law_as_of": told.law_as_of,
            "bundle": told.versions.bundle,
            "knowledge": told.versions.knowledge,
            "code": told.versions.code,
            "registers": orjson.dumps(told.versions.registers).decode() if told.versions.registers else None,
            "listing_digest": hashlib.sha256(snapshot).hexdigest(),
            "listing_id": listing.listing_id,
            "platform": listing.platform,
            "seller_id": listing.seller.seller_id,
            "seller_name": listing.seller.name,
            "seller_uscc": listing.seller.uscc,
            "snapshot": snapshot.decode(),
        }


class Prepared(NamedTuple):
    """An evaluation, and its record as that of a new listing."""

    evaluation: Evaluation
    draft: Draft


def prepare(evaluations: Sequence[Evaluation]) -> list[Prepared]:
    """Write what `record` appends; most listings are new."""
    return [Prepared(one, chain.draft(_KIND, one.row("new"))) for one in evaluations]


def record(page: Page, prepared: Sequence[Prepared]) -> list[Status]:
    """Append what is not the newest answer of its listing already; say of each what it is."""
    newest = _newest(page, list({one.evaluation.listing.listing_id for one in prepared}))
    told: list[Status] = []
    for one, draft in prepared:
        before = newest.get(one.subject)
        status: Status = "new" if before is None else "superseding"
        if before == one.outcome:
            status = "duplicate"
        else:
            page.put(draft if status == "new" else chain.draft(_KIND, one.row(status)))
            newest[one.subject] = one.outcome
        told.append(status)
    return told


def snapshot_of(listing: Listing) -> bytes:
    """Write a listing as JSON that features.intake reads back to the same listing; what it does not tell is left out.

    The snapshot is a function of the listing, so its digest says whether two were the same.
    """
    told = _told(listing, _OWN)
    if listing.seller != NO_SELLER:
        told["seller"] = _told(listing.seller, listing.seller.__slots__)
    if listing.trade != NO_TRADE:
        told["trade"] = _told(listing.trade, listing.trade.__slots__)
    if listing.velocity != NO_VELOCITY:
        told["velocity"] = _told(listing.velocity, listing.velocity.__slots__)
    return orjson.dumps(told, default=dict, option=orjson.OPT_SORT_KEYS)


def _told(source: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(source, name)) is not None and value != {}}


_OUTCOME = "e.listing_id, e.platform, e.evaluation_id, e.level, e.action"
_LAST = "SELECT max(seq) AS seq FROM evaluations WHERE listing_id = wanted.id GROUP BY listing_id, platform"
_NEWEST: Mapping[str, str] = MappingProxyType(
    {
        "sqlite": f"SELECT {_OUTCOME} FROM evaluations AS e WHERE e.seq IN (SELECT max(seq) FROM evaluations "  # noqa: S608
        "WHERE listing_id IN (SELECT value FROM json_each(?)) GROUP BY listing_id, platform)",
        # One listing after the other: PostgreSQL, which has no statistics yet, reads the whole table for many.
        "postgresql": f"SELECT {_OUTCOME} FROM unnest(%s::text[]) AS wanted (id) CROSS JOIN LATERAL ({_LAST}) "  # noqa: S608
        "AS newest JOIN evaluations AS e ON e.seq = newest.seq",
    }
)


def _newest(page: Page, listing_ids: list[str]) -> dict[_Subject, _Outcome]:
    """The newest evaluation of each listing with one of these ids."""
    wanted = orjson.dumps(listing_ids).decode() if page.dialect == "sqlite" else listing_ids
    return {tuple(row[:2]): tuple(row[2:]) for row in page.fetch(_NEWEST[page.dialect], wanted)}
