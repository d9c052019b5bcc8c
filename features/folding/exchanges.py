"""What it costs to read one character as another: little for pairs seen often, else by sound, shape and commonness."""

from collections.abc import Mapping
from functools import lru_cache

from features.folding.commonness import COMMON, LESS_COMMON, RARE, commonness
from features.folding.lexicon import WRITTEN, heard, sound
from features.folding.readings import is_sign, readings
from features.folding.shapes import RADICALS, parts

BASE = {COMMON: 8.0, LESS_COMMON: 6.5, RARE: 5.0}  # the commoner a character, the more it means itself
LISTED, LISTED_SHARE = 0.1, 0.05  # a constant and a share of the base: pairs of evasion.toml
AT_TIMES, AT_TIMES_SHARE = 0.2, 0.2  # the same for characters that more often stand for themselves
CONTAINS, INSIDE, SHARES = 2.0, 1.8, 1.0  # taken off when the shapes agree
SELDOM_SOUND, NEAR_SOUND, OTHER_SOUND, RADICAL_ONLY = 3.0, 2.5, 3.0, 8.0  # put on when the sounds do not
TO_LESS_COMMON, TO_RARE = 2.0, 5.0  # put on when the result is itself uncommon
LEAST = 0.2
SPELLED = 1.0  # cost of a syllable in letters
HEARD, HEARD_RARE = 2, 3  # readings of a character that are tried


class Exchanges:
    """Costs of exchanges, remembered. Safe to share between threads."""

    __slots__ = ("_at_times", "_listed", "cost", "sounds")

    def __init__(self, listed: Mapping[str, str], at_times: Mapping[str, str]) -> None:
        """Both: character -> what it is often, or now and then, exchanged for."""
        self._listed = listed
        self._at_times = at_times
        self.cost = lru_cache(maxsize=65536)(self._cost)
        self.sounds = lru_cache(maxsize=16384)(self._sounds)

    def listed(self, char: str, reading: str) -> bool:
        """Whether the character is often exchanged for this one."""
        return reading in self._listed.get(char, "")

    def seen(self, char: str, reading: str) -> bool:
        """Whether the pair is in either list."""
        return self.listed(char, reading) or reading in self._at_times.get(char, "")

    def _cost(self, char: str, reading: str) -> float:
        if char == reading:
            return 0.0
        if is_sign(char):
            return SPELLED
        cost = BASE[commonness(char)]
        if self.listed(char, reading):
            return LISTED + LISTED_SHARE * cost
        if self.seen(char, reading):
            return AT_TIMES + AT_TIMES_SHARE * cost
        cost += _by_shape(char, reading) + _by_sound(char, reading)
        cost += {COMMON: 0.0, LESS_COMMON: TO_LESS_COMMON, RARE: TO_RARE}[commonness(reading)]
        return max(cost, LEAST)

    def _sounds(self, char: str) -> tuple[str, ...]:
        """Sounds a character may stand for: its own, those of its listed readings, and of its parts when it is rare."""
        if char in WRITTEN:
            return (sound(char),)
        rare = commonness(char) == RARE
        own = map(heard, readings(char)[: HEARD_RARE if rare else HEARD])
        others = [*self._listed.get(char, ""), *self._at_times.get(char, ""), *(sorted(parts(char)) if rare else ())]
        return tuple(dict.fromkeys(s for s in (*own, *map(sound, others)) if s))


def _by_shape(char: str, reading: str) -> float:
    if reading in parts(char):
        return -CONTAINS
    if char in parts(reading):
        return -INSIDE
    return -SHARES if parts(char) & parts(reading) else 0.0


def _by_sound(char: str, reading: str) -> float:
    usual = readings(reading)[:1]
    if not usual or usual == readings(char)[:1]:
        return 0.0
    if usual[0] in readings(char):
        return SELDOM_SOUND
    if heard(usual[0]) in map(heard, readings(char)):
        return NEAR_SOUND
    return RADICAL_ONLY if reading in RADICALS else OTHER_SOUND
