"""How common a character is, by the levels of GB 2312."""

from functools import lru_cache

COMMON, LESS_COMMON, RARE = 1, 2, 3
FIRST_LESS_COMMON = 0xD8  # lead byte of the second level
SECOND_LEVEL_ROWS = range(0xB0, 0xF8)


@lru_cache(maxsize=32768)
def commonness(char: str) -> int:
    """COMMON: first level of GB 2312 (3,755 characters), LESS_COMMON: second level (3,008), RARE: outside it."""
    try:
        lead = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return RARE
    return COMMON if lead < FIRST_LESS_COMMON else LESS_COMMON


def rare_characters() -> frozenset[str]:
    """Ideographs of the basic plane outside GB 2312."""
    rows = b"".join(bytes((row, cell)) for row in SECOND_LEVEL_ROWS for cell in range(0xA1, 0xFF))
    return frozenset(map(chr, range(0x3400, 0xA000))) - frozenset(rows.decode("gb2312", errors="ignore"))
