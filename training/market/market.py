"""The market: sellers list goods, trade, and are looked at. The only training data of the bundle that ships."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from features.listing import Listing, Seller, Trade
from training.market.chance import happens
from training.market.edits import Wording, honest, risky
from training.market.outcomes import decide, source
from training.market.papers import attributes
from training.market.season import copy_price, price_level
from training.market.sellers import Merchant, merchant
from training.market.titles import Scene, brand_of, compose
from training.market.trade import brushed_trade, honest_trade
from training.market.velocity import velocity
from training.market.words import Part, Product, Vocabulary, vocabulary
from training.takedowns import Takedown

_SHAPES = (("title", "priced", "full"), (0.45, 0.65, 1.0))
_SERVICE = 0.014  # listings that sell services to shops; half of these services are fraud
_SERVICE_GUILT = 0.5


def simulate(listings: int, seed: int, part: Part = "train") -> Iterator[Takedown]:
    """Yield labelled listings, the same for the same arguments.

    The evaluation part has other sellers, a later time, and slang and disguises that the training part lacks.
    """
    random = Random(f"{part}/{seed}")
    words = vocabulary(part)
    made = number = 0
    while made < listings:
        seller = merchant(words, number, seed, random)
        number += 1
        for _ in range(min(listings - made, 1 + int(random.expovariate(0.12)))):
            yield offer(seller, words, f"{seller.record['seller_id']}-{random.randrange(10**9):09d}", random)
            made += 1


def offer(seller: Merchant, words: Vocabulary, listing_id: str, random: Random) -> Takedown:
    """One listing of this seller, and what became of it."""
    shape = random.choices(_SHAPES[0], cum_weights=_SHAPES[1])[0]
    full = shape == "full"
    service = happens(_SERVICE, random)
    product = words.service if service else _product(seller, words, shape, random)
    guilty = happens(_SERVICE_GUILT if service else seller.guilt, random)
    scene = _scene(product, words, random)
    wording = _wording(scene, words, random, guilty=guilty, attributes=full)
    title = compose(scene, wording.name, wording.model, wording.planted, random)
    brushed = not service and happens(seller.brushing, random)
    trade, fraud = brushed_trade(random, words.month) if brushed else (honest_trade(random, words.month), None)
    observed = _observed(seller, random)
    price, list_price = _price(scene, wording, words.month, random)
    known: dict[str, Any] = {}
    if full:
        known = _details(scene, wording, title, seller, trade, list_price=list_price, observed=observed, random=random)
    elif shape == "priced":
        known = _shop(seller, random)
    shown = price if shape != "title" and happens(0.9, random) else None
    pace = velocity(listing_id, guilty=wording.reason is not None, seller="seller" in known, price=shown)
    listing = Listing(listing_id=listing_id, title=title, price_cny=shown, velocity=pace, **known)
    reasons = tuple(reason for reason in (wording.reason, fraud) if reason)
    outcome, reason, decided, reviewer = decide(reasons, observed, random)
    return Takedown(listing, outcome, reason, decided or observed, reviewer, source(random))


def _product(seller: Merchant, words: Vocabulary, shape: str, random: Random) -> Product:
    """What is sold: the seller's own goods where the seller is known, else anything (a bare title has no seller)."""
    if shape != "title":
        return random.choice(seller.products)
    return random.choices(words.products, cum_weights=words.product_weights)[0]


def _scene(product: Product, words: Vocabulary, random: Random) -> Scene:
    style = words.styles[random.choices(product.styles[0], cum_weights=product.styles[1])[0]]
    return Scene(product, style, brand_of(product, words, random))


def _wording(scene: Scene, words: Vocabulary, random: Random, *, guilty: bool, attributes: bool) -> Wording:
    if not guilty:
        return honest(scene, words, random)
    names, sums = scene.product.edits
    edit = words.edits[random.choices(names, cum_weights=sums)[0]]
    return risky(scene, edit, words, random, attributes=attributes)


def _observed(seller: Merchant, random: Random) -> datetime:
    first, days = seller.active
    moment = datetime.combine(first, time(tzinfo=UTC)) + timedelta(minutes=random.randrange(days * 1440))
    return moment.replace(second=random.randrange(60))


def _price(scene: Scene, wording: Wording, month: int, random: Random) -> tuple[float, float]:
    """What is asked and what is struck through, CNY. Replicas cost a fraction of the brand they name."""
    brand, (low, high) = wording.brand, scene.product.price
    if brand and brand.high:
        low, high = brand.low, brand.high
    full = low * (high / low) ** random.betavariate(1.6, 2.4) * price_level(month)
    if wording.edit and wording.edit.price and happens(0.85, random):
        bottom, top = copy_price(wording.edit.price, month)
        asked = max(scene.product.price[0], full * random.uniform(bottom, top))
    else:
        asked = full * random.choice((1, 1, 1, 0.9, 0.75, 0.6, 0.45))
    ending = random.choice((0, 0, 0.9, 0.8, 0.5, 0.99))
    return max(0.5, round(asked) + ending), float(round(max(full, asked) * random.uniform(1, 1.8)))


def _details(
    scene: Scene,
    wording: Wording,
    title: str,
    seller: Merchant,
    trade: dict[str, float],
    *,
    list_price: float,
    observed: datetime,
    random: Random,
) -> dict[str, Any]:
    """Everything beyond title and price, each field left out at random: never because of what is true."""
    brand = wording.name if wording.brand else ""
    known = random.uniform(0.4, 1.0)
    maybe = {
        "platform": scene.style.platform,
        "category": scene.product.category,
        "brand": brand or None,
        "list_price_cny": list_price,
        "observed_at": observed,
    }
    out: dict[str, Any] = {name: value for name, value in maybe.items() if happens(known * 0.8, random)}
    if happens(0.75, random):
        out["attributes"] = attributes(scene, title, wording.edit, brand, random)
    if happens(0.8, random):
        out["seller"] = Seller(**_kept(seller.record, known, random))
    if happens(0.75, random):
        out["trade"] = Trade(**_kept(trade, known, random))
    return out


def _shop(seller: Merchant, random: Random) -> dict[str, Any]:
    names = ("name",) if happens(0.7, random) else ("name", "seller_id")
    return {"seller": Seller(**{name: seller.record[name] for name in names})}


def _kept(values: dict[str, Any], known: float, random: Random) -> dict[str, Any]:
    return {name: value for name, value in values.items() if happens(known, random)}
