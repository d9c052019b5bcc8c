"""Orders and reviews: streams of honest and of bought orders, mixed as a platform would count them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from training.market.season import STILL, tactics
from training.market.words import ROOT, Weights, weights

Range = tuple[float, float]
_SHARES = {
    "night": "night_order_share",
    "repeat": "repeat_buyer_share",
    "address": "same_address_share",
    "waybill": "waybill_reuse_share",
    "empty": "empty_parcel_share",
    "refund": "refund_after_confirm_share",
    "conversion": "conversion_rate",
}
_REVIEW_SHARES = {"five": "five_star_share", "photo": "photo_review_share", "duplicate": "duplicate_review_share"}


@dataclass(frozen=True, slots=True)
class Stream:
    """One way orders come about."""

    share: Mapping[str, Range]
    peak: Range
    rate: Range
    burst: Range


def honest_trade(random: Random, month: int = STILL) -> dict[str, float]:
    """Thirty days of an honest listing."""
    kinds, names = _streams(month)
    chosen = random.choices(names["honest"][0], cum_weights=names["honest"][1], k=random.choice((1, 2, 2, 3)))
    return _trade([(kinds[name], random.uniform(0.2, 1)) for name in chosen], random)


def brushed_trade(random: Random, month: int = STILL) -> tuple[dict[str, float], str]:
    """Thirty days of a listing with bought orders or reviews, and the reason a reviewer would give."""
    kinds, names = _streams(month)
    chosen = random.choices(names["honest"][0], cum_weights=names["honest"][1], k=random.choice((1, 1, 2)))
    brush = random.choices(names["brush"][0], cum_weights=names["brush"][1])[0]
    mixed = [(kinds[name], random.uniform(0.2, 1)) for name in chosen]
    total = sum(weight for _, weight in mixed)
    mixed.append((kinds[brush], total * random.choice((0.25, 0.5, 1.0, 2.0, 4.0)) * random.uniform(0.6, 1.2)))
    return _trade(mixed, random), "fake_reviews" if brush == "reviews_only" else "brushing"


def _trade(streams: list[tuple[Stream, float]], random: Random) -> dict[str, float]:
    total = sum(weight for _, weight in streams)
    orders = max(1, int(random.lognormvariate(4.0, 1.7)))
    mixed = {name: sum(w * _in(s.share[key], random) for s, w in streams) / total for key, name in _SHARES.items()}
    rates = [(w * _in(s.rate, random), s) for s, w in streams]
    reviewed = sum(rate for rate, _ in rates)
    mixed |= {
        name: sum(rate * _in(s.share[key], random) for rate, s in rates) / reviewed
        for key, name in _REVIEW_SHARES.items()
    }
    week = max(0, round(orders * min(1.0, random.betavariate(3, 8))))
    reviews = round(orders * reviewed / total * random.uniform(0.6, 1.1))
    peak = max(w * _in(s.peak, random) for s, w in streams) / total
    burst = max(w * _in(s.burst, random) for s, w in streams) / total
    out = {name: round(min(1.0, max(0.0, value * random.uniform(0.85, 1.15))), 4) for name, value in mixed.items()}
    return out | {
        "orders_7d": float(week),
        "orders_30d": float(orders),
        "orders_total": float(round(orders * (1 + random.expovariate(0.2)))),
        "max_orders_1h": float(min(week, max(1, round(week * peak))) if week else 0),
        "buyers_30d": float(max(1, round(orders * (1 - 0.6 * out["repeat_buyer_share"])))),
        "reviews_30d": float(reviews),
        "reviews_total": float(round(reviews * (1 + random.expovariate(0.25)))),
        "review_burst_max_1d": float(round(reviews * burst)),
    }


def _in(span: Range, random: Random) -> float:
    return span[0] + (span[1] - span[0]) * random.random()


@cache
def _streams(month: int) -> tuple[Mapping[str, Stream], Mapping[str, Weights]]:
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads((ROOT / "streams.toml").read_text(encoding="utf-8"))
    kinds = {
        n: Stream(t["share"], t["peak"], t["rate"], t["burst"]) for group in table.values() for n, t in group.items()
    }
    return kinds, {
        kind: weights(tactics({n: t["weight"] for n, t in group.items()}, month)) for kind, group in table.items()
    }
