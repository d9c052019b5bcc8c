"""The throttle: after several wrong keys, an address waits."""

import time
from collections import OrderedDict
from collections.abc import Callable

TRIES = 10
"""Wrong keys an address may show within WINDOW."""
WINDOW = 300.0  # seconds
_ADDRESSES = 10_000  # remembered at once; the oldest are forgotten first


class Throttle:
    """Counts failures in this process. Keys are 256 random bits; this is against load and noise in the log."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing remembered."""
        self._now = now
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds an address has to wait; 0 when it may try."""
        recent = [at for at in self._failed.get(address, ()) if self._now() - at < WINDOW]
        return recent[-TRIES] + WINDOW - self._now() if len(recent) >= TRIES else 0.0

    def failed(self, address: str) -> None:
        """Remember a wrong key."""
        kept = [at for at in self._failed.pop(address, ()) if self._now() - at < WINDOW]
        self._failed[address] = [*kept[1 - TRIES :], self._now()]
        if len(self._failed) > _ADDRESSES:
            self._failed.popitem(last=False)

    def passed(self, address: str) -> None:
        """Forget the failures of an address that showed a right key."""
        self._failed.pop(address, None)
