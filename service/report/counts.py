"""What a report counts. Counts of parts add up to the counts of the whole, in any order but for the examples."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from features.evasion import EVASIVE
from features.listing import Listing
from models.screening import EvidenceOut, Finding, Screening
from service.leads.fact import is_risky
from service.leads.place import place_of

MOST_TERMS = 20_000
"""Terms told apart per month, values of a dimension: strangers choose how many there are."""
MOST_WORDS = 2_000
"""Words told apart per finding."""
_MOST_EXAMPLES = 2
_LONGEST = 40  # characters of a term
_SHORTEST, _MOST_DIGITS = 2, 4
_PRIVATE = "contact."  # findings whose evidence are numbers and handles of people
UNKNOWN = "?"


@dataclass(slots=True)
class Risk:
    """Listings of one kind; `review`: those that leads are made of, whatever their level."""

    rows: int = 0
    review: int = 0
    high: int = 0
    medium: int = 0

    def add(self, more: Mapping[str, int]) -> None:
        """Count more listings."""
        self.rows += more["rows"]
        self.review += more["review"]
        self.high += more["high"]
        self.medium += more["medium"]


@dataclass(slots=True)
class Example:
    """A disguised stretch of a title, as written and as read."""

    title: str
    text: str
    folded: str


Words = defaultdict[str, Counter[str]]


def _words() -> Words:
    return defaultdict(Counter)


@dataclass(slots=True)
class Counts:
    """Everything a report is made of, but for the sellers."""

    rejected: int = 0
    not_assessed: int = 0
    risk: Risk = field(default_factory=Risk)
    actions: Counter[str] = field(default_factory=Counter)
    dimensions: dict[str, dict[str, Risk]] = field(default_factory=dict)  # category, region, platform, month, cell
    terms: Words = field(default_factory=_words)  # month -> folded evidence -> risky listings
    tactics: Words = field(default_factory=_words)  # month -> transform -> listings
    examples: dict[str, list[Example]] = field(default_factory=dict)  # transform -> the first few
    findings: dict[str, Risk] = field(default_factory=dict)
    words: Words = field(default_factory=_words)  # finding -> folded evidence -> listings
    said: dict[str, tuple[str, str]] = field(default_factory=dict)  # finding -> zh, en as first said
    plan: dict[str, Risk] = field(default_factory=dict)  # item of the work plan
    authorities: dict[str, Risk] = field(default_factory=dict)
    licences: Counter[str] = field(default_factory=Counter)  # kind|structure|register
    bundles: Counter[str] = field(default_factory=Counter)

    def add(self, listing: Listing, told: Screening) -> None:
        """Count one answer."""
        self.not_assessed += told.level is None
        _count(self.risk, told)
        self.actions[told.action] += 1
        self.bundles[told.versions.bundle] += 1
        month = f"{listing.observed_at:%Y-%m}" if listing.observed_at else UNKNOWN
        place = place_of(listing.seller.uscc, listing.seller.region).province
        platform = listing.platform or UNKNOWN
        kinds = {"category": told.category.id, "region": place, "platform": platform, "month": month}
        for dimension, value in (kinds | {"cell": f"{month}|{platform}"}).items():
            _count(self.dimensions.setdefault(dimension, {}).setdefault(value, Risk()), told)
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
        plans = {finding.work_plan for finding in told.findings if finding.work_plan}
        owners = {owner.id for finding in told.findings for owner in finding.authority}
        codes = {finding.code for finding in told.findings}
        for kinds, names in ((self.findings, codes), (self.plan, plans), (self.authorities, owners)):
            for name in sorted(names):
                _count(kinds.setdefault(name, Risk()), told)
        for finding in told.findings:
            self.words[finding.code].update(_terms((finding,)))
            self.said.setdefault(finding.code, (finding.message.zh, finding.message.en))
        self.licences.update(f"{one.kind}|{one.structure}|{one.register}" for one in told.licences)
        if told.level in {"high", "medium"}:
            self.terms[month].update(_terms(told.findings))

    def merge(self, told: dict[str, Any]) -> None:
        """Add counts that come as JSON."""
        for name in ("rejected", "not_assessed"):
            setattr(self, name, getattr(self, name) + told[name])
        for name in ("actions", "bundles", "licences"):
            getattr(self, name).update(told[name])
        self.risk.add(told["risk"])
        for dimension, kinds in told["dimensions"].items():
            _merge(self.dimensions.setdefault(dimension, {}), kinds)
        for name in ("findings", "plan", "authorities"):
            _merge(getattr(self, name), told[name])
        for name, most in (("terms", MOST_TERMS), ("tactics", MOST_TERMS), ("words", MOST_WORDS)):
            for key, counts in told[name].items():
                _bounded(getattr(self, name)[key], counts, most)
        self.said = {code: (zh, en) for code, (zh, en) in told["said"].items()} | self.said
        for name, examples in told["examples"].items():
            kept = self.examples.setdefault(name, [])
            for one in examples:
                if len(kept) < _MOST_EXAMPLES and one["text"] not in {known.text for known in kept}:
                    kept.append(Example(**one))

    def to_json(self) -> bytes:
        """One line, without its end."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


def _count(risk: Risk, told: Screening) -> None:
    high, medium = told.level == "high", told.level == "medium"
    risk.add({"rows": 1, "review": is_risky(told), "high": high, "medium": medium})


def _merge(kinds: dict[str, Risk], more: Mapping[str, Mapping[str, int]]) -> None:
    for value, told in more.items():
        known = value if value in kinds or len(kinds) < MOST_TERMS else UNKNOWN
        kinds.setdefault(known, Risk()).add(told)


def _bounded(counts: Counter[str], more: Mapping[str, int], most: int) -> None:
    counts.update({term: times for term, times in more.items() if term in counts or len(counts) < most})


def _terms(findings: Iterable[Finding]) -> set[str]:
    """What was seen in titles and descriptions, as read; numbers and handles of people aside."""
    seen = (one for f in findings if not f.code.startswith(_PRIVATE) for one in f.evidence)
    return {term for one in seen if (term := _term(one))}


def _term(seen: EvidenceOut) -> str:
    term = (seen.folded or seen.text).strip()
    word = _SHORTEST <= len(term) <= _LONGEST and sum(map(str.isdecimal, term)) <= _MOST_DIGITS
    return term if word else ""
