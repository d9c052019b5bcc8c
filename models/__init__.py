"""Features -> calibrated, explained decision. This is the door: a bundle opens, a Screener screens."""

from models.bundle import STARTER, Bundle, open_bundle
from models.screener import Screener
from models.screening import Screening

__all__ = ["STARTER", "Bundle", "Screener", "Screening", "open_bundle"]
