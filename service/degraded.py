"""Answers made while a part is away: the scores stand, and say what is missing."""

from dataclasses import replace

from models import Screening
from models.screening import Bilingual, Warning  # noqa: A004 - the word of the wire format

NOT_RECORDED = Warning(
    "ledger.away",
    "",
    Bilingual(
        "台账暂不可用，本次评估未留存。",
        "The ledger is away: this evaluation was not recorded.",
    ),
)
NO_VELOCITY_KNOWN = Warning(
    "online.away",
    "/velocity",
    Bilingual(
        "在线存储暂不可用，本次评估未计入店铺与同款标题的上新速度。",
        "Redis is away: this evaluation was made without the velocity of seller and title.",
    ),
)


def degraded(screening: Screening, warning: Warning) -> Screening:
    """The same answer, marked. What could not be assessed stays so."""
    assessment = "degraded" if screening.assessment == "assessed" else screening.assessment
    return replace(screening, assessment=assessment, warnings=(*screening.warnings, warning))
