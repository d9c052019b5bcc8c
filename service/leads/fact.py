"""A fact: what a lead needs to know of one risky listing. Small, plain, made where the listing is screened.

Facts are the same whoever makes them: one process, a worker with a chunk of rows, a Spark executor. They travel as one
line of JSON each, and merging is putting the lines together (service.leads.pile); nothing has to be summed up before.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from features.listing import Listing
from models import Screening
from models.screening import Finding
from service.leads.words import CONTACT

_HANDLE = re.compile(r"[a-z0-9][a-z0-9_-]{4,19}$")
_MOST = 20
"""Findings, and stretches of one, that are kept: whoever repeats himself a thousand times says no more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a raw field, half-open code points; of a number, what it was compared with (680 < 35000)."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding, its law and authorities by id: both are told again in the version of the day."""

    code: str
    severity: str
    message: str
    source: str
    marks: tuple[Mark, ...]
    law: tuple[str, ...]
    authority: tuple[str, ...]
    plan: str | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A licence number and what was found out about it."""

    kind: str
    name: str
    number: str
    structure: str
    register: str
    snapshot: str | None


@dataclass(frozen=True, slots=True)
class LeadFact:
    """One risky listing. None is not told, never 0."""

    evaluation_id: str
    listing_id: str
    title: str
    law_as_of: str  # ISO date
    category: str
    level: str
    action: str
    p: float  # of the worst head
    head: str
    platform: str | None = None
    url: str | None = None
    seen_on: str | None = None  # ISO date
    seller_id: str | None = None
    seller_name: str | None = None
    uscc: str | None = None
    region: str | None = None  # as the seller states it
    price_cny: float | None = None
    sales: float | None = None  # orders shown
    sales_of: str = ""  # total, 30d
    faults: tuple[Fault, ...] = ()
    papers: tuple[Paper, ...] = ()
    contacts: tuple[str, ...] = ()

    @property
    def seller(self) -> str:
        """Who offers it: id, else name, else company, else nobody but this listing."""
        who = self.seller_id or self.seller_name or self.uscc or f"?{self.listing_id}"
        return f"{self.platform or ''}|{who}"

    def to_json(self) -> bytes:
        """One line, without its end."""
        return orjson.dumps(self)

    @classmethod
    def from_json(cls, line: bytes) -> "LeadFact":
        """Read a line back."""
        told: dict[str, Any] = orjson.loads(line)
        told["faults"] = tuple(_fault(one) for one in told["faults"])
        told["papers"] = tuple(Paper(**one) for one in told["papers"])
        told["contacts"] = tuple(told["contacts"])
        return cls(**told)


def is_risky(screening: Screening) -> bool:
    """Whether a listing belongs into leads: it was assessed, and does not pass."""
    return screening.action != "pass" and screening.level is not None


def fact_of(listing: Listing, screening: Screening) -> LeadFact | None:
    """The fact of a screened listing; None when it is not risky."""
    if screening.level is None or not is_risky(screening):
        return None
    seller, trade = listing.seller, listing.trade
    head = max(screening.heads, key=lambda name: screening.heads[name].p)
    total = trade.orders_total is not None
    return LeadFact(
        evaluation_id=screening.evaluation_id,
        listing_id=listing.listing_id,
        title=listing.title,
        law_as_of=screening.law_as_of,
        category=screening.category.id,
        level=screening.level,
        action=screening.action,
        p=screening.heads[head].p,
        head=head,
        platform=listing.platform,
        url=listing.url,
        seen_on=listing.observed_at.date().isoformat() if listing.observed_at else None,
        seller_id=seller.seller_id,
        seller_name=seller.name,
        uscc=seller.uscc,
        region=seller.region,
        price_cny=listing.price_cny,
        sales=trade.orders_total if total else trade.orders_30d,
        sales_of="" if not total and trade.orders_30d is None else "total" if total else "30d",
        faults=tuple(map(_told, screening.findings[:_MOST])),
        papers=tuple(
            Paper(one.kind, one.name.zh, one.number, one.structure, one.register, one.snapshot)
            for one in screening.licences[:_MOST]
        ),
        contacts=tuple(dict.fromkeys(_handles(screening.findings))),
    )


def _told(finding: Finding) -> Fault:
    return Fault(
        code=finding.code,
        severity=finding.severity,
        message=finding.message.zh,
        source=finding.source,
        marks=tuple(
            Mark(one.field, one.start, one.end, one.text or one.folded)
            for one in finding.evidence[:_MOST]
            if one.text or (one.folded and one.field != "title")  # a price below a reference has no text to point at
        ),
        law=tuple(one.id for one in finding.law),
        authority=tuple(one.id for one in finding.authority),
        plan=finding.work_plan,
        confidence=finding.confidence,
    )


def _handles(findings: Iterable[Finding]) -> Iterable[str]:
    """Handles and numbers by which a seller wants to be reached off the platform, folded."""
    for finding in findings:
        if finding.code == CONTACT:
            for seen in finding.evidence:
                if match := _HANDLE.search(seen.folded.replace(" ", "").lower()):
                    yield match.group()


def _fault(told: dict[str, Any]) -> Fault:
    told["marks"] = tuple(Mark(**one) for one in told["marks"])
    told["law"], told["authority"] = tuple(told["law"]), tuple(told["authority"])
    return Fault(**told)
