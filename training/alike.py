"""Titles that say nearly the same: one seller's text, posted by another with a word changed."""

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import rensa
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

STEPS = (0.75, 0.9, 1.0)
"""Shares of common character triples (Jaccard) from which titles are alike; a later one when an earlier one chains too
many together. 1.0: only equal titles."""
_BANDS, _ROWS = 16, 4  # of 64 permutations: a pair of Jaccard 0.75 shares a band with p = 0.998, one of 0.3 with 0.12
_DOUBT = 0.15  # a signature of 64 tells the common share within 0.05, so that three times as much is counted exactly
_SEED = 20_211
_CHUNK = 50_000  # titles hashed at once
_FEW = 24  # titles of a band that are all compared with each other; of more, each with the first and its neighbour
_SHORTEST = 6  # characters; of shorter titles only equal ones are alike
_ODD = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_HALF = np.uint64(32)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def alike(titles: Sequence[str], most: float) -> tuple[Ints, float]:
    """Cluster n titles: a number for each, (n,), equal for those alike, and the step of STEPS that was used.

    It is the first under which no cluster holds more than `most` of the titles. A title without text is alike to none.
    """
    places: dict[str, int] = {}
    own = np.fromiter((places.setdefault(plain_title(t), len(places)) for t in titles), np.int64, len(titles))
    pairs, share = _pairs(list(places))
    textless = own == places.get("", -1)
    for step in STEPS:
        number = _components(pairs[:, share >= step], len(places))[own]
        number[textless] = number.max(initial=0) + 1 + np.arange(textless.sum())
        if step == STEPS[-1] or largest(number) <= max(most * len(number), 1):
            break
    return number, step


def largest(number: Ints) -> int:
    """How many of n have the commonest number, (n,)."""
    return int(np.bincount(number).max()) if len(number) else 0


def plain_title(title: str) -> str:
    """A title without what does not change it: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())


def _components(pairs: Ints, count: int) -> Ints:
    """Number of the connected part each of `count` stands in, given (2, m) pairs."""
    links = coo_array((np.ones(pairs.shape[1], dtype=np.int8), (pairs[0], pairs[1])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _pairs(titles: Sequence[str]) -> tuple[Ints, NDArray[np.float32]]:
    """Pairs of titles that share a band, (2, m), and the share of triples they have in common, (m,)."""
    lengths = np.fromiter(map(len, titles), np.int64, len(titles))
    long = np.flatnonzero(lengths >= _SHORTEST)
    signatures = _signatures([titles[at] for at in long.tolist()])
    found = [np.empty((2, 0), dtype=np.int64)]
    for band in range(_BANDS):
        part = signatures[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        for pairs in _sharing(_mixed(part[:, 0] << _HALF | part[:, 1]) + (part[:, 2] << _HALF | part[:, 3])):
            near = (signatures[pairs[0]] == signatures[pairs[1]]).mean(axis=1) >= STEPS[0] - _DOUBT
            found.append(np.sort(pairs[:, near], axis=0))
    pairs = np.concatenate(found, axis=1)
    _, first = np.unique(pairs[0] * len(long) + pairs[1], return_index=True)
    pairs = long[pairs[:, first]]
    return pairs, np.fromiter((common(titles[a], titles[b]) for a, b in pairs.T.tolist()), np.float32, pairs.shape[1])


def common(one: str, other: str) -> float:
    """Share of the character triples of two titles that both hold (Jaccard)."""
    triples, others = ({title[at : at + 3] for at in range(len(title) - 2)} for title in (one, other))
    return len(triples & others) / len(triples | others)


def _sharing(keys: Hashes) -> Iterator[Ints]:
    """Pairs of places with one key, (2, m) at a time: all of a few, of many each with the first and its neighbour."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[:1]]))
    sizes = np.diff(starts, append=len(order))
    starts, sizes = starts[sizes > 1], sizes[sizes > 1]
    first, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    place = np.arange(len(first)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first
    yield from _cut(order[first[place > first]], order[place[place > first]])
    for step in range(1, _FEW):
        inside = (place - first >= step) & (place - step > first) & ((size <= _FEW) | (step == 1))
        if inside.any():
            yield from _cut(order[place[inside] - step], order[place[inside]])


def _cut(left: Ints, right: Ints) -> Iterator[Ints]:
    for at in range(0, len(left), _CHUNK):
        yield np.stack([left[at : at + _CHUNK], right[at : at + _CHUNK]])


def _signatures(titles: Sequence[str]) -> NDArray[np.uint32]:
    """MinHash signatures of n titles of at least three characters, (n, 64)."""
    out = np.empty((len(titles), _BANDS * _ROWS), dtype=np.uint32)
    for at in range(0, len(titles), _CHUNK):
        triples, ends = _triples(titles[at : at + _CHUNK])
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(triples, ends, _BANDS * _ROWS, _SEED)
        out[at : at + _CHUNK] = matrix.to_rows()
    return out


def _triples(titles: Sequence[str]) -> tuple[Hashes, Hashes]:
    """Hashes of every three characters in a row of n titles, and where each title's begin, (n + 1,)."""
    codes = np.frombuffer("".join(titles).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    lengths = np.fromiter(map(len, titles), np.int64, len(titles))
    triples = codes[:-2] * _ODD[0] + codes[1:-1] * _ODD[1] + codes[2:] * _ODD[2]
    whole = np.arange(len(triples)) + 2 < np.repeat(np.cumsum(lengths), lengths)[:-2]
    starts = np.concatenate([[0], np.cumsum(lengths - 2)])
    return _mixed(triples[whole]), starts.astype(np.uint64)


def _mixed(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    return hashes ^ (hashes >> np.uint64(32))
