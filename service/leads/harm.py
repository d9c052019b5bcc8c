"""What a listing is likely to do harm for, in yuan: p × weight of the category × sales shown × price.

p       probability of the worst head; at least CERTAIN where a confirmed rule of high severity fired, for that is seen
        and not guessed
weight  3, 2, 1 for categories of priority 1, 2, 3; 1 for those of none
sales   orders the page shows, all of them or of 30 days; what is not shown is unknown, and counts as one order
price   as offered; unknown counts as the lowest usual price of the category, or one yuan
Where anything is unknown, harm and exposure are lower bounds and are called so.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from features.knowledge import Knowledge
from service.leads.fact import LeadFact

CERTAIN = 0.5
_LOWEST = 4  # one more than the last priority


@dataclass(frozen=True, slots=True)
class Weight:
    """One listing, weighed, CNY. `exposure` None: price or sales are not told."""

    exposure: float | None
    harm: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weighs facts with what is known of categories."""

    weights: Mapping[str, int]  # category -> weight
    prices: Mapping[str, float]  # category -> lowest usual price, CNY

    @classmethod
    def of_knowledge(cls, known: Knowledge) -> "Weighing":
        """Take priorities and price bands."""
        return cls(
            {name: max(1, _LOWEST - one.priority) for name, one in known.categories.items()},
            {name: one.price_band.low_cny for name, one in known.categories.items() if one.price_band},
        )

    def of(self, fact: LeadFact) -> Weight:
        """Weigh a fact."""
        told = fact.price_cny is not None and fact.sales is not None
        exposure = (fact.price_cny or 0.0) * (fact.sales or 0.0) if told else None
        price = self.prices.get(fact.category, 1.0) if fact.price_cny is None else fact.price_cny
        assumed = price * (1.0 if fact.sales is None else fact.sales) if exposure is None else exposure
        weight = self.weights.get(fact.category, 1)
        harm = likely(fact) * weight * assumed
        return Weight(exposure, harm if math.isfinite(harm) else 0.0)


def likely(fact: LeadFact) -> float:
    """How likely the listing is what its findings say."""
    seen = any(one.severity == "high" and one.confidence == "confirmed" for one in fact.faults)
    return max(fact.p, CERTAIN) if seen else fact.p
