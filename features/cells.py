"""What people write in a cell, as values: ￥1,299.00, 1.2万, 5万+, 98%, 2021年3月5日."""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeGuard

NUMBERS = (int, float)
LONGEST = 64  # characters of a cell that holds a number or date
NOT_TOLD = frozenset(
    {"", "-", "--", "—", "/", "n/a", "na", "nan", "null", "none", "暂无", "无", "未知", "不详", "面议", "电议"}
)
SCALES = {"": 1.0, "百": 1e2, "千": 1e3, "k": 1e3, "万": 1e4, "w": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
SCALE = rf"(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})"
MONEY = re.compile(
    rf"(?:价格|售价|现价|原价|券后价?|到手价?)?:?\s*(?:¥|rmb|cny)?\s*{NUMBER}\s*{SCALE}\s*(?:元|圆|块|rmb|cny)?"
    rf"(?:\s*[-~至]\s*¥?\s*[\d,.]+\s*[万w]?元?|\s*/\s*[^\d\s]{{1,4}})?\s*起?",
    re.ASCII,
)
COUNT = re.compile(
    rf"(?:月销|总销|销量|已售|已拼|累计|近?30天)?:?\s*{NUMBER}\s*{SCALE}\s*\+?\s*"
    r"(?:人付款|人收货|人购买|人已买|条评价|评价|粉丝|人|件|笔|单|条|个|次)?\+?",
    re.ASCII,
)
SHARE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%?)", re.ASCII)
RATING = re.compile(r"(?P<number>\d(?:\.\d+)?)\s*(?:分|/\s*5(?:\.0)?)?", re.ASCII)
TIME = re.compile(
    r"(?P<year>\d{4})(?:[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})|\s*年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日"
    r"|(?P<m3>\d{2})(?P<d3>\d{2}))(?:[t\s]*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<part>\d{1,6})\d*)?)?"
    r"\s*(?P<zone>z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
SIGNED = re.compile(r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:(?<=\d)e[+-]?\d+)?)", re.ASCII)
LINE_ENDS = re.compile(r"[\t\r\n]+")
FULL = 100.0
SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_416  # 1990-01-01 to 2100-12-31, where `moment` begins and ends
FIRST_SECOND, LAST_SECOND = 631_152_000, 4_133_980_800


class Unreadable(ValueError):
    """A cell does not hold what its column is for. The message says what to write."""


def text(cell: object) -> str | None:
    """Text as written, on one line; empty is not told. Spreadsheets keep an id of 12 as 12.0: it is "12" again."""
    whole = prose(cell)
    return None if whole is None else LINE_ENDS.sub(" ", whole)


def prose(cell: object) -> str | None:
    """Text as written, line ends kept; empty is not told."""
    if not _told(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None


def names(cell: object) -> list[str] | None:
    """Several names in one cell."""
    whole = text(cell)
    return None if whole is None else [part for part in re.split(r"\s*[,，、;；|]\s*", whole) if part]


def money(cell: object) -> float | None:
    """CNY; of a range the lower end, which is what shops advertise."""
    return _number(cell, MONEY, "an amount; write 1299 or ￥1,299.00")


def count(cell: object) -> float | None:
    """How many; 5万+ is 50,000."""
    return _number(cell, COUNT, "a count; write 12000 or 1.2万")


def rating(cell: object) -> float | None:
    """Stars, 0..5."""
    return _number(cell, RATING, "a rating; write 4.8")


def signal(cell: object) -> float | None:
    """A platform's own number, of any sign."""
    if (found := _match(cell, SIGNED, advice := "a number; write 12.5 or -12.5")) is None:
        return None
    return _finite(found["number"].replace(",", ""), cell, advice)


def whole(cell: object) -> dict[str, Any] | None:
    """An object of names and values, as nested tables have; told or not as a whole."""
    if not _told(cell):
        return None
    if isinstance(cell, list) and all(isinstance(pair, tuple) for pair in cell):  # a map, as Parquet holds it
        return {str(name): value for name, value in cell}
    if not isinstance(cell, Mapping):
        raise Unreadable(f"{_shown(cell)} is not an object; call a column of shop names seller.name")
    return dict(cell)


def share(cell: object) -> float | None:
    """Fraction 0..1. 98% is 0.98, and so is a bare 98: no share exceeds 1."""
    advice = "a share; write 98% or 0.98"
    if _bare(cell):
        return _fraction(_finite(cell, cell, advice), percent=False, cell=cell, advice=advice)
    match = _match(cell, SHARE, advice)
    if match is None:
        return None
    return _fraction(float(match["number"]), percent=bool(match["percent"]), cell=cell, advice=advice)


def _fraction(value: float, *, percent: bool, cell: object, advice: str) -> float:
    if value > FULL:
        raise Unreadable(f"{_shown(cell)} is not {advice}")
    return value / FULL if percent or value > 1.0 else value


def day(cell: object) -> date | None:
    """A day of the calendar."""
    found = moment(cell)
    return None if found is None else found.date()


def moment(cell: object) -> datetime | None:
    """A time, with a zone only when one is written; a day alone is its midnight.

    Numbers are told apart by their size: 45000 counts days (Excel), 1700000000 seconds and 1700000000000 milliseconds
    since 1970 in UTC; 20231114 is a date as written.
    """
    if isinstance(cell, datetime) and _told(cell):
        return cell
    written = cell.isoformat() if isinstance(cell, date) and _told(cell) else cell
    advice = "a date; write 2021-03-15 or 2021-03-15 08:30"
    if (counted := _counted(written)) is not None:
        return counted
    if (match := _match(written, TIME, advice)) is None:
        return None
    try:
        return _time(match)
    except ValueError as error:
        raise Unreadable(f"{_shown(cell)} is not {advice}") from error


def _time(match: re.Match[str]) -> datetime:
    month = match["m1"] or match["m2"] or match["m3"]
    date_part = f"{match['year']}-{int(month):02}-{int(match['d1'] or match['d2'] or match['d3']):02}"
    clock = f"{int(match['hour'] or 0):02}:{match['minute'] or '00'}:{match['second'] or '00'}"
    part = f".{match['part']:0<6}" if match["part"] else ""
    return datetime.fromisoformat(f"{date_part}T{clock}{part}{(match['zone'] or '').upper()}")


def _counted(cell: object) -> datetime | None:
    """A time counted in days since 1899-12-30, as spreadsheets do, or in (milli)seconds since 1970; else None."""
    digits = isinstance(cell, str) and cell.strip().replace(".", "", 1).isdecimal()
    number = float(str(cell)[:LONGEST]) if digits else cell
    if not _bare(number):
        return None
    if FIRST_SERIAL <= number < LAST_SERIAL:
        return SERIAL_ZERO + timedelta(seconds=round(number * 86_400))
    for unit in (1, 1000):
        if FIRST_SECOND <= number / unit < LAST_SECOND:
            return datetime.fromtimestamp(number / unit, UTC)
    return None


def _number(cell: object, pattern: re.Pattern[str], advice: str) -> float | None:
    if _bare(cell):
        return _finite(cell, cell, advice)
    match = _match(cell, pattern, advice)
    if match is None:
        return None
    scale = SCALES[match["scale"]] if "scale" in pattern.groupindex else 1.0
    return round(float(match["number"].replace(",", "")) * scale, 6)


def _match(cell: object, pattern: re.Pattern[str], advice: str) -> re.Match[str] | None:
    """Match the whole cell, or None when it tells nothing. Raises Unreadable."""
    if not _told(cell):
        return None
    plain = unicodedata.normalize("NFKC", str(cell)[: LONGEST + 1]).strip().lower()
    if plain in NOT_TOLD:
        return None
    match = pattern.fullmatch(plain) if len(plain) <= LONGEST else None
    if match is None:
        raise Unreadable(f"{_shown(cell)} is not {advice}")
    return match


def _finite(written: str | float, cell: object, advice: str) -> float:
    try:
        value = float(written)
    except (ValueError, OverflowError):
        value = math.inf
    if math.isinf(value):
        raise Unreadable(f"{_shown(cell)} is not {advice}")
    return value


def _shown(cell: object) -> str:
    told = repr(cell if not isinstance(cell, str) else cell[: LONGEST + 1])
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"


def _bare(cell: object) -> TypeGuard[int | float]:
    return isinstance(cell, NUMBERS) and not isinstance(cell, bool) and _told(cell)


def _told(cell: object) -> bool:
    return cell is not None and cell == cell  # noqa: PLR0124 - NaN and NaT, the empty cells of data frames
