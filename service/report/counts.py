"""What a report counts. Counts of parts add up to the counts of the whole, in any order but for the examples."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from features.evasion import EVASIVE
from features.listing import Listing
from models.screening import EvidenceOut, Screening
from service.leads.place import place_of

MOST_TERMS = 20_000
"""Terms told apart per month, and examples: strangers choose how many there are."""
_MOST_EXAMPLES = 2
_LONGEST = 40  # characters of a term
_SHORTEST, _MOST_DIGITS = 2, 4
_PRIVATE = "contact."  # findings whose evidence are numbers and handles of people
UNKNOWN = "?"


@dataclass(slots=True)
class Risk:
    """Listings of one kind, by level."""

    rows: int = 0
    high: int = 0
    medium: int = 0


@dataclass(slots=True)
class Example:
    """A disguised stretch of a title, as written and as read."""

    title: str
    text: str
    folded: str


Months = defaultdict[str, Counter[str]]


def _months() -> Months:
    return defaultdict(Counter)


@dataclass(slots=True)
class Counts:
    """Everything a report is made of, but for the sellers."""

    rows: int = 0
    rejected: int = 0
    not_assessed: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    dimensions: dict[str, dict[str, Risk]] = field(default_factory=dict)  # category, region, platform, month
    terms: Months = field(default_factory=_months)  # month -> folded evidence -> risky listings
    tactics: Months = field(default_factory=_months)  # month -> transform -> listings
    months: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)  # transform -> the first few
    findings: Counter[str] = field(default_factory=Counter)
    plan: dict[str, Risk] = field(default_factory=dict)  # item of the work plan
    authorities: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)  # kind|structure|register
    bundles: Counter[str] = field(default_factory=Counter)

    def add(self, listing: Listing, told: Screening) -> None:
        """Count one answer."""
        self.rows += 1
        if told.level is None:
            self.not_assessed += 1
        self.levels[told.level or "none"] += 1
        self.actions[told.action] += 1
        self.bundles[told.versions.bundle] += 1
        month = f"{listing.observed_at:%Y-%m}" if listing.observed_at else UNKNOWN
        place = place_of(listing.seller.uscc, listing.seller.region).province
        kinds = {"category": told.category.id, "region": place, "platform": listing.platform or UNKNOWN, "month": month}
        for dimension, value in kinds.items():
            _count(self.dimensions.setdefault(dimension, {}), value, told)
        self.months[month] += 1
        self._tactics(listing, told, month)
        self._findings(told, month)

    def _tactics(self, listing: Listing, told: Screening, month: str) -> None:
        evasive = EVASIVE & told.transforms.keys()
        self.tactics[month].update(evasive)
        if not evasive:
            return
        for seen in (one for finding in told.findings for one in finding.evidence if one.transforms):
            if seen.field == "title" and seen.text:
                for name in EVASIVE.intersection(seen.transforms):
                    kept = self.examples.setdefault(name, [])
                    if len(kept) < _MOST_EXAMPLES and seen.text not in {one.text for one in kept}:
                        kept.append(Example(listing.title, seen.text, seen.folded))

    def _findings(self, told: Screening, month: str) -> None:
        self.findings.update({finding.code for finding in told.findings})
        for item in sorted({finding.work_plan for finding in told.findings if finding.work_plan}):
            _count(self.plan, item, told)
        self.authorities.update({owner.id for finding in told.findings for owner in finding.authority})
        self.licences.update(f"{one.kind}|{one.structure}|{one.register}" for one in told.licences)
        if told.level in {"high", "medium"}:
            self.terms[month].update(_terms(told))

    def merge(self, told: dict[str, Any]) -> None:
        """Add counts that come as JSON."""
        for name in ("rows", "rejected", "not_assessed"):
            setattr(self, name, getattr(self, name) + told[name])
        for name in ("levels", "actions", "months", "findings", "authorities", "licences", "bundles"):
            getattr(self, name).update(told[name])
        for dimension, kinds in told["dimensions"].items():
            _merge(self.dimensions.setdefault(dimension, {}), kinds)
        _merge(self.plan, told["plan"])
        for name in ("terms", "tactics"):
            for month, counts in told[name].items():
                _bounded(getattr(self, name)[month], counts)
        for name, examples in told["examples"].items():
            kept = self.examples.setdefault(name, [])
            for one in examples:
                if len(kept) < _MOST_EXAMPLES and one["text"] not in {known.text for known in kept}:
                    kept.append(Example(**one))

    def to_json(self) -> bytes:
        """One line, without its end."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


def _count(kinds: dict[str, Risk], value: str, told: Screening) -> None:
    risk = kinds.setdefault(value, Risk())
    risk.rows += 1
    risk.high += told.level == "high"
    risk.medium += told.level == "medium"


def _merge(kinds: dict[str, Risk], more: dict[str, dict[str, int]]) -> None:
    for value, told in more.items():
        known = value if value in kinds or len(kinds) < MOST_TERMS else UNKNOWN
        risk = kinds.setdefault(known, Risk())
        risk.rows += told["rows"]
        risk.high += told["high"]
        risk.medium += told["medium"]


def _bounded(counts: Counter[str], more: dict[str, int]) -> None:
    counts.update({term: times for term, times in more.items() if term in counts or len(counts) < MOST_TERMS})


def _terms(told: Screening) -> Iterable[str]:
    """What was seen in titles and descriptions, as read; numbers and handles of people aside."""
    seen = (one for f in told.findings if not f.code.startswith(_PRIVATE) for one in f.evidence)
    return {term for one in seen if (term := _term(one))}


def _term(seen: EvidenceOut) -> str:
    term = (seen.folded or seen.text).strip()
    word = _SHORTEST <= len(term) <= _LONGEST and sum(map(str.isdecimal, term)) <= _MOST_DIGITS
    return term if word else ""
