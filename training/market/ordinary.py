"""Ordinary words made of the same characters as risky ones, so that no character is guilty by itself."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

_LEAST = 60  # occurrences in jieba's corpus; rarer words look odd in a title
_KINDS = frozenset({"n", "v", "a", "vn", "an", "b", "d", "nz", "ad"})
_LENGTHS = (2, 3, 4)
_PER_CHARACTER = 60


@cache
def ordinary(risky: tuple[str, ...]) -> tuple[str, ...]:
    """For every character of every risky word a few everyday words with it: common characters come up more often."""
    told = {text[i : i + length] for text in risky for length in _LENGTHS for i in range(len(text))}
    book = {char: [word for word in words if word not in told] for char, words in _book().items()}
    return tuple(word for text in risky for char in text for word in book.get(char, ()))


@cache
def _book() -> Mapping[str, tuple[str, ...]]:
    """Character -> everyday words with it, most frequent first."""
    # located, not imported: importing jieba is slow and warns
    text = Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_text(encoding="utf-8")
    found: dict[str, list[tuple[int, str]]] = {}
    for line in text.splitlines():
        word, count, kind = line.split()
        if len(word) in _LENGTHS and int(count) >= _LEAST and kind in _KINDS:
            for char in set(word):
                found.setdefault(char, []).append((-int(count), word))
    return {char: tuple(word for _, word in sorted(words)[:_PER_CHARACTER]) for char, words in found.items()}
