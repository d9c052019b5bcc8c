"""The notice list for couriers: shops and goods to look at when parcels are taken in."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from service.leads.lead import Lead, Shop

_PATH = Path(__file__).with_name("couriers.toml")
_GOODS = 3


class _Focus(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    laws: tuple[str, ...]
    zh: str
    fraud: bool = False


class _Couriers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    basis: str
    ask: str
    other: str
    focus: tuple[_Focus, ...]


@cache
def words() -> _Couriers:
    """Basis, request and what to look at."""
    return _Couriers.model_validate(tomllib.loads(_PATH.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Notice:
    """One shop on the list."""

    shop: str
    platform: str
    uscc: str
    province: str
    goods: str
    titles: tuple[str, ...]
    focus: str
    lead_id: str


def notices(leads: Iterable[Lead]) -> Iterator[Notice]:
    """Every shop with a name or code that a courier can recognise, worst lead first."""
    for lead in leads:
        if lead.level == "low":
            continue
        for shop in lead.shops:
            if shop.name or shop.uscc:
                yield _notice(lead, shop)


def _notice(lead: Lead, shop: Shop) -> Notice:
    return Notice(
        shop=shop.name or shop.seller_id or "",
        platform=shop.platform or "",
        uscc=shop.uscc or "",
        province=shop.place.province,
        goods="、".join(shop.categories[:_GOODS]),
        titles=shop.titles,
        focus=_focus(lead),
        lead_id=lead.lead_id,
    )


def _focus(lead: Lead) -> str:
    """What to look at: all that the lead is about, at most two of it."""
    fraud = any(offer.fact.head == "fraud_order" for offer in lead.offers)
    focus = words().focus
    told = [one.zh for one in focus if (one.fraud and fraud) or any(law.id.startswith(one.laws) for law in lead.law)]
    return "；".join(told[:2]) or words().other
