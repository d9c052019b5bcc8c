"""Sellers: who offers the listings. Honest and dishonest records overlap; nobody is told apart by a date or an id."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.cn import uscc

from training.market.chance import happens
from training.market.words import Part, Product, Vocabulary, names

_START = {"train": date(2022, 1, 1), "evaluation": date(2025, 1, 1)}
_DAYS = {"train": 1095, "evaluation": 300}
_DISHONEST, _GUILT, _SLIPS = 0.25, 0.42, 0.02
_BRUSHERS, _HONEST_BRUSHERS, _BRUSHED = 0.30, 0.09, 0.38
_KINDS = ("flagship", "authorised", "company", "person", "person", "person", "company")
_WORDS = names()
_REGIONS, _ENDS, _SOUNDS = _WORDS["regions"].split(), _WORDS["ends"].split(), _WORDS["sounds"]
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Merchant:
    """A seller and how it behaves. `record` is what a platform would show, each value possibly left out later."""

    record: dict[str, Any]
    opened: date
    products: tuple[Product, ...]
    guilt: float
    brushing: float
    active: tuple[date, int]  # first day, days


def merchant(vocabulary: Vocabulary, number: int, seed: int, random: Random) -> Merchant:
    """Invent one seller of this part of the market."""
    part = vocabulary.part
    dishonest = happens(_DISHONEST, random)
    brusher = happens(_BRUSHERS if dishonest else _HONEST_BRUSHERS, random)
    span = min(_DAYS[part], random.randint(20, 400))
    first = _START[part] + timedelta(days=random.randrange(_DAYS[part] - span + 1))
    age = int(random.lognormvariate(6.3 if dishonest else 6.6, 1.0))
    identity = hashlib.sha256(f"{part}/{seed}/{number}".encode()).hexdigest()[:12]
    products = tuple(
        random.choices(vocabulary.products, cum_weights=vocabulary.product_weights, k=random.choice((1, 2, 3, 5)))
    )
    opened = first - timedelta(days=min(max(1, age), 8_000))
    record = _record(random, dishonest=dishonest, brusher=brusher)
    record |= {"seller_id": identity, "name": shop_name(part, random), "opened_on": opened}
    return Merchant(
        record, opened, products, _GUILT if dishonest else _SLIPS, _BRUSHED if brusher else 0.004, (first, span)
    )


def shop_name(part: Part, random: Random) -> str:
    """A shop's name; names of the two parts never meet."""
    while True:
        at = random.randrange(0, len(_SOUNDS) - 1, 2)
        start = _SOUNDS[at : at + 2] + "".join(random.sample(_SOUNDS, random.choice((0, 1, 2))))
        name = start + random.choice(_ENDS) + random.choice(("", "", str(random.randrange(10, 999))))
        if (hashlib.sha256(name.encode()).digest()[0] % 4 == 0) == (part == "evaluation"):
            return name


def _record(random: Random, *, dishonest: bool, brusher: bool) -> dict[str, Any]:
    bad = 1.0 if dishonest else 0.0
    listings = int(random.lognormvariate(4.5, 1.1)) + 1
    return {
        "uscc": _uscc(random) if happens(0.45 if dishonest else 0.6, random) else None,
        "region": random.choice(_REGIONS),
        "kind": random.choice(_KINDS) if happens(1 - 0.25 * bad, random) else "person",
        "rating": round(min(5.0, max(3.2, random.gauss(4.72 - 0.1 * bad + (0.08 if brusher else 0), 0.17))), 2),
        "followers": float(int(random.lognormvariate(6.4, 1.9))),
        "deposit_cny": random.choice((0.0, 0.0, 1000.0, 1000.0, 2000.0, 5000.0, 10000.0, 50000.0)),
        "listings_count": float(listings),
        "takedowns_180d": float(_rare(random, 0.22 + 0.45 * bad)),
        "complaints_90d": float(_rare(random, 0.8 + 0.7 * bad)),
        "fake_complaints_90d": float(_rare(random, 0.12 + 0.35 * bad)),
        "refund_rate_90d": round(random.betavariate(2.0 + 0.8 * bad, 22), 4),
    }


def _rare(random: Random, mean: float) -> int:
    """A count with a long tail and this mean."""
    level = random.gammavariate(0.6, mean / 0.6)
    count, left = 0, random.expovariate(1.0)
    while left < level:
        count += 1
        left += random.expovariate(1.0)
    return count


def _uscc(random: Random) -> str:
    body = (
        "91"
        + random.choice(("44", "35", "33", "32", "37", "41", "51", "31", "11", "50"))
        + "".join(random.choices("0123456789", k=4))
    )
    body += "".join(random.choices(_USCC, k=9))
    return body + uscc.calc_check_digit(body)
