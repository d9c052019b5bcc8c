"""Lengths as sellers write them -> millimetres: 0.02mm, 2丝, 25μm, 2.5c (c = 0.01mm), 双面5丝 (per side)."""

import re
from typing import Final, NamedTuple

MILLIMETRES: Final = {
    "mm": 1.0,
    "毫米": 1.0,
    "cm": 10.0,
    "厘米": 10.0,
    "公分": 10.0,
    "μm": 0.001,
    "um": 0.001,
    "微米": 0.001,
    "丝": 0.01,
    "道": 0.01,
    "c": 0.01,
}
"""丝 and 道 are the trade's words for 0.01 mm; bag sellers write the same as `c`."""
PLAUSIBLE_MM: Final = 1.0
"""A thickness without any unit is read as millimetres below this, and not at all from here on."""
UNIT: Final = "|".join(sorted(MILLIMETRES, key=len, reverse=True)).replace("丝", "丝(?![绒袜巾滑光瓜绸线])")
NUMBER: Final = r"(?P<number>[0-9]{0,4}\.[0-9]{1,4}|[0-9]{1,4})"
MEASURE: Final = re.compile(rf"(?P<double>双[面层])?(?<![0-9.]){NUMBER} ?(?P<unit>(?:{UNIT})(?![a-z]))?")
UNIT_IN_NAME: Final = re.compile(rf"(?<![a-z])(?:{UNIT})(?![a-z])")
SAID: Final = r"厚度?[约为是:：仅 ]{0,3}|(?P<double>双[面层])"
SHOWN: Final = rf"(?<![0-9.])(?=[0-9.]{{1,9}} ?(?:丝|道厚|μm|um|微米|(?:{UNIT})加?厚(?![0-9.])))"
THICKNESS: Final = re.compile(rf"(?:{SAID}|{SHOWN}){NUMBER} ?(?P<unit>(?:{UNIT})(?![a-z]))")
"""A title is full of sizes: only a number that says it is a thickness counts."""


class Length(NamedTuple):
    """A length in millimetres and the half-open stretch of text that states it."""

    mm: float
    start: int
    end: int


def first_length(text: str, name: str = "") -> Length | None:
    """The first number of an attribute value; `name` may carry the unit (厚度(丝)). None when there is no unit."""
    match = MEASURE.search(text)
    if match is None:
        return None
    unit = match["unit"]
    if unit is None and (named := UNIT_IN_NAME.search(name)):
        unit = named.group()
    if unit is None and float(match["number"]) >= PLAUSIBLE_MM:
        return None
    return _length(match, unit or "mm")


def stated_thickness(title: str) -> Length | None:
    """The first thickness a title states in so many words."""
    match = THICKNESS.search(title)
    return None if match is None else _length(match, match["unit"])


def _length(match: re.Match[str], unit: str) -> Length:
    sides = 2 if match["double"] else 1
    return Length(float(match["number"]) * MILLIMETRES[unit] / sides, match.start(), match.end())
