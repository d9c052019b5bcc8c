"""Titles as hashed n-grams: characters (1 to 3), words and word pairs, a whole batch in a few array operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from features.tokens import Tokens

BITS = 18
BUCKETS = 1 << BITS
NOTHING = 0
"""The bucket of stretches that cross from one title into the next; its weight is always zero."""

Uints = NDArray[np.uint32]
Ints = NDArray[np.int64]

_ODD = 0x9E3779B1  # 2**32 / golden ratio: spreads neighbouring code points over all bits
_INVERSE = pow(_ODD, -1, 1 << 32)
_SALTS = np.array([0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1, 0xD3A2646C], dtype=np.uint32)
_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class Grams:
    """Every n-gram of a batch of n titles.

    characters  (3, c)  bucket of the 1-, 2-, 3-gram that begins at each of c code points; NOTHING where none fits
    words       (2, w)  bucket of each word, and of the word with its successor
    offsets     (n,)    where each title begins among the c code points; titles lie one separator apart
    lengths     (n,)    folded code points per title
    counts      (n,)    words per title
    starts, ends (w,)   half-open stretch of each word among the c code points
    """

    characters: Ints
    words: Ints
    offsets: Ints
    lengths: Ints
    counts: Ints
    starts: Ints
    ends: Ints

    @property
    def sizes(self) -> Ints:
        """Number of n-grams per title, (n,)."""
        of_characters = sum(np.maximum(self.lengths - k, 0) for k in range(_CHARACTERS))
        sizes: Ints = of_characters + self.counts + np.maximum(self.counts - 1, 0)
        return sizes

    def title(self, row: int) -> "Grams":
        """One title of the batch, as if it had been hashed alone."""
        first, length = int(self.offsets[row]), int(self.lengths[row])
        words = slice(int(self.counts[:row].sum()), int(self.counts[: row + 1].sum()))
        return Grams(
            characters=self.characters[:, first : first + length + 1],
            words=self.words[:, words],
            offsets=self.offsets[:1],
            lengths=self.lengths[row : row + 1],
            counts=self.counts[row : row + 1],
            starts=self.starts[words] - first,
            ends=self.ends[words] - first,
        )


def hash_titles(texts: Sequence[str], tokens: Sequence[Tokens]) -> Grams:
    """Hash n >= 1 folded titles and their words. Equal titles hash equally in any batch, process and platform."""
    codes = np.frombuffer(("\0".join(texts) + "\0").encode("utf-32-le", "surrogatepass"), dtype="<u4")
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    offsets = np.cumsum(lengths + 1) - lengths - 1
    counts = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
    total, base = int(counts.sum()), np.repeat(offsets, counts)
    starts = np.fromiter(chain.from_iterable(t.starts for t in tokens), dtype=np.int64, count=total) + base
    ends = np.fromiter(chain.from_iterable(t.ends for t in tokens), dtype=np.int64, count=total) + base
    mixed = _mixed(codes.astype(np.uint32, copy=False) + np.uint32(1))
    words = _words(mixed, starts, ends, counts)
    return Grams(_characters(mixed, codes), words, offsets, lengths, counts, starts, ends)


def _mixed(values: Uints) -> Uints:
    out = values * np.uint32(_ODD)
    out ^= out >> np.uint32(15)
    return out


def _bucket(hashes: Uints, kind: int) -> Ints:
    spread = _mixed(hashes ^ _SALTS[kind]) * np.uint32(_ODD)
    return (spread >> np.uint32(32 - BITS)).astype(np.int64)


def _characters(mixed: Uints, codes: Uints) -> Ints:
    out = np.full((_CHARACTERS, len(codes)), NOTHING, dtype=np.int64)
    hashes, inside = mixed, codes != 0
    for k in range(_CHARACTERS):
        if k:
            hashes = hashes[:-1] * np.uint32(_ODD) + mixed[k:]
            inside = inside[:-1] & (codes[k:] != 0)
        out[k, : len(hashes)] = np.where(inside, _bucket(hashes, k), NOTHING)
    return out


def _words(mixed: Uints, starts: Ints, ends: Ints, counts: Ints) -> Ints:
    """Polynomial prefix sums modulo 2**32: every word's hash is one subtraction and one product."""
    powers = np.multiply.accumulate(np.full(len(mixed), _ODD, dtype=np.uint32), dtype=np.uint32)
    inverse = np.multiply.accumulate(np.full(len(mixed), _INVERSE, dtype=np.uint32), dtype=np.uint32)
    sums = np.zeros(len(mixed) + 1, dtype=np.uint32)
    np.cumsum(mixed * powers, dtype=np.uint32, out=sums[1:])
    hashes = (sums[ends] - sums[starts]) * inverse[starts]
    out = np.full((2, len(hashes)), NOTHING, dtype=np.int64)
    out[0] = _bucket(hashes, _CHARACTERS)
    if len(hashes) > 1:
        out[1, :-1] = _bucket(hashes[:-1] * np.uint32(_ODD) + hashes[1:], _CHARACTERS + 1)
        last = np.cumsum(counts) - 1
        out[1, last[counts > 0]] = NOTHING
    return out
