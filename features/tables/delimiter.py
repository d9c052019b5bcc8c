"""What a table of text is cut at; a file, or a row, that could be cut at several things is refused, not guessed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile, islice
from pathlib import Path

from features.tables.entry import FileRejected

_DELIMITERS = ",\t;|"
_NAMES = {",": "a comma", "\t": "a tab", ";": "a semicolon", "|": "|"}
_LIKE = "，、；"  # what people type for a comma, and no program cuts at
_LOOKED_AT = 100  # rows


def delimiter_of(path: Path, text: str, only: str = "") -> str:
    """What a table is cut at, told by its first rows; `only` when the name of the file says it.

    A header that holds one delimiter outside quotes tells. Of several that one is taken at which the rows are cut
    into as many cells as the header. Raises FileRejected when that is not one, with what to do.
    """
    held = [one for one in _DELIMITERS if _count(_from_first(text), one) > 1]
    if only:
        if held and only not in held:
            raise FileRejected(
                f"{path}: column names are cut at {_names(held)}, not at {_NAMES[only]}; rename it to {path.stem}.csv"
            )
        return only
    if not held and any(one in next(_from_first(text), "") for one in _LIKE):
        raise FileRejected(f"{path}: column names are cut at {_LIKE}, which no program does; cut all rows at a comma")
    if len(held) < 2:  # noqa: PLR2004 - nothing to choose from
        return held[0] if held else ","
    fits = {one: _fitting(text, one) for one in held}
    best = max(held, key=lambda one: fits[one])
    if fits[best] and sum(fit == fits[best] for fit in fits.values()) == 1:
        return best
    raise FileRejected(
        f"{path}: column names can be cut at {_names(held)}, and rows do not tell which; "
        "save it with one delimiter, and quote what holds another"
    )


def cut_elsewhere(row: Sequence[str], cells: int, columns: int, delimiter: str) -> str | None:
    """Say that the lines of a `row` of `cells` cells are cut at something else than its `columns`; None when not.

    A row that is short may be one whose last cells are left out. It is not when another delimiter gives as many
    cells as there are columns, nor when nothing cuts it but another delimiter: it would pass as one long title.
    """
    if cells == columns or columns < 2:  # noqa: PLR2004 - one column is never cut
        return None
    others = {one: count for one in _DELIMITERS if one != delimiter and (count := _count(row, one)) > 1}
    found = [one for one, count in others.items() if count == columns or cells == 1]
    if not found:
        return None
    return f"is cut at {_names(found)}, column names at {_NAMES[delimiter]}; use one, and quote cells that hold another"


def _names(held: Iterable[str]) -> str:
    return " or ".join(_NAMES[one] for one in held)


def _from_first(text: str) -> Iterator[str]:
    """The lines from the first with anything in it."""
    return dropwhile(lambda line: not line.strip(), io.StringIO(text, newline=""))


def _count(row: Iterable[str], delimiter: str) -> int:
    """How many cells; none when it cannot be split."""
    try:
        return len(next(csv.reader(row, delimiter=delimiter, strict=True), ()))
    except csv.Error:
        return 0


def _fitting(text: str, delimiter: str) -> int:
    """How many of the first rows have as many cells as the header."""
    rows = (cells for cells in csv.reader(_from_first(text), delimiter=delimiter) if any(cells))
    try:
        counts = [len(cells) for cells in islice(rows, _LOOKED_AT)]
    except csv.Error:
        return 0
    return sum(count == counts[0] for count in counts[1:])
