"""A reading: everything the features may look at, made once per listing."""

from collections.abc import Mapping
from dataclasses import dataclass

from features.evidence import Evidence, LicenceNumber
from features.listing import Listing
from features.normalize import Folded
from features.tokens import Tokens


@dataclass(frozen=True, slots=True)
class CategoryGuess:
    """Where the listing belongs. `p` is 1.0 when declared; `id` is "other" when nothing fits."""

    id: str
    source: str  # "declared" or "inferred"
    p: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A listing as read: folded text, tokens, category, evidence, licence numbers."""

    listing: Listing
    title: Folded
    tokens: Tokens  # of the folded title; spans in folded code points
    category: CategoryGuess
    evidence: tuple[Evidence, ...]
    licences: tuple[LicenceNumber, ...]
    brands: tuple[str, ...]  # ids of famous brands named, masked or nicknamed
    strengths: Mapping[str, int]  # rule code -> summed strength of its evidence
    brand_low_cny: float | None = None  # lowest honest price among these brands, in categories they sell
