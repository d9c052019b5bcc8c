"""Limits: how much somebody may ask for in a minute, one bucket of tokens each, the same for all workers.

While Redis is away every worker counts for itself, so that a limit is generous then, and never shuts anybody out.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import redis
from redis.commands.core import Script

from service.errors import RateLimited
from service.online.keyspace import KINDS, digest
from service.online.link import Link, OnlineAway

_SCRIPT = Path(__file__).with_name("bucket.lua").read_text("utf-8")
_REMEMBERED = 10_000  # buckets kept in the process; those longest unused go first
_MINUTE = 60.0


class Limits:
    """Buckets by name. Safe to share between threads."""

    def __init__(self, link: Link | None, clock: Callable[[], float] = time.time) -> None:
        """Prepare; without a link this process counts alone."""
        self._link, self._clock = link, clock
        self._own = _Buckets()
        self._script: Script | None = None

    def take(self, who: str, per_minute: int, cost: int = 1) -> None:
        """Take `cost` tokens of a bucket that holds a minute's worth. Raises RateLimited, saying how long to wait.

        What costs more than a bucket holds needs a full one, and leaves a debt.
        """
        wait = self._wait(who, per_minute, cost)
        if wait > 0:
            raise RateLimited(f"At most {per_minute} listings or requests a minute are answered here.", wait)

    def _wait(self, who: str, per_minute: int, cost: int) -> float:
        """Seconds to wait; 0 when the tokens were taken."""
        now = self._clock()
        if self._link is None:
            return self._own.take(who, per_minute, cost, now)
        told = (int(now * 1000), per_minute, per_minute, cost, KINDS["limit"].seconds)
        key = self._link.keys.key("limit", digest(who))
        try:
            return self._link.call(lambda client: self._ask(client, key, told)) / 1000
        except OnlineAway:
            return self._own.take(who, per_minute, cost, now)

    def _ask(self, client: redis.Redis, key: str, told: tuple[int, ...]) -> int:
        if self._script is None:
            self._script = client.register_script(_SCRIPT)
        return int(self._script(keys=[key], args=told))


class _Buckets:
    """The same in this process; see bucket.lua."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, capacity: int, cost: int, now: float) -> float:
        rate = capacity / _MINUTE
        tokens, then = self._held.pop(who, (float(capacity), now))
        tokens = min(capacity, tokens + max(now - then, 0.0) * rate)
        wait = max(min(cost, capacity) - tokens, 0.0) / rate
        self._held[who] = (tokens if wait else tokens - cost, now)
        if len(self._held) > _REMEMBERED:
            self._held.popitem(last=False)
        return wait
