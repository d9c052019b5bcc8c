"""Licences, standards and contradictions, as numbers."""

from features import claims
from features.evidence import Structure
from features.feature import Block
from features.reading import Reading


def _whole(reading: Reading) -> Reading:
    return reading


LICENCE = Block("licence", _whole)


@LICENCE.feature("well_formed", unit="count", zh="结构正确的许可编号数", en="well-formed licence numbers")
def well_formed(reading: Reading) -> float:
    """Numbers whose structure can exist; that proves nothing about the register."""
    return _count(reading, Structure.WELL_FORMED)


@LICENCE.feature(
    "malformed",
    unit="count",
    zh="结构错误的许可编号数",
    en="malformed licence numbers",
    counted=claims.codes("malformed"),
)
def malformed(reading: Reading) -> float:
    """Numbers that cannot exist."""
    return _count(reading, Structure.MALFORMED)


@LICENCE.feature(
    "missing",
    unit="strength",
    zh="应有未见的许可或标准",
    en="licences and standards not shown",
    counted=claims.codes("missing"),
)
def missing(reading: Reading) -> float | None:
    """Summed strength of what should be shown and is not; None when the listing gives no attributes."""
    return _strength(reading, "missing") if reading.listing.attributes else None


@LICENCE.feature(
    "contradiction",
    unit="strength",
    zh="自相矛盾的说法",
    en="claims that contradict each other",
    counted=claims.codes("contradiction"),
)
def contradiction(reading: Reading) -> float:
    """Summed strength of claims that cannot both be true."""
    return _strength(reading, "contradiction")


def _count(reading: Reading, structure: Structure) -> float:
    return sum(number.structure is structure for number in reading.licences) if reading.licences else 0


def _strength(reading: Reading, family: str) -> float:
    return claims.sums(reading.strengths).get(family, 0) if reading.strengths else 0


FEATURES = LICENCE.features
