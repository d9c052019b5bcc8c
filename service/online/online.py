"""What the service keeps online, in one place: the link and those who use it."""

from service.online.keyspace import KeySpace
from service.online.link import Link
from service.online.velocity import VelocityWatch


class Online:
    """One link, shared by velocity, cache and limits."""

    def __init__(self, url: str, prefix: str, patience: float) -> None:
        """Connect. `patience`: seconds that a request waits for Redis at most, once."""
        self.link = Link(url, KeySpace(prefix), patience=patience)
        self.velocity = VelocityWatch(self.link)

    def look(self) -> None:
        """See whether Redis is back, when it was away; keep memory small. To be called every second or so."""
        self.link.look()
        self.link.sweep()

    def close(self) -> None:
        """Let go."""
        self.link.close()
