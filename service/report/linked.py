"""Leads as a report tells them: the first in one line each; groups with shops by number, what they share by letter."""

import string
from collections.abc import Iterable
from itertools import islice
from typing import Any

from service.leads import Lead
from service.leads.lead import Shop

Told = dict[str, Any]
_GROUPS, _SHOPS, _TIES = 6, 12, 12
_DRAWN = 4  # shops from which a picture says more than a table
_FIRST = 10
_LONGEST = 40  # characters of a name or value
_PRIVATE = "contact"  # a handle of a person: the workbook names it, a page does not


def first(leads: Iterable[Lead]) -> list[Told]:
    """The leads of the most harm, each in one line."""
    return [_lead(lead) for lead in islice(leads, _FIRST)]


def linked(leads: Iterable[Lead]) -> list[Told]:
    """The groups of several sellers, those of the most harm first."""
    return [_group(lead) for lead in [lead for lead in leads if len(lead.shops) > 1][:_GROUPS]]


def _group(lead: Lead) -> Told:
    number = {shop.key: at for at, shop in enumerate(lead.shops[:_SHOPS], start=1)}
    ties: list[Told] = [
        {
            "letter": letter,
            "zh": tie.zh,
            "value": "" if tie.kind == _PRIVATE else _cut(tie.value),
            "strong": tie.strong,
            "sellers": len(tie.sellers),
            "shops": sorted(number[key] for key in tie.sellers if key in number),
        }
        for letter, tie in zip(string.ascii_uppercase, lead.ties[:_TIES], strict=False)
    ]
    shops = [
        {
            "number": number[shop.key],
            "name": _name(shop),
            "platform": _cut(shop.platform or "–"),
            "province": shop.place.province,
            "listings": shop.listings,
            "shares": "".join(tie["letter"] for tie in ties if number[shop.key] in tie["shops"]),
        }
        for shop in lead.shops[:_SHOPS]
    ]
    return _lead(lead) | {
        "shops": shops,
        "ties": ties,
        "drawn": len(shops) >= _DRAWN and len({shop["shares"] for shop in shops}) > 1,
    }


def _lead(lead: Lead) -> Told:
    return {
        "rank": lead.rank,
        "id": lead.lead_id,
        "level": lead.level,
        "shop": _name(lead.shops[0]),
        "sellers": len(lead.shops),
        "listings": lead.listings,
        "province": lead.province,
        "owner": lead.owner.local,
        "exposure": lead.exposure,
        "problem": lead.problems[0].message if lead.problems else "仅综合得分较高",
    }


def _name(shop: Shop) -> str:
    return _cut(shop.name or shop.seller_id or "卖家不明")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
