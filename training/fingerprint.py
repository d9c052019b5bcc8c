"""The fingerprint of a file of takedowns: how a bundle knows what it was trained on."""

import hashlib
from collections.abc import Iterable

import orjson

from training.takedowns import Takedown


class Fingerprint:
    """sha256 over takedowns in order, whatever kind of file they stood in."""

    __slots__ = ("_sha",)

    def __init__(self) -> None:
        """Start with no takedown."""
        self._sha = hashlib.sha256()

    def update(self, takedowns: Iterable[Takedown]) -> None:
        """Add the next takedowns."""
        for takedown in takedowns:
            line = orjson.dumps(takedown, default=dict, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
            self._sha.update(line)

    def hexdigest(self) -> str:
        """64 hex digits."""
        return self._sha.hexdigest()
