"""Listings as parsed JSON: one way in for every door."""

from pydantic import ValidationError

from features.intake import ListingIn, ListingRejected, Problem, problems
from features.json_text import MalformedJson, names_in, parse
from features.listing import Listing

__all__ = ["TYPE", "MalformedJson", "listing", "parse"]

TYPE = "application/json"
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
