"""What the structure of a number can prove. A check receives the canonical `digits` of a match, upper case."""

from collections.abc import Callable
from typing import Final

from stdnum import ean
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

MINISTRY, NATIONAL = "10", ("19", "20")
PROVINCES: Final = frozenset(
    str(code) for region in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 67)) for code in range(*region)
)
"""GB/T 2260 prefixes, by region; 66 stands for the Xinjiang corps."""
FIRST_DEVICE_YEAR, FIRST_COSMETIC_YEAR, LAST_YEAR = 1996, 1985, 2099


def none(_: str) -> bool:
    """The shape is all there is to check."""
    return True


def always_malformed(_: str) -> bool:
    """No number of this shape exists."""
    return False


def drug_origin(digits: str) -> bool:
    """国药准字: digits 1-2 name the origin (ministry, national agency or province); the serial is not 0000.

    Letters before the digits are ignored, so both `20051234` and `H20051234` are understood.
    """
    bare = digits.lstrip("HZSBTFJC")
    return bare[:2] in PROVINCES or bare[:2] == MINISTRY or bare[:2] in NATIONAL


def device_year(digits: str) -> bool:
    """A device number begins with the year of its registration."""
    return _year_between(digits, FIRST_DEVICE_YEAR)


def cosmetic_year(digits: str) -> bool:
    """A cosmetic number begins with the year of its approval or filing."""
    return _year_between(digits, FIRST_COSMETIC_YEAR)


def _year_between(digits: str, first: int) -> bool:
    year = digits.lstrip("GJ")[:4]
    return year.isdecimal() and first <= int(year) <= LAST_YEAR


def social_credit(digits: str) -> bool:
    """USCC: the check character holds, and some region issued it; eighteen zeros would pass otherwise."""
    return uscc.is_valid(digits) and digits[2:8] != "000000"


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "none": none,
    "drug_origin": drug_origin,
    "mod_11_10": mod_11_10.is_valid,
    "ean": ean.is_valid,
    "uscc": social_credit,
    "device_year": device_year,
    "cosmetic_year": cosmetic_year,
    "always_malformed": always_malformed,
}
"""By the name a licence file gives. False proves the number false; True proves nothing."""
