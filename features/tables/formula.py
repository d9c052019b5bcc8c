"""Cells that a spreadsheet would run."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def unformula(cell: str) -> str:
    """Keep a spreadsheet from running a cell: crawled text may begin with = + - @ or a tab.

    >>> unformula("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def formula(cell: str) -> str:
    """Take the guard of `unformula` off again.

    >>> formula("'=HYPERLINK(1)")
    '=HYPERLINK(1)'
    """
    bare = cell.removeprefix("'")
    return bare if unformula(bare) == cell else cell
