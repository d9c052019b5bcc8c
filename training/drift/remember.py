"""What a bundle remembers of its training, so that drift can be told without the takedowns."""

from collections.abc import Sequence

from features.listing import Listing
from features.reader import Reader
from models.scorer import Scorer
from training.drift.profile import Profile
from training.drift.sample import draw, take_sample

MOST = 20_000
"""Listings that are remembered; a few seconds, and limits narrow enough."""


def remember(scorer: Scorer, reader: Reader, unseen: Sequence[Listing]) -> bytes:
    """Profile n >= 1 listings that the trees were not fitted on: on their own, scores would be too sure."""
    return Profile.of(take_sample(scorer, reader, draw(unseen, MOST).listings)).to_bytes()
