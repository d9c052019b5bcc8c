"""What the service keeps online, in one place: the link and those who use it."""

from importlib.metadata import version

from service.online.cache import ScoreCache
from service.online.keyspace import KeySpace
from service.online.limits import Limits
from service.online.link import Link
from service.online.velocity import VelocityWatch


class Online:
    """One link, shared by velocity, cache and limits."""

    def __init__(self, url: str, prefix: str, patience: float, secret: bytes = b"", *, cached_s: int = 0) -> None:
        """Connect. `patience`: seconds that a request waits for Redis at most, once.

        Answers are cached for `cached_s` seconds, 0: not at all, sealed with `secret`.
        """
        self.link = Link(url, KeySpace(prefix), patience=patience)
        self.velocity = VelocityWatch(self.link)
        self.limits = Limits(self.link)
        self.cache = ScoreCache(self.link, secret, cached_s, version("zhenwei")) if cached_s else None

    def look(self) -> None:
        """See whether Redis is back, when it was away; keep memory small. To be called every second or so."""
        self.link.look()
        self.link.sweep()

    def close(self) -> None:
        """Let go."""
        self.link.close()
