"""The answer for one listing, exactly as every door sends it (DESIGN words; JSON keys are the field names)."""

from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

Level = Literal["high", "medium", "low"]
Action = Literal["reject", "review", "pass"]
Assessment = Literal["assessed", "degraded", "not_assessed"]
Explain = Literal["none", "findings", "full"]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A sentence for people, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CategoryOut:
    """Where the listing was placed; `p` is 1.0 when declared."""

    id: str
    source: Literal["declared", "inferred"]
    p: float


@dataclass(frozen=True, slots=True)
class SpanOut:
    """A stretch of a raw field (half-open code points) and the log-odds it carries."""

    field: str
    start: int
    end: int
    text: str
    log_odds: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the log-odds. `value` None: the feature was not told or does not apply."""

    feature: str
    value: float | None
    log_odds: float
    label: Bilingual
    spans: tuple[SpanOut, ...] = ()  # where in the raw text; their log_odds sum to the feature's for text


@dataclass(frozen=True, slots=True)
class Explanation:
    """Exact additive log-odds: base + every contribution + other == sum == logit(p), up to `residual`."""

    unit: Literal["log_odds"]
    base: float
    sum: float
    residual: float
    contributions: tuple[Contribution, ...]  # largest first, at most 12
    other: float  # the sum of those not shown


@dataclass(frozen=True, slots=True)
class HeadOut:
    """One head: calibrated probability, score tied to false-positive rate, level."""

    p: float
    score: int
    level: Level
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class EvidenceOut:
    """Where a finding was seen; see features.evidence.Evidence."""

    field: str
    start: int
    end: int
    text: str
    folded: str
    transforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawOut:
    """A provision, in the version in force on the listing's date."""

    id: str
    name: str
    version: str
    article: str
    paragraph: str | None
    in_force: str  # ISO date
    title: Bilingual
    penalty: str | None
    confidence: Literal["confirmed", "check"]


@dataclass(frozen=True, slots=True)
class AuthorityOut:
    """Who owns the finding."""

    id: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Finding:
    """Evidence + rule + law + authority, shown to people."""

    code: str
    severity: Literal["low", "medium", "high"]
    head: Literal["counterfeit", "fraud_order"]
    source: Literal["rule", "model", "list", "licence"]
    message: Bilingual
    evidence: tuple[EvidenceOut, ...]
    law: tuple[LawOut, ...]
    authority: tuple[AuthorityOut, ...]
    work_plan: str | None
    confidence: Literal["confirmed", "check"]


@dataclass(frozen=True, slots=True)
class LicenceOut:
    """A licence number read from the listing. `register` is not_checked until a register of its kind is imported.

    match       the register holds it, and the listing may well sell what it was given for
    mismatch    the register holds it, for something clearly else
    not_found   the register lacks it; that says something only when the register is complete, and then is a finding
    """

    kind: str
    name: Bilingual
    number: str
    structure: Literal["well_formed", "malformed"]
    register: Literal["match", "mismatch", "not_found", "not_checked"]
    snapshot: str | None  # ISO date the register was of
    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Versions:
    """What made this answer."""

    bundle: str  # sha256 of the manifest, shortened to 16 hex
    knowledge: str  # digest of all knowledge files, shortened to 16 hex
    code: str  # package version
    registers: dict[str, str] = field(default_factory=dict)  # licence kind -> day and digest of the register asked


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word of the wire format; never used as the builtin here
    """Something the reader of the answer should know, at a JSON pointer into the listing."""

    code: str
    pointer: str
    message: Bilingual


@dataclass(frozen=True, slots=True)
class Screening:
    """The whole answer. The same listing, bundle and date give the same bytes at every door."""

    evaluation_id: str
    listing_id: str
    assessment: Assessment
    category: CategoryOut
    risk_score: int | None  # 0..100; None when not assessed
    level: Level | None
    action: Action
    reasons: tuple[str, ...]  # what decided level and action: "model:counterfeit", "rule:<code>"
    heads: dict[str, HeadOut]
    findings: tuple[Finding, ...]
    licences: tuple[LicenceOut, ...]
    law_as_of: str  # ISO date the citations were picked for: observed_at, else the day of screening
    versions: Versions
    warnings: tuple[Warning, ...]
    transforms: dict[str, int] = field(default_factory=dict)  # spellings undone in the title, by name, as counted

    def to_json(self) -> bytes:
        """The one serialisation; doors send these bytes as they are."""
        return orjson.dumps(self)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, for tables and terminals."""
        parsed: dict[str, Any] = orjson.loads(self.to_json())
        return parsed
