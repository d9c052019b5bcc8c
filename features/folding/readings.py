"""Toneless readings of characters, from pypinyin's own table."""

import json
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

READINGS_KEPT = 3  # further readings of a character are bookish
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿếềê"
TONELESS = str.maketrans(
    {char: "v" if char in "ǖǘǚǜü" else unicodedata.normalize("NFD", char)[0] for char in TONED}
    | {"̄": "", "̀": "", "̌": ""}
)


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
    toned = _table().get(str(ord(char)))
    if not toned:
        return ()
    return tuple(dict.fromkeys(toned.translate(TONELESS).split(",")))[:READINGS_KEPT]


def sound_signs() -> tuple[dict[str, str], dict[int, str]]:
    """(syllable -> sign, ideograph -> sign of its usual reading). The second is for str.translate."""
    signs: dict[str, str] = {}
    table: dict[int, str] = {}
    for code, toned in _table().items():
        usual = toned.partition(",")[0].translate(TONELESS)
        table[int(code)] = signs.setdefault(usual, chr(0xE000 + len(signs)))
    return signs, table
