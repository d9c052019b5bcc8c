"""The language of an answer: both where nobody asks for one; what `Accept-Language` prefers where somebody does."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import orjson
from starlette.requests import HTTPConnection

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_LONGEST = 256
"""Characters of the header that are looked at."""
_PARTS = "parts"
"""The table of phrases.toml that holds what stands inside sentences."""


def asked(request: HTTPConnection) -> Language | None:
    """Return the language a request asks for; None when it asks for none that we write."""
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> Language | None:
    """Return the language that an Accept-Language header likes best, of those we write (RFC 9110, 12.5.4).

    >>> preferred("fr, zh-CN;q=0.8, en;q=0.5")
    'zh'
    """
    best: tuple[float, Language] | None = None
    for part in header[:_LONGEST].split(","):
        if (read := _RANGE.fullmatch(part)) is None:
            continue
        quality = float(read[2] or 1)
        for language in LANGUAGES:
            if language == read[1].lower() and quality > (best[0] if best else 0):
                best = quality, language
    return best[1] if best else None


def only(answer: bytes, language: Language) -> bytes:
    """Leave in JSON, of each text in both languages, the one in `language`: {"zh": …, "en": …} becomes {"zh": …}."""
    return orjson.dumps(_one(orjson.loads(answer), language))


def _one(told: Any, language: Language) -> Any:  # noqa: ANN401 - parsed JSON
    if isinstance(told, dict):
        if told.keys() == set(LANGUAGES):
            return {language: told[language]}
        return {name: _one(value, language) for name, value in told.items()}
    return [_one(value, language) for value in told] if isinstance(told, list) else told


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence in both languages, {} for what differs."""

    english: re.Pattern[str]
    chinese: str
    piece: str  # the longest part of the English that never differs: to look for it is quick
    whole: bool  # stands alone; others only inside one that does

    @classmethod
    def of(cls, english: str, chinese: str, *, whole: bool) -> "Phrase":
        """Read one of the book."""
        fixed = english.split("{}")
        pattern = re.compile("(.*?)".join(map(re.escape, fixed)), re.DOTALL)
        return cls(pattern, chinese, max(fixed, key=len), whole)


def translated(text: str, language: Language | None) -> str:
    """Say what a problem says in a language; what nobody translated stays English."""
    return _chinese(text, whole=True) if language == "zh" else text


@lru_cache(maxsize=2048)
def _chinese(text: str, *, whole: bool) -> str:
    for phrase in _phrases():
        if (phrase.whole or not whole) and phrase.piece in text and (found := phrase.english.fullmatch(text)):
            return phrase.chinese.format(*(_chinese(part, whole=False) for part in found.groups()))
    return text


@cache
def _phrases() -> list[Phrase]:
    """Every phrase; those that say most come first."""
    book: Mapping[str, Mapping[str, str]] = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))
    said = [(*pair, name) for name, part in book.items() for pair in part.items()]
    ordered = sorted(said, key=lambda one: -len(one[0].replace("{}", "")))
    return [Phrase.of(english, chinese, whole=name != _PARTS) for english, chinese, name in ordered]
