"""Lists as a table: read whole or not at all, written so that a spreadsheet runs no cell."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from features.intake import Problem, problems
from features.tables import Entry, FileRejected, open_table
from features.tables.formula import formula, unformula
from service.errors import BodyRejected
from service.ledger.lists import Wish
from service.schemas import EntryOut, ListIn

TYPE = "text/csv"
COLUMNS = ("kind", "effect", "value", "reason", "expires_on")
"""What a row to add may tell. A file that was exported tells more, which is known anew when it is added."""
_KNOWN_ANEW = ("holds", "who", "added_at", "key_id", "entry_id")
_MARK = "\ufeff"  # without it spreadsheets take UTF-8 for something else


def read(path: Path, who: str, key_id: str | None = None) -> list[Wish]:
    """Read every row of a file. Raises BodyRejected, naming the line of each row that is wrong and why."""
    wishes: list[Wish] = []
    wrong: list[Problem] = []
    try:
        for entry in open_table(path):
            try:
                wishes.append(_wish(entry, who, key_id))
            except BodyRejected as error:
                wrong += error.problems
    except FileRejected as error:
        raise BodyRejected((Problem("", str(error).replace(str(path), "the file")),)) from error
    if wrong or not wishes:
        raise BodyRejected(wrong or (Problem("", "holds no row; write one entry per line below the column names"),))
    return wishes


def _wish(entry: Entry, who: str, key_id: str | None) -> Wish:
    place = f"/lines/{entry.line}"
    if isinstance(entry.told, Problem):
        raise BodyRejected((Problem(place + entry.told.pointer, entry.told.message),))
    try:
        return ListIn.model_validate({"who": who} | _cells(entry.told)).wish(key_id)
    except ValidationError as error:
        raise BodyRejected(problems(error, place)) from error


def _cells(told: Mapping[str, object]) -> dict[str, object]:
    """Cells that tell something, spelled as they were before an export guarded them."""
    texts = {name.strip(): formula(str(cell).strip()) for name, cell in told.items() if name not in _KNOWN_ANEW}
    return {name: text for name, text in texts.items() if text}


def written(entries: Iterable[EntryOut]) -> bytes:
    """Write entries as CSV, in UTF-8 with the mark spreadsheets need."""
    file = io.StringIO(_MARK, newline="")
    file.seek(0, io.SEEK_END)
    table = csv.writer(file)
    names = COLUMNS + _KNOWN_ANEW
    table.writerow(names)
    for entry in entries:
        cells = [getattr(entry, name) for name in names]
        table.writerow([unformula(cell) if isinstance(cell, str) else cell for cell in cells])
    return file.getvalue().encode()
