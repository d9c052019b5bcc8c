"""Every key that is ever written to Redis: its pattern, how long it lives without being used, how large it grows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["seller", "title", "listing", "answer", "limit", "probe"]
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One kind of key. `most_bytes` bounds the value."""

    pattern: str
    holds: str
    seconds: int
    most_bytes: int


KINDS: Mapping[Kind, KeyKind] = MappingProxyType(
    {
        "seller": KeyKind(
            "{prefix}:s:{seller}", "new listings of a seller, by 5 minutes and by hours", 30 * _DAY, 4096
        ),
        "title": KeyKind(
            "{prefix}:t:{band}", "the newest 64 sellers with a title like this, and prices", 8 * _DAY, 4096
        ),
        "listing": KeyKind("{prefix}:l:{listing}", "when a listing was first seen, its highest price", 30 * _DAY, 64),
        "answer": KeyKind("{prefix}:a:{secret}:{question}", "an answer, sealed", 300, 65_536),
        "limit": KeyKind("{prefix}:r:{key}", "tokens left of an access key or a login", 3600, 64),
        "probe": KeyKind("{prefix}:probe", "nothing: whether Redis takes a write", 60, 1),
    }
)
"""The table. Lives are renewed by use, save those of answers and probes."""


class KeySpace:
    """Names of keys. Nothing in a name or a value tells who a seller is, or what a title says."""

    def __init__(self, prefix: str) -> None:
        """Put `prefix` before every key."""
        self.prefix = prefix

    def seconds(self, kind: Kind) -> int:
        """How long a key of this kind lives."""
        return KINDS[kind].seconds

    def seller(self, seller: str) -> str:
        """Key of a seller, by its digest."""
        return f"{self.prefix}:s:{seller}"

    def title(self, band: str) -> str:
        """Key of a band of a title's signature."""
        return f"{self.prefix}:t:{band}"

    def listing(self, listing: str) -> str:
        """Key of a listing, by its digest."""
        return f"{self.prefix}:l:{listing}"

    def answer(self, secret: str, question: str) -> str:
        """Key of an answer, by the name of the secret that seals it and the digest of the question."""
        return f"{self.prefix}:a:{secret}:{question}"

    def limit(self, who: str) -> str:
        """Key of what is left to somebody, by digest."""
        return f"{self.prefix}:r:{who}"

    def probe(self) -> str:
        """Key that probes write."""
        return f"{self.prefix}:probe"


def digest(*parts: str | None) -> str:
    """24 hex digits that stand for some words, None apart from every word."""
    told = "\0".join("\1" if part is None else f"={part}" for part in parts)
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
