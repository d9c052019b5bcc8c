"""The catalogue of features: which columns the matrix has, in which order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features import claims, evasion, fluency, licence, placement, price, seller, title, trade, velocity
from features.feature import Block, Feature
from features.reading import Reading

BLOCKS: tuple[Block[Any], ...] = (
    title.TITLE,
    fluency.FLUENCY,
    evasion.EVASION,
    claims.EVIDENCE,
    licence.LICENCE,
    placement.CATEGORY,
    price.PRICE,
    seller.SELLER,
    trade.TRADE,
    velocity.VELOCITY,
)

CATALOGUE: tuple[Feature, ...] = tuple(feature for block in BLOCKS for feature in block.features)
"""Every feature, in column order. A bundle names the columns it was trained on, so new ones may stand anywhere."""


def matrix(readings: Sequence[Reading], signals: Sequence[str] = ()) -> NDArray[np.float64]:
    """Numbers of n listings: (n, len(CATALOGUE) + len(signals)), float64, NaN for 'not told' and 'does not apply'.

    `signals` names the platform's own numbers to append, as columns `signal.<name>`; no entry is infinite.
    """
    out = np.empty((len(readings), len(CATALOGUE) + len(signals)))
    start = 0
    for block in BLOCKS:
        stop = start + len(block.features)
        block.fill(readings, out[:, start:stop])
        start = stop
    for column, name in enumerate(signals, start):
        out[:, column] = [reading.listing.signals.get(name, np.nan) for reading in readings]
    return out
