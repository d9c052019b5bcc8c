"""Whether a stretch may be there by accident: how common its characters are, and whether ordinary words cross it."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from features.folding.draft import Span
from features.tokens import words as segment

CONTEXT = 6  # characters of context that decide whether a character belongs to an ordinary word
WORDS = 6e7  # words jieba's dictionary was counted on
UNSEEN = 8  # what a character outside the dictionary counts
SINGLE = re.compile("^([\u4e00-\u9fff]) (\\d+) ", re.MULTILINE)


def crossed(text: str, whole: Span, places: Collection[int]) -> bool:
    """Whether an ordinary word reaches over either end, or is found at these places."""
    return any(
        any(at < edge < at + len(word) for edge in whole)
        or (len(word) > 1 and any(at <= i < at + len(word) for i in places))
        for at, word in _around(text, whole)
    )


def stands_alone(text: str, whole: Span) -> bool:
    """Whether every character of the stretch is a word of its own, so that nothing ordinary is written there."""
    return not crossed(text, whole, range(*whole))


def rarity(char: str) -> float:
    """-log of the share of running words that are this character alone: 的 3, 女 9, 焕 14."""
    return -math.log(max(_alone().get(char, 0), UNSEEN) / WORDS)


def _around(text: str, whole: Span) -> Iterator[tuple[int, str]]:
    at = max(0, whole[0] - CONTEXT)
    for word in segment(text[at : whole[1] + CONTEXT]):
        yield at, word
        at += len(word)


@lru_cache(maxsize=1)
def _alone() -> Mapping[str, int]:
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("jieba is not installed; run `make install`")
    text = Path(spec.submodule_search_locations[0], "dict.txt").read_text("utf-8")
    return {char: int(count) for char, count in SINGLE.findall(text)}
