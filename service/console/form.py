"""The form for one listing: its fields, read as cells of a table are, so that people may write 1.2万 or 31%."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from features import columns
from features.intake import ListingRejected, Problem, SellerIn, TradeIn
from features.listing import Listing
from service import wire

GOODS = ("listing_id", "platform", "category", "brand", "price_cny", "list_price_cny", "observed_at")
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "goods": GOODS,
        "seller": tuple(f"seller.{name}" for name in SellerIn.model_fields),
        "trade": tuple(f"trade.{name}" for name in TradeIn.model_fields),
    }
)
"""Fields one by one, by part of the form; title, description and attributes are larger."""
_COLUMNS = columns.resolve([name for group in GROUPS.values() for name in group])
_COLON = ("：", ":", "=")


def read(form: Mapping[str, str]) -> Listing:
    """Read a filled form. Raises ListingRejected, with pointers to the fields."""
    told = _cells(form)
    told["title"] = " ".join(form.get("title", "").splitlines()).strip(" ")
    if description := form.get("description", "").strip():
        told["description"] = description
    if attributes := _attributes(form.get("attributes", "")):
        told["attributes"] = attributes
    return wire.listing(told)


def filled(listing: Mapping[str, Any]) -> dict[str, str]:
    """Fill the form with a listing as it is on the wire."""
    flat: dict[str, str] = {}
    for name, value in listing.items():
        if name == "attributes":
            flat[name] = "\n".join(f"{key}：{text}" for key, text in value.items())
        elif isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": _cell(one) for inner, one in value.items()}
        else:
            flat[name] = _cell(value)
    return flat


def _cells(form: Mapping[str, str]) -> dict[str, Any]:
    """Read the fields that are cells. A form has no columns, so problems do not name them."""
    try:
        return columns.record(form, 0, _COLUMNS)
    except ListingRejected as error:
        told = (Problem(one.pointer, one.message.partition("): ")[2] or one.message) for one in error.problems)
        raise ListingRejected(told) from error


def _cell(value: object) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _attributes(lines: str) -> dict[str, str]:
    """Read `name: text`, one a line. Raises ListingRejected."""
    found: dict[str, str] = {}
    for number, line in enumerate(filter(None, map(str.strip, lines.splitlines())), 1):
        places = [place for sign in _COLON if (place := line.find(sign)) > 0]
        if not places:
            raise ListingRejected([Problem("/attributes", f"line {number} has no name; write 材质: 小羊皮")])
        found[line[: min(places)].strip()] = line[min(places) + 1 :].strip()
    return found
