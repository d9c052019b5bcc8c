"""The text model: one linear log-odds per head over the n-grams of the folded title.

Weights are fixed-point integers, so a sum is the same in any order: a title has the same value alone and in a batch.
"""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.grams import BUCKETS, NOTHING, Grams, Ints

UNIT = 2.0**-10
"""Log-odds of one step of a weight; with 16 bits a weight lies within +-32."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TextModel:
    """Weights and bias of every head.

    value = bias + UNIT * (sum of the weights of all n-grams) / sqrt(number of n-grams), in log-odds
    """

    weights: Mapping[str, NDArray[np.int16]]  # head -> (BUCKETS,), steps of UNIT
    bias: Mapping[str, float]  # head -> log-odds of a title that says nothing

    @classmethod
    def from_coefficients(cls, coefficients: Mapping[str, Floats], bias: Mapping[str, float]) -> "TextModel":
        """Round real coefficients, (BUCKETS,) log-odds per head, to steps of UNIT."""
        limit = np.iinfo(np.int16).max
        steps = {head: np.clip(np.rint(c / UNIT), -limit, limit).astype(np.int16) for head, c in coefficients.items()}
        for weights in steps.values():
            weights[NOTHING] = 0
        return cls(steps, dict(bias))

    def values(self, grams: Grams) -> dict[str, Floats]:
        """Log-odds per head of n hashed titles: head -> (n,)."""
        scale = UNIT / np.sqrt(np.maximum(grams.sizes, 1))
        return {head: self.bias[head] + scale * _sums(weights, grams) for head, weights in self.weights.items()}

    def characters(self, head: str, title: Grams) -> Floats:
        """What each character of one folded title adds, (length,): every n-gram's weight spread evenly over it.

        Invariant: the sum is the value without its bias, to rounding.
        """
        weights, length = self.weights[head], int(title.lengths[0])
        at = np.arange(length + 1)
        stretches = [(b, at, np.minimum(at + size, length + 1)) for size, b in enumerate(title.characters, start=1)]
        if len(title.starts):
            stretches.append((title.words[0], title.starts, title.ends))
            stretches.append((title.words[1, :-1], title.starts[:-1], title.ends[1:]))
        places: list[Ints] = []
        shares: list[Floats] = []
        for buckets, starts, ends in stretches:
            share: Floats = weights[buckets] / np.maximum(ends - starts, 1)
            places += (starts, ends)
            shares += (share, -share)
        edges = np.bincount(np.concatenate(places), np.concatenate(shares), minlength=length + 2)
        parts: Floats = np.cumsum(edges, dtype=np.float64)[:length] * (UNIT / math.sqrt(max(int(title.sizes[0]), 1)))
        return parts

    def to_bytes(self) -> bytes:
        """A compressed npz without pickles: the buckets whose weight is not zero, and those weights."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for head, weights in self.weights.items():
            used = np.flatnonzero(weights).astype(np.int32)
            arrays[f"{head}.gaps"] = np.diff(used, prepend=np.int32(0)).astype(np.int32)
            arrays[f"{head}.weights"] = weights[used]
            arrays[f"{head}.bias"] = np.array(self.bias[head])
        blob = io.BytesIO()
        np.savez_compressed(blob, allow_pickle=False, **arrays)
        return blob.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes) -> "TextModel":
        """Read what `to_bytes` wrote. Raises ValueError or KeyError when it is something else."""
        weights, bias = {}, {}
        with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
            for head in (name.removesuffix(".bias") for name in arrays.files if name.endswith(".bias")):
                weights[head] = np.zeros(BUCKETS, dtype=np.int16)
                weights[head][np.cumsum(arrays[f"{head}.gaps"])] = arrays[f"{head}.weights"]
                bias[head] = float(arrays[f"{head}.bias"])
        return cls(weights, bias)


def _sums(weights: NDArray[np.int16], grams: Grams) -> Ints:
    """Summed steps per title, (n,)."""
    per_character = weights[grams.characters].sum(axis=0, dtype=np.int64)
    sums = np.add.reduceat(per_character, grams.offsets)
    if len(grams.starts):
        per_word = np.zeros(len(grams.starts) + 1, dtype=np.int64)
        per_word[1:] = np.cumsum(weights[grams.words].sum(axis=0, dtype=np.int64))
        last = np.cumsum(grams.counts)
        sums += per_word[last] - per_word[last - grams.counts]
    result: Ints = sums
    return result
