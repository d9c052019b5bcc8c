"""The signature of a title: titles that sound nearly the same share one of its bands, however they are written.

By sound, because homophones and pinyin are the cheapest way to write the same words otherwise.
"""

import struct

import rensa

from features.folding.readings import spelled_out
from service.online.keyspace import digest

_BANDS, _ROWS = 4, 4
"""A title that has 0.9 of its pieces (Jaccard) in common with another shares a band with p = 0.99; 0.8: 0.88; 0.5:
0.23; 0.3: 0.03."""
_PIECE = 7  # letters; two or three syllables
_SHORTEST = 16  # letters; of shorter titles only those that sound equal are alike
_SEED = 20_211


def bands(folded: str) -> tuple[str, ...]:
    """Names of the bands of a folded title; () for one without letters. Order, marks and blanks hardly matter."""
    text = "".join(filter(str.isalnum, folded)).translate(spelled_out())
    if len(text) < _SHORTEST:
        return (digest(text),) if text else ()
    sketch = rensa.RMinHash(_BANDS * _ROWS, _SEED)
    sketch.update([text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1)])
    rows = struct.pack(f">{_BANDS * _ROWS}I", *sketch.digest()).hex()
    digits = _ROWS * 8  # of a band
    return tuple(f"{band * _ROWS:x}{rows[band * digits : (band + 1) * digits]}" for band in range(_BANDS))
