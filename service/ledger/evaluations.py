"""Evaluations: what was answered, about which listing, as it stood then."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import ColumnElement, Select, String, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from features.listing import NO_SELLER, NO_TRADE, NO_VELOCITY, Listing
from models import Screening
from service.ledger.ledger import Page
from service.ledger.tables import EVALUATIONS, Row

Status = Literal["new", "duplicate", "superseding"]
"""new: the first of its listing; duplicate: the newest answer of the listing once more, recorded once; superseding:
the listing, the bundle or the day changed since, or what else is known leads to another level or action."""
_Subject = tuple[str, str | None]  # listing id and platform: what makes two listings one
_Outcome = tuple[str, str | None, str]
"""Id of an answer, level, action. The id is of the listing as sent: what velocity adds may change the rest."""
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


def record(page: Page, evaluations: Sequence[Evaluation]) -> list[Status]:
    """Append what is not the newest answer of its listing already; say of each what it is."""
    newest = _newest(page, {one.listing.listing_id for one in evaluations})
    told: list[Status] = []
    for one in evaluations:
        before = newest.get(one.subject)
        status: Status = "new" if before is None else "superseding"
        if before == one.outcome:
            status = "duplicate"
        else:
            page.add("evaluation", one.row(status))
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


_T = EVALUATIONS.c
_OUTCOME = (_T.listing_id, _T.platform, _T.evaluation_id, _T.level, _T.action)


def _newest_where(chosen: ColumnElement[bool]) -> Select[Any]:
    last = select(func.max(_T.seq)).where(chosen).group_by(_T.listing_id, _T.platform)
    return select(*_OUTCOME).where(_T.seq.in_(last))


def _newest_of_each() -> Select[Any]:
    """Look up one listing after the other: PostgreSQL, which has no statistics yet, reads the whole table for many."""
    wanted = func.unnest(bindparam("ids", type_=ARRAY(String))).table_valued("id", name="wanted").render_derived()
    last = select(func.max(_T.seq).label("seq")).where(_T.listing_id == wanted.c.id)
    newest = last.group_by(_T.platform).correlate(wanted).lateral("newest")
    return select(*_OUTCOME).select_from(wanted.join(newest, true()).join(EVALUATIONS, _T.seq == newest.c.seq))


_NEWEST_OF_ONE = _newest_where(_T.listing_id == bindparam("listing_id"))
"""Most pages hold one listing; a statement with a list of values is written anew each time."""
_NEWEST_OF_EACH = _newest_of_each()


def _newest(page: Page, listing_ids: set[str]) -> dict[_Subject, _Outcome]:
    """The newest evaluation of each listing with one of these ids."""
    if page.dialect == "postgresql":
        found = page.rows(_NEWEST_OF_EACH.params(ids=list(listing_ids)))
    elif len(listing_ids) == 1:
        found = page.rows(_NEWEST_OF_ONE.params(listing_id=next(iter(listing_ids))))
    else:
        found = page.rows(_newest_where(_T.listing_id.in_(listing_ids)))
    return {(row["listing_id"], row["platform"]): (row["evaluation_id"], row["level"], row["action"]) for row in found}
