"""The catalogue: every phrase of the console, in Chinese and English, from words/*.toml."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from features.errors import ZhenweiError
from service.language import LANGUAGES, Language, preferred

_FOLDER = Path(__file__).with_name("words")


class PhraseBroken(ZhenweiError):
    """A phrase lacks a language, is told twice, or is none."""


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    lang: Language
    phrases: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a phrase with its blanks filled. A key nobody wrote is a bug: KeyError."""
        return self.phrases[key].format(**values) if values else self.phrases[key]

    def __contains__(self, key: str) -> bool:
        """Whether there is such a phrase."""
        return key in self.phrases


@cache
def load() -> Mapping[Language, Words]:
    """Read every phrase. Raises PhraseBroken, naming file and phrase."""
    told: dict[str, Mapping[str, str]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for key, phrase in _phrases(tomllib.loads(path.read_text("utf-8"))):
            if key in told:
                raise PhraseBroken(f"{path.name}: {key} is told in another file too; keep one")
            if phrase.keys() != set(LANGUAGES) or not all(phrase.values()):
                raise PhraseBroken(f"{path.name}: {key} needs {' and '.join(LANGUAGES)}, nothing else")
            told[key] = phrase
    return {lang: Words(lang, {key: phrase[lang] for key, phrase in told.items()}) for lang in LANGUAGES}


def _phrases(table: Mapping[str, Any], root: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    for name, value in table.items():
        if not isinstance(value, dict):
            raise PhraseBroken(f'{root}{name} is no phrase; write {{ zh = "…", en = "…" }}')
        if all(isinstance(one, str) for one in value.values()):
            yield root + name, value
        else:
            yield from _phrases(value, f"{root}{name}.")


def spoken(chosen: str | None, accepted: str) -> Language:
    """The language to speak: the one that was chosen, else what the browser likes best, else Chinese.

    >>> spoken(None, "fr, en-GB;q=0.7, zh-CN;q=0.8"), spoken("en", "zh"), spoken("xx", "")
    ('zh', 'en', 'zh')
    """
    return next((lang for lang in LANGUAGES if chosen == lang), None) or preferred(accepted) or "zh"
