"""What a bundle promises, that at most so many honest listings reach a level, and whether it keeps it."""

from typing import Literal

from models.manifest import Manifest
from training.interval import Interval

Kept = Literal["kept", "unsure", "chance", "broken"]
"""unsure: not above, but too few honest listings to say; chance: above, which chance may explain."""

_SURE = 2
"""A promise counts as kept when chance would not hide a rate of more than so many times what was promised."""


def promised(manifest: Manifest) -> dict[str, dict[str, float]]:
    """Head -> level -> false-positive rate: the one that was asked for, else what the calibration slice showed."""
    return {
        head: {
            "high": at.high_fpr if at.high_asked is None else at.high_asked,
            "medium": at.medium_fpr if at.medium_asked is None else at.medium_asked,
        }
        for head, at in manifest.thresholds.items()
    }


def kept(seen: float, most: float, lies: Interval | None) -> Kept:
    """Judge the share of honest listings that reached a level, and where it lies, against the promise of at most."""
    low, high = (lies.low, lies.high) if lies else (seen, seen)
    if seen <= most:
        return "kept" if high <= _SURE * most else "unsure"
    return "chance" if low <= most else "broken"
