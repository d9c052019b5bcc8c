"""How often every n-gram stands in a title. Reading processes need this of the text model, and not what fits it."""

import numpy as np
from scipy.sparse import csr_array

from models.grams import BUCKETS, NOTHING, Grams


def count(grams: Grams) -> csr_array:
    """Occurrences of every bucket in n titles over sqrt(number of n-grams), (n, BUCKETS): what a value sums."""
    rows = np.arange(len(grams.offsets))
    owners = np.concatenate(
        [*[np.repeat(rows, grams.lengths + 1)] * len(grams.characters)]
        + [np.repeat(rows, grams.counts)] * len(grams.words)
    )
    buckets = np.concatenate([grams.characters.ravel(), grams.words.ravel()])
    kept = buckets != NOTHING
    scale = (1 / np.sqrt(np.maximum(grams.sizes, 1))).astype(np.float32)
    counts = csr_array((scale[owners[kept]], (owners[kept], buckets[kept])), shape=(len(rows), BUCKETS))
    counts.sum_duplicates()
    return counts
