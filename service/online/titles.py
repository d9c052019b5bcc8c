"""The signature of a title: titles that say nearly the same share one of its bands, whoever writes them."""

import rensa

from service.online.keyspace import digest

_BANDS, _ROWS = 4, 4
"""A title that has 0.9 of its character triples (Jaccard) in common with another shares a band with p = 0.99; 0.8:
0.88; 0.5: 0.23; 0.3: 0.03."""
_SEED = 20_211
_SHORTEST = 6  # characters; of shorter titles only equal ones are alike


def bands(folded: str) -> tuple[str, ...]:
    """Names of the bands of a folded title; () for one without letters. Order, marks and blanks hardly matter."""
    text = "".join(filter(str.isalnum, folded))
    if len(text) < _SHORTEST:
        return (digest(text),) if text else ()
    sketch = rensa.RMinHash(_BANDS * _ROWS, _SEED)
    sketch.update([text[at : at + 3] for at in range(len(text) - 2)])
    rows = sketch.digest()
    return tuple(
        f"{at:x}" + "".join(f"{row:08x}" for row in rows[at : at + _ROWS]) for at in range(0, len(rows), _ROWS)
    )
