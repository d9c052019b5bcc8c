"""How much the folded title reads like Chinese: cloaked text falls apart into rare and lonely characters."""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import distribution
from itertools import repeat
from operator import contains
from pathlib import Path
from typing import NamedTuple

import numpy as np

from features.feature import Block, ratio
from features.reading import Reading

HAN_RUN = re.compile("[\u3400-\u9fff]+")
LATIN_RUN = re.compile("[a-z]+")
FIRST_HAN = "\u3400"
NEWLINE = 10
NONE = repeat("")


@dataclass(frozen=True, slots=True)
class Habits:
    """What jieba's dictionary knows of characters."""

    followers: dict[str, str]  # character -> every character that follows it inside some word
    ranks: dict[str, int]  # Chinese character -> its rank by frequency, 1 the most frequent

    @property
    def last(self) -> int:
        """The rank that characters of no word share."""
        return len(self.ranks) + 1

    @classmethod
    def read(cls, dictionary: str) -> "Habits":
        """Derive both tables from lines of `word frequency tag`."""
        columns = dictionary.split()
        words, frequencies = columns[0::3], list(map(int, columns[1::3]))
        weights = np.bincount(_codes("".join(words)), np.repeat(frequencies, list(map(len, words))))
        known = np.flatnonzero(weights)
        by_rank = known[np.argsort(-weights[known], kind="stable")]
        han = [char for char in map(chr, by_rank.tolist()) if HAN_RUN.match(char)]
        return cls(_followers(words), {char: rank for rank, char in enumerate(han, 1)})


def _codes(text: str) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _followers(words: list[str]) -> dict[str, str]:
    codes = _codes("\n".join(words)).astype(np.uint64)
    pairs = codes[:-1] << np.uint64(32) | codes[1:]
    pairs = np.sort(pairs[(codes[:-1] > NEWLINE) & (codes[1:] > NEWLINE)])
    pairs = pairs[np.diff(pairs, prepend=np.uint64(0)) != 0]  # np.unique takes ten times as long
    firsts, seconds = (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32)
    starts = np.flatnonzero(np.diff(firsts, prepend=0))
    text = seconds.tobytes().decode("utf-32-le")
    ends = [*starts[1:].tolist(), len(text)]
    return {
        chr(code): text[start:end]
        for code, start, end in zip(firsts[starts].tolist(), starts.tolist(), ends, strict=True)
    }


@lru_cache(maxsize=1)
def habits() -> Habits:
    """Tables of the dictionary that ships with jieba; built on first use, about 0.15 s."""
    # Located, not imported: importing jieba costs a tenth of a second and warns.
    return Habits.read(Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_text("utf-8"))


class Flow(NamedTuple):
    """A folded title with Chinese in it, counted once for all features."""

    size: int
    han: int  # Chinese characters
    runs: int  # unbroken stretches of them
    known_pairs: int  # neighbours inside the stretches that also stand side by side inside some word
    ranks: list[int]  # rank of every Chinese character
    lengths: list[int]  # characters of every Chinese word
    latin_runs: int


def _flow(reading: Reading) -> Flow | None:
    text = reading.title.text
    runs = HAN_RUN.findall(text)
    if not runs:
        return None
    table = habits()
    han = "".join(runs)
    return Flow(
        len(text),
        len(han),
        len(runs),
        sum(map(contains, map(table.followers.get, text, NONE), text[1:])),
        list(map(table.ranks.get, han, repeat(table.last))),
        [len(word) for word in reading.tokens.texts if word >= FIRST_HAN],
        len(LATIN_RUN.findall(text)),
    )


FLUENCY = Block("fluency", _flow)


@FLUENCY.feature("lonely_share", unit="fraction 0..1", zh="单字词占比", en="share of one-character words")
def lonely_share(flow: Flow) -> float | None:
    """One-character words over all Chinese words."""
    return ratio(flow.lengths.count(1), len(flow.lengths))


@FLUENCY.feature("unknown_pair_share", unit="fraction 0..1", zh="非词内相邻字占比", en="share of pairs no word holds")
def unknown_pair_share(flow: Flow) -> float | None:
    """Neighbouring Chinese characters that stand side by side in no word of the dictionary, over all neighbours."""
    pairs = flow.han - flow.runs
    return ratio(pairs - min(flow.known_pairs, pairs), pairs)


@FLUENCY.feature("rarest", unit="log rank", zh="最罕见字的频次排名", en="rank of the rarest character")
def rarest(flow: Flow) -> float:
    """Natural logarithm of the rank of the rarest Chinese character."""
    return math.log(max(flow.ranks))


@FLUENCY.feature("mean_rank", unit="log rank", zh="平均字频排名", en="mean rank of characters")
def mean_rank(flow: Flow) -> float:
    """Natural logarithm of the mean rank of the Chinese characters."""
    return math.log(sum(flow.ranks) / flow.han)


@FLUENCY.feature("broken_share", unit="fraction 0..1", zh="汉字被打断的频率", en="breaks in the Chinese text")
def broken_share(flow: Flow) -> float:
    """Stretches of Chinese characters over Chinese characters: near 1 when signs stand between all of them."""
    return flow.runs / flow.han


@FLUENCY.feature("latin_switches", unit="fraction 0..1", zh="中英文切换频率", en="switches into Latin letters")
def latin_switches(flow: Flow) -> float:
    """Runs of Latin letters over characters."""
    return flow.latin_runs / flow.size


@FLUENCY.feature("word_length", unit="characters", zh="平均词长", en="mean length of Chinese words")
def word_length(flow: Flow) -> float | None:
    """Chinese characters over Chinese words."""
    return ratio(sum(flow.lengths), len(flow.lengths))


FEATURES = FLUENCY.features
