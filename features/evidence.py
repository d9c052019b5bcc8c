"""What was seen in a listing and where. Spans always point into the field as the seller wrote it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is for the people who read it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Structure(StrEnum):
    """What the structure of a licence number proves: it can prove it false, never genuine."""

    WELL_FORMED = "well_formed"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing seen. `start`/`end` are half-open code points of the RAW field; text == field[start:end].

    Evidence about something that is absent (a missing licence), or about a number, has an empty span (0, 0) and
    text "".
    """

    rule: str  # code of the knowledge rule it supports, e.g. "replica.grade"
    field: str  # "title", "description", "brand", "seller.name", "attributes.材质", "price_cny"
    start: int
    end: int
    text: str
    folded: str  # the same stretch after folding; what the rule matched
    transforms: tuple[str, ...] = ()  # evasion transforms undone inside the span, in reading order
    strength: int = 1  # 1 weak .. 3 strong, from the knowledge


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """A licence or code number found in a field, and what its structure says."""

    kind: str  # knowledge id, e.g. "drug_approval"
    number: str  # canonical: folded, brackets and spaces removed
    structure: Structure
    field: str
    start: int
    end: int
    text: str
    transforms: tuple[str, ...] = ()
