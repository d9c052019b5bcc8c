"""A lead: sellers that belong together, what they offer, and what an authority needs to act on it."""

import math
from dataclasses import dataclass

from service.leads.fact import LeadFact, Paper
from service.leads.place import Place
from service.leads.transfer import Hint


@dataclass(frozen=True, slots=True)
class Shop:
    """One seller of a lead."""

    key: str
    platform: str | None
    seller_id: str | None
    name: str | None
    uscc: str | None
    region: str | None  # as stated
    place: Place
    listings: int
    categories: tuple[str, ...]
    titles: tuple[str, ...]  # of its most harmful listings


@dataclass(frozen=True, slots=True)
class Tie:
    """What several of its sellers share."""

    kind: str
    zh: str
    value: str
    sellers: tuple[str, ...]  # keys
    strong: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing, weighed. `exposure` None: price or sales are not told."""

    fact: LeadFact
    exposure: float | None
    harm: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, in how many listings it stands, and its gravest wording."""

    code: str
    severity: str
    message: str
    listings: int
    confidence: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A provision in the version in force when its listings were seen."""

    id: str
    text: str
    title: str
    penalty: str | None
    confidence: str
    listings: int


@dataclass(frozen=True, slots=True)
class Owner:
    """An authority, and what it is called where the seller is."""

    id: str
    name: str
    local: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Whom to visit, under which article, with what evidence. Amounts in CNY, sums of what is told."""

    rank: int
    lead_id: str
    level: str
    p: float
    harm: float
    at_least: bool  # something is unknown: harm is a lower bound
    shops: tuple[Shop, ...]
    ties: tuple[Tie, ...]
    listings: int
    offers: tuple[Offer, ...]
    categories: tuple[str, ...]
    problems: tuple[Problem, ...]
    law: tuple[Cited, ...]
    owner: Owner
    others: tuple[Owner, ...]
    plan: tuple[str, ...]
    province: str
    papers: tuple[Paper, ...]
    sales: float | None  # None: told of no listing
    sales_unknown: int  # listings
    exposure: float | None
    exposure_unknown: int
    hints: tuple[Hint, ...]
    to_verify: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leads:
    """All of it: the leads that are told, and what was looked at."""

    leads: tuple[Lead, ...]
    groups: int  # leads there are, told or not
    facts: int
    sellers: int
    linked: int  # groups of more than one seller
    common: dict[str, int]  # how a value was shared by too many to say anything -> how many values
    loosened: int

    @property
    def exposure(self) -> float | None:
        """CNY that pages show for the leads that are told, as far as it is known; None: of no lead."""
        known = [lead.exposure for lead in self.leads if lead.exposure is not None]
        return math.fsum(known) if known else None

    @property
    def transfers(self) -> int:
        """Leads that are told whose amount shown passes a threshold of criminal law."""
        return sum(any(hint.amount_cny for hint in lead.hints) for lead in self.leads)
