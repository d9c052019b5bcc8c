"""Seasons: how the market of a month differs from the one before. Month 0 is a market that stands still."""

import hashlib
import math
from collections.abc import Mapping

STILL, MONTHS = 0, 12
_SETTLED = 3  # the first months are alike: what is learned there meets the rest of the year
_FADED = 0.95  # share of its use that an old risky word loses by the end of the year
_NEW_HONEST = 5  # one honest word in this many comes up during the year
_SWING = 0.6  # how much of a group of goods a season adds or takes, in logarithms
_COPIES = 2.2  # by how much copies have become dearer at the end of the year
_INFLATION = 0.01  # a month
_DISGUISES = 1.5  # how much more often words are disguised at the end of the year


def age(month: int) -> float:
    """How far the year has moved on, 0 while it is as it was .. 1 in the last month."""
    return max(month - _SETTLED, 0) / (MONTHS - _SETTLED)


def born(word: str) -> int:
    """Month in which a word that is new this year comes up, 4..12, by its hash."""
    return _SETTLED + 1 + _digest(word, "born") % (MONTHS - _SETTLED)


def known_honest(word: str, month: int) -> bool:
    """Whether honest sellers use this word yet: they have fashions too."""
    return month == STILL or _digest(word, "honest") % _NEW_HONEST > 0 or born(word) <= month


def kept(times: int, word: str, month: int) -> int:
    """How often an old risky word still stands in its pool; some words fade faster than others."""
    speed = 0.5 + _digest(word, "fade") % 100 / 100
    return max(round(times * (1 - _FADED * min(age(month) * speed, 1.0))), 0)


def demand(group: str, month: int) -> float:
    """Factor by which a group of goods is listed more or less often."""
    phase = _digest(group, "phase") % MONTHS
    return math.exp(_SWING * age(month) * math.sin(2 * math.pi * (month - phase) / MONTHS)) if month else 1.0


def price_level(month: int) -> float:
    """Factor on every price."""
    return 1 + _INFLATION * max(month - _SETTLED, 0)


def copy_price(share: tuple[float, float], month: int) -> tuple[float, float]:
    """Share of the honest price that a copy asks: it learns not to be conspicuous."""
    factor = 1 + _COPIES * age(month)
    return min(share[0] * factor, 0.9), min(share[1] * factor, 0.95)


def disguised(chance: float, month: int) -> float:
    """How often a word is disguised."""
    return min(chance * (1 + _DISGUISES * age(month)), 0.95)


def recipe_weight(part: str, weight: float, month: int) -> float:
    """Weight of a disguise: what was kept for evaluation comes into use, the rest goes out of it."""
    return weight * (1 - 0.6 * age(month)) if part == "both" else 6 * weight * age(month)


def tactics(weights: Mapping[str, float], month: int) -> dict[str, float]:
    """Weights of the streams of orders: brushers become careful, honest sellers go live."""
    moves = {"crude": -0.9, "organised": -0.4, "careful": 3.0, "reviews_only": 1.5, "live": 2.0, "steady": -0.3}
    return {name: weight * (1 + moves.get(name, 0.0) * age(month)) for name, weight in weights.items()}


def _digest(word: str, what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{what}/{word}".encode()).digest()[:4], "big")
