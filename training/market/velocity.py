"""How fast sellers and titles come up: what a service that watches them for a while would have counted."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from features.listing import NO_VELOCITY, Velocity
from training.market.chance import happens
from training.market.words import ROOT, Weights, weights

Range = tuple[float, float]
_KNOWN = 0.3  # listings of known sellers that a service tells velocity of; of bare titles a third as many
_PARTS = 0.7  # of those, how often each part is known
_HOUR, _DAY, _WEEK = 3_600.0, 86_400.0, 604_800.0
_SHORTEST, _LONGEST = 60.0, 30 * _DAY  # how long something was watched
_NEW = 0.7  # listings that are scored because they are new; the others were seen before
_BURST_HOURS = (0.1, 40.0)
_MOST_SELLERS = 128.0  # a title's sellers are not counted beyond
_MANY = 50.0  # a count this large is drawn from the bell curve


@dataclass(frozen=True, slots=True)
class _Pace:
    daily: Range
    burst: Range


@dataclass(frozen=True, slots=True)
class _Prices:
    earlier: Range
    others: Range


@dataclass(frozen=True, slots=True)
class _Table:
    paces: Mapping[tuple[str, str], tuple[Mapping[str, _Pace], Weights]]
    prices: Mapping[str, tuple[Mapping[str, _Prices], Weights]]


def velocity(listing_id: str, *, guilty: bool, seller: bool, price: float | None) -> Velocity:
    """What was known of a listing's seller and title when it was scored; mostly nothing, never because of its guilt.

    It draws from the listing's own chance, so that a market with velocity is otherwise the market without.
    """
    random = Random(f"velocity/{listing_id}")
    if not happens(_KNOWN if seller else _KNOWN / 3, random):
        return NO_VELOCITY
    truth = "guilty" if guilty else "honest"
    known: dict[str, float] = {}
    if happens(_PARTS, random) and seller:
        known |= _seller(_pace("seller", truth, random), random)
    if happens(_PARTS, random):
        known |= _title(_pace("title", truth, random), random)
    if price is not None:
        prices = _prices(truth, random)
        if known.get("title_sellers_7d") and happens(0.8, random):
            known["title_median_cny"] = _money(price / _between(prices.others, random))
        if happens(_PARTS / 2, random):
            known["earlier_cny"] = _money(price / _between(prices.earlier, random))
    return Velocity(**known) if known else NO_VELOCITY


def _seller(pace: _Pace, random: Random) -> dict[str, float]:
    watched = _between((_SHORTEST, _LONGEST), random)
    hour, day, week, whole = _counts(pace, watched, random)
    own = 1.0 if happens(_NEW, random) else 0.0
    return {
        "seller_new_1h": hour + own,
        "seller_new_24h": day + own,
        "seller_new_7d": week + own,
        "seller_listings": whole + 1.0,
        "seller_watched_s": float(round(watched)),
    }


def _title(pace: _Pace, random: Random) -> dict[str, float]:
    watched = _between((_SHORTEST, _LONGEST), random)
    _, day, week, _ = _counts(pace, watched, random)
    return {
        "title_sellers_24h": min(day, _MOST_SELLERS),
        "title_sellers_7d": min(week, _MOST_SELLERS),
        "title_watched_s": float(round(watched)),
    }


def _counts(pace: _Pace, watched: float, random: Random) -> tuple[float, float, float, float]:
    """How many came up within an hour, a day, a week and ever, as far as it was watched."""
    daily = _between(pace.daily, random)
    size, ago = _between(pace.burst, random) if pace.burst[1] else 0.0, _between(_BURST_HOURS, random) * _HOUR
    ends = [min(watched, end) for end in (_HOUR, _DAY, _WEEK, _LONGEST)]
    total, before, out = 0.0, 0.0, []
    for end in ends:
        total += _count(daily * (end - before) / _DAY, random)
        before = end
        out.append(total + (_rounded(size, min(end / ago, 1.0)) if size else 0.0))
    return out[0], out[1], out[2], out[3]


def _count(mean: float, random: Random) -> float:
    """How many come up when so many are expected."""
    if mean > _MANY:
        return float(max(round(random.gauss(mean, math.sqrt(mean))), 0))
    count, left = 0, random.expovariate(1.0)
    while left < mean:
        count += 1
        left += random.expovariate(1.0)
    return float(count)


def _rounded(size: float, share: float) -> float:
    return float(round(size * share))


def _between(span: Range, random: Random) -> float:
    """A number of the range, every order of magnitude as likely as another."""
    return math.exp(random.uniform(math.log(span[0]), math.log(span[1])))


def _money(cny: float) -> float:
    return round(max(cny, 0.1), 2)


def _pace(part: str, truth: str, random: Random) -> _Pace:
    paces, names = _table().paces[part, truth]
    return paces[random.choices(names[0], cum_weights=names[1])[0]]


def _prices(truth: str, random: Random) -> _Prices:
    prices, names = _table().prices[truth]
    return prices[random.choices(names[0], cum_weights=names[1])[0]]


@cache
def _table() -> _Table:
    told = tomllib.loads((ROOT / "velocity.toml").read_text(encoding="utf-8"))
    paces = {
        (part, truth): ({n: _Pace(tuple(k["daily"]), tuple(k["burst"])) for n, k in kinds.items()}, _weights(kinds))
        for part, truths in told["pace"].items()
        for truth, kinds in truths.items()
    }
    prices = {
        truth: ({n: _Prices(tuple(k["earlier"]), tuple(k["others"])) for n, k in kinds.items()}, _weights(kinds))
        for truth, kinds in told["price"].items()
    }
    return _Table(paces, prices)


def _weights(kinds: Mapping[str, Mapping[str, float]]) -> Weights:
    return weights({name: kind["weight"] for name, kind in kinds.items()})
