"""The link to Redis: one short wait at most, then nothing is asked of it until a probe was answered.

`memory://` is the same commands in the process.
"""

import logging
import random
import time
from collections.abc import Callable
from threading import Lock
from typing import Literal, TypeVar, cast

import fakeredis
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from features.errors import ZhenweiError
from service.online.keyspace import KINDS, KeySpace
from service.traces import span

LOG = logging.getLogger("zhenwei")
MEMORY = "memory://"
T = TypeVar("T")
State = Literal["ok", "away"]
_AGAIN, _LONGEST = 1.0, 30.0
"""Seconds between probes, which no request waits for; more, up to the second, for one that answers probes only."""
_SETTLED = 10.0
"""Seconds a link must hold after a probe to be trusted as before."""
_MOST_KEYS, _AT_ONCE = 60_000, 500
"""Keys that memory:// holds; a real Redis bounds itself by maxmemory."""


class OnlineAway(ZhenweiError):
    """Redis cannot be reached, is too slow, is full or refuses; `cause` is for operators only."""

    def __init__(self, cause: str) -> None:
        """Keep what Redis said."""
        super().__init__("What is known online is away; it comes back by itself when Redis answers again.")
        self.cause = cause


class Link:
    """One Redis. Safe to share between threads."""

    def __init__(
        self, url: str, keys: KeySpace, *, patience: float = 0.05, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare and probe once. `patience`: seconds that a call or a connection may take."""
        self.keys = keys
        self.in_memory = url == MEMORY
        self._client = _client(url, patience)
        self._clock = clock
        self._lock = Lock()
        self._away = False
        self._wait, self._next, self._since = _AGAIN, 0.0, -_SETTLED
        self._failures = 0
        self.probe()

    @property
    def state(self) -> State:
        """How the last attempt went."""
        return "away" if self._away else "ok"

    def call(self, work: Callable[[redis.Redis], T]) -> T:
        """Do something with Redis. Raises OnlineAway, at once while Redis is away."""
        if self._away:
            raise OnlineAway("not asked: it was away a moment ago")
        try:
            with span("redis"):
                return work(self._client)
        except (redis.RedisError, OSError) as error:
            self._call_failed(error)
            raise OnlineAway(_told(error)) from error

    def failed(self) -> int:
        """How many calls and probes failed since this was asked last."""
        told, self._failures = self._failures, 0
        return told

    def look(self) -> None:
        """Probe when that is due; to be called again and again."""
        if self._away and self._clock() >= self._next:
            self.probe()

    def probe(self) -> None:
        """See whether Redis takes a write and gives it back."""
        key = self.keys.key("probe", "")
        try:
            self._client.set(key, b"1", ex=KINDS["probe"].seconds)
            self._client.get(key)
        except (redis.RedisError, OSError) as error:
            self._lost(error)
            return
        with self._lock:
            back, self._away = self._away, False
            if back:
                self._since = self._clock()
        if back:
            LOG.info("online back")

    def sweep(self) -> None:
        """Keep the process small where it is its own Redis: of too many keys, forget some at random."""
        if not self.in_memory:
            return
        if (spare := self._client.dbsize() - _MOST_KEYS) > 0:
            gone = random.sample(self._client.keys(), spare + _MOST_KEYS // 10)
            for at in range(0, len(gone), _AT_ONCE):
                self._client.delete(*gone[at : at + _AT_ONCE])

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _call_failed(self, error: Exception) -> None:
        with self._lock:
            if not self._away:
                steady = self._clock() - self._since >= _SETTLED
                self._wait = _AGAIN if steady else min(self._wait * 2, _LONGEST)
        self._lost(error)

    def _lost(self, error: Exception) -> None:
        with self._lock:
            already, self._away = self._away, True
            self._next = self._clock() + self._wait
            self._failures += 1
        if not already:
            LOG.warning("online away", extra={"told": {"why": _told(error)}})


def _client(url: str, patience: float) -> redis.Redis:
    if url == MEMORY:
        return cast("redis.Redis", fakeredis.FakeRedis(server=fakeredis.FakeServer()))
    return redis.Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 0),  # whoever waits is a request; the probe tries again
        client_name="zhenwei",
    )


def _told(error: Exception) -> str:
    """The class of an error and what Redis said first; never a URL or a value."""
    return (
        f"{type(error).__name__}: {str(error)[:120]}"
        if isinstance(error, redis.ResponseError)
        else type(error).__name__
    )
