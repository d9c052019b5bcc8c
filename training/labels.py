"""What a takedown says about each head: guilty, honest, or nothing."""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.heads import HEAD_OF_REASON
from training.takedowns import Outcome, Takedown

_BETWEEN = re.compile(r"[+,;|、，；]")


class Label(IntEnum):
    """An answer to one head's question."""

    UNKNOWN = -1
    HONEST = 0
    GUILTY = 1


@lru_cache(maxsize=4096)
def words_of(reason: str) -> tuple[str, ...]:
    """Single reasons of a takedown, in lower case: `Replica + 刷单` -> ("replica", "刷单")."""
    return tuple(word for part in _BETWEEN.split(reason) if (word := part.strip().casefold()))


def heads_of(takedown: Takedown) -> frozenset[str]:
    """Heads that the reasons of a takedown name."""
    return _heads_of(takedown.reason)


@lru_cache(maxsize=4096)
def _heads_of(reason: str) -> frozenset[str]:
    return frozenset(head for word in words_of(reason) if (head := HEAD_OF_REASON.get(word)) is not None)


def label(takedown: Takedown, head: str) -> Label:
    """Decide what one takedown says about one head, see `verdict`."""
    return verdict(takedown.outcome, takedown.reason, head)


def verdict(outcome: Outcome, reason: str, head: str) -> Label:
    """Decide what an outcome and its reasons say about one head.

    confirmed                   guilty of the heads its reasons name; nobody looked into the others
    rejected, appeal_reversed   honest in the heads its reasons name; in every head when it names none
    pending                     nothing
    A reason no head knows names no head: a confirmed takedown then says nothing.
    """
    if outcome == "pending":
        return Label.UNKNOWN
    named = head in _heads_of(reason)
    if outcome == "confirmed":
        return Label.GUILTY if named else Label.UNKNOWN
    return Label.HONEST if named or not words_of(reason) else Label.UNKNOWN


def labels(takedowns: Sequence[Takedown], head: str) -> NDArray[np.int8]:
    """Labels of n takedowns for one head, (n,), values of Label."""
    return np.fromiter((label(t, head) for t in takedowns), dtype=np.int8, count=len(takedowns))


def unknown_reasons(takedowns: Iterable[Takedown]) -> tuple[str, ...]:
    """Reasons of confirmed takedowns that no head knows, sorted: add them to models/heads.toml."""
    given = {word for t in takedowns if t.outcome == "confirmed" for word in words_of(t.reason)}
    return tuple(sorted(given - HEAD_OF_REASON.keys()))
