"""Toneless readings of characters, from pypinyin's own table."""

import json
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

READINGS_KEPT = 3  # further readings of a character are bookish


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Code point (decimal) -> readings with tones. Read from the file: importing pypinyin also loads its phrases."""
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin is not installed; run `make install`")
    path = Path(spec.submodule_search_locations[0], "pinyin_dict.json")
    table: dict[str, str] = json.loads(path.read_bytes())
    return table


@lru_cache(maxsize=65536)
def readings(char: str) -> tuple[str, ...]:
    """The usual toneless readings of a character, most usual first, ü written v; () when it has none."""
    marked = _table().get(str(ord(char)), "")
    plain = (_toneless(reading) for reading in marked.split(",") if reading)
    return tuple(dict.fromkeys(plain))[:READINGS_KEPT]


def _toneless(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join(c for c in letters.replace("u\u0308", "v") if "a" <= c <= "z")
