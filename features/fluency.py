"""How much the folded title reads like Chinese: cloaked text falls apart into rare and lonely characters."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.feature import BatchBlock, ratio
from features.reading import Reading

FIRST_HAN, LAST_HAN = 0x3400, 0x9FFF
NEWLINE = 10
BYTE = 8

Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """What jieba's dictionary knows of characters, as tables over code points."""

    places: NDArray[np.uint16]  # code point -> its row and column in `pairs`; 0: in no word of two characters
    pairs: NDArray[np.uint8]  # bit matrix, (rows, columns / 8): whether a character follows another inside some word
    ranks: Ints  # Chinese character, counted from FIRST_HAN -> its rank by frequency, 1 the most frequent
    last: int  # the rank that characters of no word share

    @classmethod
    def read(cls, dictionary: str) -> "Habits":
        """Derive the tables from lines of `word frequency tag`."""
        columns = dictionary.split()
        words, frequencies = columns[0::3], list(map(int, columns[1::3]))
        weights = np.bincount(codes_of("".join(words)), np.repeat(frequencies, list(map(len, words))))
        known = np.flatnonzero(weights)
        by_rank = known[np.argsort(-weights[known], kind="stable")]
        han = by_rank[is_han(by_rank)] - FIRST_HAN
        last = len(han) + 1
        ranks = np.full(LAST_HAN - FIRST_HAN + 1, last, dtype=np.int64)
        ranks[han] = np.arange(1, last)
        places, pairs = _neighbours(words, known)
        return cls(places, pairs, ranks, last)

    def rank(self, codes: Codes) -> Ints:
        """Ranks of Chinese characters; 0 for anything else."""
        return np.where(is_han(codes), self.ranks[np.clip(codes, FIRST_HAN, LAST_HAN) - FIRST_HAN], 0)

    def known(self, codes: Codes) -> Flags:
        """Whether each character but the last and its successor stand side by side inside some word."""
        places = self.places[np.minimum(codes, len(self.places) - 1)].astype(np.intp)
        column = places[1:]
        found: Flags = self.pairs[places[:-1], column // BYTE] >> (column % BYTE).astype(np.uint8) & 1 > 0
        return found


def codes_of(text: str) -> Codes:
    """Code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


def is_han(codes: "Codes | Ints") -> Flags:
    """Which code points are Chinese characters."""
    found: Flags = (codes >= FIRST_HAN) & (codes <= LAST_HAN)
    return found


def _neighbours(words: list[str], known: Ints) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Number the characters from 1 on, and set the bit of every pair inside a word."""
    places = np.zeros(int(known[-1]) + 2, dtype=np.uint16)  # the last place stands for every later code point
    places[known] = np.arange(1, len(known) + 1)
    joined = codes_of("\n".join(words))
    inside = (joined[:-1] > NEWLINE) & (joined[1:] > NEWLINE)
    firsts, seconds = (places[side[inside]].astype(np.int64) for side in (joined[:-1], joined[1:]))
    width = len(known) // BYTE + 1
    pairs = np.zeros((len(known) + 1, width), dtype=np.uint8)
    np.bitwise_or.at(pairs.reshape(-1), firsts * width + seconds // BYTE, (1 << seconds % BYTE).astype(np.uint8))
    return places, pairs


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
    known_pairs: int  # neighbours that stand side by side inside some word
    rarest: int  # the highest rank of a Chinese character
    ranks: int  # the sum of their ranks
    latin_runs: int
    words: int  # Chinese words
    lonely: int  # those of one character
    letters: int  # characters of all of them


def _flows(readings: Sequence[Reading]) -> list[Flow | None]:
    """Count all titles at once, laid end to end with a line break after each."""
    if not readings:
        return []
    texts = [reading.title.text for reading in readings]
    codes = codes_of("\n".join(texts) + "\n")
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    offsets = np.cumsum(sizes + 1) - sizes - 1
    table = habits()
    ranks, han, latin = table.rank(codes), is_han(codes), (codes >= ord("a")) & (codes <= ord("z"))
    columns = (
        sizes,
        _sums(han, offsets),
        _sums(_beginnings(han), offsets),
        _sums(np.append(table.known(codes), False), offsets),
        np.maximum.reduceat(ranks, offsets),
        _sums(ranks, offsets),
        _sums(_beginnings(latin), offsets),
        *_words(readings, codes, offsets),
    )
    rows = map(Flow, *(column.tolist() for column in columns))
    return [flow if flow.han else None for flow in rows]


def _sums(values: "Flags | Ints", offsets: Ints) -> Ints:
    sums: Ints = np.add.reduceat(values, offsets, dtype=np.int64)
    return sums


def _beginnings(inside: Flags) -> Flags:
    """Where a stretch begins."""
    begins = inside.copy()
    begins[1:] &= ~inside[:-1]
    return begins


def _words(readings: Sequence[Reading], codes: Codes, offsets: Ints) -> tuple[Ints, Ints, Ints]:
    """Chinese words per title: how many, how many of one character, and their characters."""
    counts = np.fromiter((len(r.tokens) for r in readings), dtype=np.int64, count=len(readings))
    total, rows = int(counts.sum()), np.repeat(np.arange(len(readings)), counts)
    starts = np.fromiter(chain.from_iterable(r.tokens.starts for r in readings), dtype=np.int64, count=total)
    ends = np.fromiter(chain.from_iterable(r.tokens.ends for r in readings), dtype=np.int64, count=total)
    chinese = codes[starts + offsets[rows]] >= FIRST_HAN
    rows, lengths = rows[chinese], (ends - starts)[chinese]
    n = len(readings)
    letters = np.bincount(rows, lengths, minlength=n).astype(np.int64)
    return np.bincount(rows, minlength=n), np.bincount(rows[lengths == 1], minlength=n), letters


FLUENCY = BatchBlock("fluency", _flows)


@FLUENCY.feature("lonely_share", unit="fraction 0..1", zh="单字词占比", en="share of one-character words")
def lonely_share(flow: Flow) -> float | None:
    """One-character words over all Chinese words."""
    return ratio(flow.lonely, flow.words)


@FLUENCY.feature("unknown_pair_share", unit="fraction 0..1", zh="非词内相邻字占比", en="share of pairs no word holds")
def unknown_pair_share(flow: Flow) -> float | None:
    """Neighbouring Chinese characters that stand side by side in no word of the dictionary, over all neighbours."""
    pairs = flow.han - flow.runs
    return ratio(pairs - min(flow.known_pairs, pairs), pairs)


@FLUENCY.feature("rarest", unit="log rank", zh="最罕见字的频次排名", en="rank of the rarest character")
def rarest(flow: Flow) -> float:
    """Natural logarithm of the rank of the rarest Chinese character."""
    return math.log(flow.rarest)


@FLUENCY.feature("mean_rank", unit="log rank", zh="平均字频排名", en="mean rank of characters")
def mean_rank(flow: Flow) -> float:
    """Natural logarithm of the mean rank of the Chinese characters."""
    return math.log(flow.ranks / flow.han)


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
    return ratio(flow.letters, flow.words)


FEATURES = FLUENCY.features
