"""A feature is a declared thing: name, unit, family, labels in both languages, one function."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from features.reading import Reading

@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the matrix. `compute` returns a finite number, or NaN for 'does not apply or not told'."""

    name: str  # dotted, e.g. "seller.age_days"; the part before the dot is the noun it speaks of
    unit: str  # "days", "count", "fraction 0..1", "CNY", "log ratio", "0 or 1"
    family: str  # "title", "evasion", "evidence", "licence", "price", "seller", "trade", "category"
    zh: str
    en: str
    compute: "Callable[[Reading], float]"


def number(value: float | None) -> float:
    """Return the number, or NaN when it was not told. Absent is never 0."""
    return math.nan if value is None else float(value)
