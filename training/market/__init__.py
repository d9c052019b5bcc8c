"""The simulated market: honest and dishonest sellers, their listings, orders and reviews."""

from training.market.market import simulate

__all__ = ["simulate"]
