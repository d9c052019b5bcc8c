"""Velocity: how fast sellers and titles come up, watched while listings are scored.

A listing alone tells nothing: a part is served only when another listing of the seller, another seller of the title,
or another price of the listing was seen. What was sent with the listing goes first, and is not touched.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from redis.commands.core import Script

from features.listing import NO_VELOCITY, Listing, Velocity
from features.reading import Reading
from service.online.keyspace import KINDS, KeySpace, Kind, digest
from service.online.link import Link
from service.online.titles import bands

_SCRIPT = Path(__file__).with_suffix(".lua").read_text("utf-8")
_MOST = 1e12
"""No number of a listing is larger."""
_LIVES: tuple[Kind, ...] = ("seller", "title", "listing")
"""Whose lives the script is told, in order."""
_SHORT = 12  # digits that name a seller inside a value


class VelocityWatch:
    """Serves what is known, and counts. Safe to share between threads."""

    def __init__(self, link: Link, clock: Callable[[], float] = time.time) -> None:
        """Prepare; `clock` tells seconds since 1970."""
        self._link, self._clock = link, clock
        self._script: Script | None = None
        bands("")  # reads the table of sounds, so that the first request does not

    def serve(self, readings: Sequence[Reading], counted: Sequence[bool]) -> list[Reading]:
        """The readings with what is known of their velocity; those `counted` are known from then on.

        One round trip. Sending a listing again counts nothing twice. Raises OnlineAway.
        """
        question = _Question(self._link.keys)
        for reading, counts in zip(readings, counted, strict=True):
            question.add(reading, counts=counts)
        told = self._link.call(lambda client: self._ask(client, question))
        return [_with(*pair) for pair in zip(readings, told, strict=True)]

    def _ask(self, client: Any, question: "_Question") -> list[bytes]:  # noqa: ANN401 - redis-py types it loosely
        if self._script is None:
            self._script = client.register_script(_SCRIPT)
        lives = [KINDS[kind].seconds for kind in _LIVES]
        now = int(self._clock() * 1000)
        told: list[bytes] = self._script(keys=list(question.places), args=[now, *lives, *question.told])
        return told


class _Question:
    """What the script is asked about a group of listings."""

    def __init__(self, keys: KeySpace) -> None:
        self._keys = keys
        self.places: dict[str, int] = {}
        self.told: list[str | int] = []

    def add(self, reading: Reading, *, counts: bool) -> None:
        """Ask about one more listing."""
        listing = reading.listing
        who = seller_of(listing)
        price = "" if listing.price_cny is None else f"{listing.price_cny:.2f}"
        own = self._place("listing", digest(listing.platform, listing.listing_id))
        shop = self._place("seller", who) if who else 0
        titles = [self._place("title", band) for band in bands(reading.title.text)]
        self.told += [int(counts), who[:_SHORT], price, own, shop, len(titles), *titles]

    def _place(self, kind: Kind, name: str) -> int:
        return self.places.setdefault(self._keys.key(kind, name), len(self.places) + 1)


def seller_of(listing: Listing) -> str:
    """Digest of who sells: by id, else by name; "" when neither is told."""
    name = listing.seller.seller_id or listing.seller.name
    return digest(listing.platform, name) if name else ""


def _with(reading: Reading, told: bytes) -> Reading:
    if reading.listing.velocity != NO_VELOCITY:
        return reading
    served = read(told)
    if served == NO_VELOCITY:
        return reading
    return replace(reading, listing=replace(reading.listing, velocity=served))


_NAMES = (
    ("seller_new_1h", "seller_new_24h", "seller_new_7d", "seller_listings", "seller_watched_s"),
    ("title_sellers_24h", "title_sellers_7d", "title_watched_s", "title_median_cny"),
    ("earlier_cny",),
)
"""What the numbers of each part of an answer are."""


def read(told: bytes) -> Velocity:
    """What the script says of a listing: three parts, each numbers in order or nothing; no number is no news."""
    known: dict[str, float] = {}
    for part, names in zip(told.decode("ascii", "replace").split("|"), _NAMES, strict=False):
        if part == "-":
            continue
        for name, number in zip(names, part.split(" "), strict=False):
            with suppress(ValueError):
                known[name] = min(max(0.0, float(number)), _MOST)  # of 0 and NaN, 0
    return Velocity(**known) if known else NO_VELOCITY
