"""A price no honest seller could ask: far below what the brand, or the category, ever costs."""

from collections.abc import Iterable
from typing import Final

from features.evidence import Evidence
from features.extractors.gravity import applies, strength_of
from features.knowledge import Knowledge
from features.reading import CategoryGuess

SURE_ENOUGH: Final = 0.5
"""A guessed category below this p has no reference price."""


class PriceExtractor:
    """Compares the price with the lowest honest price of the brand or category."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Index the rules and references."""
        self._rules = tuple((rule, rule.price) for rule in knowledge.rules.values() if rule.price is not None)
        self._brands = knowledge.brands
        self._lows = {
            one.id: one.price_band.low_cny for one in knowledge.categories.values() if one.price_band is not None
        }

    def find(self, price_cny: float, brands: Iterable[str], category: CategoryGuess) -> list[Evidence]:
        """Evidence in the field `price_cny`, which has no text to point into; `folded` says price < reference, in CNY.

        A price of 0 is a placeholder, not an offer. Of several brands named the cheapest is the reference.
        """
        if price_cny <= 0 or not self._rules:
            return []
        references = {"brand": self.brand_low(brands, category), "category": self._category_low(category)}
        return [
            Evidence(rule.code, "price_cny", 0, 0, "", f"{price_cny:g} < {low:g}", strength=strength_of(rule))
            for rule, price in self._rules
            if (low := references[price.reference]) is not None
            and price_cny < price.ratio * low
            and applies(rule, category)
        ]

    def brand_low(self, brands: Iterable[str], category: CategoryGuess) -> float | None:
        """The lowest honest price among the brands named, in categories those brands sell."""
        known = (self._brands[brand] for brand in brands if brand in self._brands)
        lows = [
            one.price_low_cny
            for one in known
            if one.price_low_cny is not None and (not one.categories or category.id in one.categories)
        ]
        return min(lows, default=None)

    def _category_low(self, category: CategoryGuess) -> float | None:
        return self._lows.get(category.id) if category.p >= SURE_ENOUGH else None
