"""What a bundle remembers of its training, so that drift can be told without the takedowns."""

from collections import Counter
from collections.abc import Hashable, Sequence

from features.listing import NO_SELLER, NO_TRADE, Listing
from features.reader import Reader
from models.scorer import Scorer
from training.drift.profile import Profile
from training.drift.sample import draw, take_sample

MOST = 16_000
"""Listings that are remembered of each kind; a few seconds, and limits narrow enough."""
_RARE = 0.01  # a shape rarer than this is not waited for


def remember(scorer: Scorer, reader: Reader, every: Sequence[Listing], unseen: Sequence[Listing]) -> bytes:
    """Profile how `every` listing looks, and what is said of the `unseen`: of its own lessons a model is too sure.

    Both hold at least one listing.
    """
    looks = take_sample(scorer, reader, draw(every, MOST).listings)
    judged = take_sample(scorer, reader, draw(alike(unseen, every), MOST).listings)
    return Profile.of(looks, judged).to_bytes()


def alike(unseen: Sequence[Listing], every: Sequence[Listing]) -> list[Listing]:
    """Leave out unseen listings until each shape is as common among them as among all, in order.

    A split leaves sellers out, so what stays tells less about sellers; scores of such listings are other scores.
    """
    wanted, there = Counter(map(_shape, every)), Counter(map(_shape, unseen))
    common = [shape for shape, times in wanted.items() if times >= _RARE * len(every) and there[shape]]
    if not common:
        return list(unseen)
    rate = min(there[shape] / wanted[shape] for shape in common)
    room = Counter({shape: round(rate * times) or 1 for shape, times in wanted.items()})
    kept = []
    for listing in unseen:
        if room[_shape(listing)] > 0:
            room[_shape(listing)] -= 1
            kept.append(listing)
    return kept


def _shape(listing: Listing) -> Hashable:
    return (
        listing.price_cny is not None,
        listing.seller != NO_SELLER,
        listing.trade != NO_TRADE,
        bool(listing.attributes),
        listing.category is not None,
    )
