"""A feature is a declared thing: name, unit, family, labels in both languages, one function."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from features.reading import Reading

UNITS = frozenset(
    {
        "0 or 1",
        "0..5",
        "CNY",
        "characters",
        "count",
        "days",
        "fraction 0..1",
        "log CNY",
        "log rank",
        "log ratio",
        "ratio",
        "strength",
    }
)
"""Units a feature may have. Logarithms are natural; strength is 1 weak .. 3 strong per piece of evidence, summed."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the matrix. `compute` returns a finite number, or NaN for 'does not apply or not told'."""

    name: str  # dotted, e.g. "seller.age_days"; the part before the dot is the noun it speaks of
    unit: str  # one of UNITS
    family: (
        str  # "title", "fluency", "evasion", "evidence", "licence", "price", "seller", "trade", "velocity", "category"
    )
    zh: str
    en: str
    compute: "Callable[[Reading], float]"
    counted: Callable[[], tuple[str, ...]] = tuple  # asked late, because knowledge is read late
    rising: int = 0  # 1: more of it never means less risk; -1: never more; 0: whatever takedowns teach

    @property
    def rules(self) -> tuple[str, ...]:
        """Codes of the rules whose evidence it counts, in the knowledge that ships; () counts no evidence."""
        return self.counted()


Part = TypeVar("Part")
Compute = Callable[[Part], float | None]


class Block(Generic[Part]):
    """The features of one family, in order of declaration, all looking at the same part of a reading.

    `part` finds that part once per reading, so that its features share the work; None means the listing does not
    have it, and then every feature of the block is `absent` without being asked.
    """

    def __init__(self, family: str, part: "Callable[[Reading], Part | None]", absent: float = math.nan) -> None:
        """Start a family; `absent` is NaN for what was not told, 0 for what was looked for and not there."""
        self.family = family
        self._part = part
        self._absent = absent
        self._features: list[Feature] = []
        self._functions: list[Compute[Part]] = []

    @property
    def features(self) -> tuple[Feature, ...]:
        """Everything declared so far."""
        return tuple(self._features)

    def feature(
        self,
        name: str,
        *,
        unit: str,
        zh: str,
        en: str,
        counted: Callable[[], tuple[str, ...]] = tuple,
        rising: int = 0,
    ) -> Callable[[Compute[Part]], Compute[Part]]:
        """Declare a feature: the decorated function gets the part; it may return None for 'not told'."""

        def declare(function: Compute[Part]) -> Compute[Part]:
            def compute(reading: "Reading") -> float:
                part = self._part(reading)
                return self._absent if part is None else number(function(part))

            self._features.append(Feature(f"{self.family}.{name}", unit, self.family, zh, en, compute, counted, rising))
            self._functions.append(function)
            return function

        return declare

    def told(self, name: str, *, unit: str, zh: str, en: str) -> None:
        """Declare a feature that is a field of the part, as told."""
        self.feature(name, unit=unit, zh=zh, en=en)(attrgetter(name))

    def fill(self, readings: "Sequence[Reading]", out: NDArray[np.float64]) -> None:
        """Write the block's columns, (n, len(features)), for n readings."""
        functions = self._functions
        rows: list[int] = []
        values: list[list[float | None]] = []
        for i, part in enumerate(self._found(readings)):
            if part is not None:
                rows.append(i)
                values.append([function(part) for function in functions])
        if len(rows) == len(readings):
            out[:] = np.array(values, dtype=np.float64).reshape(out.shape)  # None becomes NaN
            return
        out.fill(self._absent)
        if rows:
            out[rows] = np.array(values, dtype=np.float64)

    def _found(self, readings: "Sequence[Reading]") -> "Iterable[Part | None]":
        return map(self._part, readings)


class BatchBlock(Block[Part]):
    """A block whose parts are found for a whole batch at once."""

    def __init__(
        self, family: str, parts: "Callable[[Sequence[Reading]], Sequence[Part | None]]", absent: float = math.nan
    ) -> None:
        """Start a family; `parts` returns one part, or None, per reading, in order."""
        super().__init__(family, lambda reading: parts((reading,))[0], absent)
        self._parts = parts

    def _found(self, readings: "Sequence[Reading]") -> "Iterable[Part | None]":
        return self._parts(readings)


def number(value: float | None) -> float:
    """Return the number, or NaN when it was not told. Absent is never 0."""
    return math.nan if value is None else float(value)


def ratio(part: float | None, whole: float | None) -> float | None:
    """Divide, or None when either was not told or the whole is 0."""
    return None if part is None or not whole else part / whole
