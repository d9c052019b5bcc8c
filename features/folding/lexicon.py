"""Words by sound and commonness: what a cloaked text is decoded into."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from features.folding.readings import readings

NUMBER = "0"  # stands for any run of digits: 充0送0
ACCOUNT = "q"  # stands for q and qq: 加q
WRITTEN = NUMBER + ACCOUNT  # never exchanged for anything
TOKENS = 6e7  # words jieba's dictionary was counted on
KNOWN_COUNT = 4_000  # a word of ours counts as often as 重庆
KNOWN_NUMBER_COUNT = 60_000
KNOWN_CHAR_COUNT = 100_000
RARE_COUNT = 8  # what a character outside the dictionary counts
SPOKEN_COUNT = 250  # dictionary words rarer than this are not what spellings are decoded into
ENTRY = re.compile("^([\u4e00-\u9fff]{1,4}) (\\d{2,}) ", re.MULTILINE)
LONGEST = 8
RETROFLEX = re.compile("^([zcs])h")
NASAL = re.compile("(?<=[aei])ng$")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Costs are -log(share of running words)."""

    costs: Mapping[str, float]
    known: frozenset[str]  # our own words; only these may replace common characters
    by_sound: Mapping[str, tuple[str, ...]]  # "wei.xin." -> words of that sound
    beginnings: frozenset[str]  # sounds with which some word begins
    unknown: float = -math.log(RARE_COUNT / TOKENS)

    @classmethod
    def build(cls, known: Iterable[str]) -> "Lexicon":
        """Compile jieba's dictionary with our own words; about 0.4 s, so only when a cloaked text is met."""
        own = frozenset(word for word in known if len(word) <= LONGEST)
        counts = dict(_dictionary())
        for word in own:
            counts[word] = max(counts.get(word, 0), _own_count(word))
        by_sound: dict[str, list[str]] = {}
        beginnings: set[str] = set()
        for word, count in counts.items():
            if count >= SPOKEN_COUNT or word in own:
                sounds = [sound(char) for char in word]
                if all(sounds):
                    by_sound.setdefault("".join(sounds), []).append(word)
                    beginnings.update("".join(sounds[:i]) for i in range(1, len(sounds) + 1))
        costs = {word: -math.log(count / TOKENS) for word, count in counts.items()}
        return cls(costs, own, {key: tuple(words) for key, words in by_sound.items()}, frozenset(beginnings))


@lru_cache(maxsize=1)
def _dictionary() -> tuple[tuple[str, int], ...]:
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("jieba is not installed; run `make install`")
    text = Path(spec.submodule_search_locations[0], "dict.txt").read_text("utf-8")
    return tuple((word, int(count)) for word, count in ENTRY.findall(text))


def _own_count(word: str) -> int:
    if len(word) == 1:
        return KNOWN_CHAR_COUNT
    return KNOWN_NUMBER_COUNT if NUMBER in word else KNOWN_COUNT


@lru_cache(maxsize=2048)
def heard(syllable: str) -> str:
    """A syllable as many speakers say it, closed by a full stop: zhi and zi, lin and ling are one ("zi.", "lin.")."""
    return NASAL.sub("n", RETROFLEX.sub(r"\1", syllable)) + "."


@lru_cache(maxsize=65536)
def sound(char: str) -> str:
    """The usual reading of a character as it is heard; empty when it has none."""
    if char in WRITTEN:
        return f"{char}."
    known = readings(char)
    return heard(known[0]) if known else ""
