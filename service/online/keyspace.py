"""Every key that is ever written to Redis: its name, how long it lives without being used, how large it grows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["seller", "title", "listing", "answer", "limit", "probe"]
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One kind of key: PREFIX:mark:name. `most_bytes` bounds the value."""

    mark: str
    named: str
    holds: str
    seconds: int
    most_bytes: int


KINDS: Mapping[Kind, KeyKind] = MappingProxyType(
    {
        "seller": KeyKind("s", "a seller", "its new listings, by 5 minutes and by hours", 30 * _DAY, 4096),
        "title": KeyKind("t", "a band of a title", "the newest 64 sellers with such a title, prices", 8 * _DAY, 4096),
        "listing": KeyKind("l", "a listing", "when it was first seen, its highest price", 30 * _DAY, 64),
        "answer": KeyKind("a", "a question", "its answer, sealed", 300, 65_536),
        "limit": KeyKind("r", "an access key", "its tokens left", 3600, 64),
        "probe": KeyKind("p", "nothing", "whether Redis takes a write", 60, 1),
    }
)
"""The table. Lives are renewed by use, save those of answers."""


class KeySpace:
    """Names of keys. They are digests: nothing tells who a seller is, or what a title says."""

    def __init__(self, prefix: str) -> None:
        """Put `prefix` before every key."""
        self.prefix = prefix
        self._starts = {kind: f"{prefix}:{told.mark}:" for kind, told in KINDS.items()}

    def key(self, kind: Kind, name: str) -> str:
        """The key of this kind with this name."""
        return self._starts[kind] + name


def digest(*parts: str | None) -> str:
    """24 hex digits that stand for some words, None apart from every word."""
    told = "\0".join("\1" if part is None else f"={part}" for part in parts)
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
