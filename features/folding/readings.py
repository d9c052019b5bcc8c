"""Toneless readings of characters, from pypinyin's own table."""

import json
import unicodedata
from collections.abc import Container
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

LONGEST_SYLLABLE = 6
LOOSE = 10  # letters of a run that may hold single letters which are no syllable
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
    if char in _signs_read():
        return (_signs_read()[char],)
    toned = _table().get(str(ord(char)))
    if not toned:
        return ()
    return tuple(dict.fromkeys(toned.translate(TONELESS).split(",")))[:READINGS_KEPT]


@lru_cache(maxsize=1)
def sound_signs() -> tuple[dict[str, str], dict[int, str]]:
    """(syllable -> sign, ideograph -> sign of its usual reading). The second is for str.translate."""
    signs: dict[str, str] = {}
    table: dict[int, str] = {}
    for code, toned in _table().items():
        usual = toned.partition(",")[0].translate(TONELESS)
        table[int(code)] = signs.setdefault(usual, chr(0xE000 + len(signs)))
    return signs, table


@lru_cache(maxsize=1)
def spelled_out() -> dict[int, str]:
    """Ideograph -> letters of its usual reading, for str.translate."""
    return {int(code): toned.partition(",")[0].translate(TONELESS) for code, toned in _table().items()}


def is_sign(char: str) -> bool:
    """Whether this stands for a syllable written in letters."""
    return char in _signs_read()


@lru_cache(maxsize=1)
def _signs_read() -> dict[str, str]:
    return {sign: syllable for syllable, sign in sound_signs()[0].items()}


def in_syllables(known: Container[str], run: str) -> tuple[str, ...]:
    """A run of letters as syllables; () when it cannot be read so. Long runs may hold single letters that are none."""
    ways: list[tuple[int, tuple[str, ...]] | None] = [(0, ()), *[None] * len(run)]
    loose = len(run) >= LOOSE
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            before, best = ways[start], ways[end]
            piece = run[start:end]
            if before is None or not (piece in known if len(piece) > 1 else loose):
                continue
            skipped = before[0] + (len(piece) == 1)
            if best is None or skipped < best[0]:
                ways[end] = skipped, (*before[1], piece)
    last = ways[-1]
    return last[1] if last else ()
