"""Likeness: keys under which titles that say nearly the same meet again, without comparing each with each."""

import hashlib
from typing import Any

import rensa

from training.alike import common, plain_title

_BANDS, _ROWS = 8, 3  # a pair of Jaccard 0.6 shares a band with p = 0.86, one of 0.75 with 0.99, one of 0.1 with 0.01
_SEED = 20_211
_LEAST = 0.6
"""Share of common character triples (Jaccard) from which a reviewer sees the same text: one word of six changed."""
_SHORTEST = 6  # characters; of shorter titles only equal ones are alike


def bands(folded: str) -> tuple[int, ...]:
    """Keys of a folded title, signed 64 bits each; a title without text has none."""
    plain = plain_title(folded)
    if not plain:
        return ()
    if len(plain) < _SHORTEST:
        return (_key(0, plain),)
    minhash: Any = rensa.RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    minhash.update(sorted({plain[at : at + 3] for at in range(len(plain) - 2)}))
    signature = minhash.digest()
    return tuple(_key(band, signature[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS))


def alike(one: str, other: str) -> bool:
    """Whether two folded titles say nearly the same."""
    one, other = plain_title(one), plain_title(other)
    if min(len(one), len(other)) < _SHORTEST:
        return one == other != ""
    return common(one, other) >= _LEAST


def _key(band: int, part: object) -> int:
    digest = hashlib.blake2b(f"{band} {part}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
