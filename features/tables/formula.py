"""Cells that a spreadsheet would run."""

import re

_FORMULA = re.compile("'* *[=+\\-@\t\r\n＝＋－＠]")
"""What begins like this would be run, or looks guarded; that is guarded once more, to come back as it was."""


def unformula(cell: str) -> str:
    """Keep a spreadsheet from running a cell: crawled text may begin with = + - @ or a tab.

    >>> unformula("=HYPERLINK(1)"), unformula("'=1"), unformula("'tis")
    ("'=HYPERLINK(1)", "''=1", "'tis")
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def formula(cell: str) -> str:
    """Take the guard of `unformula` off again.

    >>> formula("'=HYPERLINK(1)"), formula("''=1"), formula("'tis"), formula("=1")
    ('=HYPERLINK(1)', "'=1", "'tis", '=1')
    """
    bare = cell.removeprefix("'")
    return bare if bare != cell and _FORMULA.match(bare) else cell
