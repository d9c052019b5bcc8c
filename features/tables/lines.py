"""JSON lines: one object per line, as machines write them."""

from collections.abc import Iterator
from pathlib import Path

from features.intake import Problem
from features.json_text import MalformedJson, parse
from features.tables import files
from features.tables.entry import LONGEST, Entry

BOM = b"\xef\xbb\xbf"


def read(path: Path) -> Iterator[Entry]:
    """Yield every line that is not blank. Raises FileRejected when the file cannot be read to its end."""
    with files.stream(path) as file:
        number = line = 0
        while raw := file.readline(LONGEST):
            whole = raw.endswith(b"\n") or len(raw) < LONGEST
            while not whole and (rest := file.readline(LONGEST)):
                if rest.endswith(b"\n"):
                    break
            line += 1
            raw = raw.removeprefix(BOM) if line == 1 else raw
            if raw.strip():
                number += 1
                yield Entry(number, line, told(raw) if whole else _too_long())


def told(raw: bytes) -> dict[str, object] | Problem:
    """What one line holds."""
    if len(raw) > LONGEST:
        return _too_long()
    try:
        parsed = parse(raw)
    except MalformedJson as error:
        return Problem("", str(error))
    if not isinstance(parsed, dict):
        return Problem("", 'must be an object like {"listing_id": "1", "title": "…"}')
    return parsed


def _too_long() -> Problem:
    return Problem("", f"is longer than {LONGEST:,} bytes; write one listing per line")
