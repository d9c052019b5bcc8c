"""Listings as parsed JSON: one way in for every door, and the way back."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from features.intake import ListingIn, ListingRejected, Problem, problems
from features.json_text import MalformedJson, names_in, parse
from features.listing import NO_SELLER, NO_TRADE, Listing, Seller, Trade

__all__ = ["TYPE", "MalformedJson", "listing", "parse", "told"]

TYPE = "application/json"
_OWN = tuple(name for name in Listing.__slots__ if name not in {"seller", "trade", "attributes", "signals"})
_MOST_NAMES = 1500  # the largest listing has 1,149; reporting each of 100,000 wrong ones would take seconds


def listing(told: object, root: str = "") -> Listing:
    """Read one listing from parsed JSON. Raises ListingRejected with pointers below `root`."""
    if not isinstance(told, dict):
        raise ListingRejected((Problem(root, 'must be an object like {"listing_id": "1", "title": "…"}'),))
    if (names := names_in(told)) > _MOST_NAMES:
        raise ListingRejected((Problem(root, f"holds {names} names, more than any listing; send one listing"),))
    try:
        return ListingIn.model_validate(told).to_listing()
    except ValidationError as error:
        raise ListingRejected(problems(error, root)) from error


def told(listing: Listing) -> dict[str, object]:
    """A listing as data that `listing` reads again; what was not told is left out."""
    fields = _known(listing, _OWN)
    if listing.seller != NO_SELLER:
        fields["seller"] = _known(listing.seller, Seller.__slots__)
    if listing.trade != NO_TRADE:
        fields["trade"] = _known(listing.trade, Trade.__slots__)
    if listing.attributes:
        fields["attributes"] = dict(listing.attributes)
    if listing.signals:
        fields["signals"] = dict(listing.signals)
    return fields


def _known(record: Any, names: Iterable[str]) -> dict[str, object]:  # noqa: ANN401 - any of three records
    return {name: value for name in names if (value := getattr(record, name)) is not None}
