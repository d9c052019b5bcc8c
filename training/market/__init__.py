"""The simulated market: honest and dishonest sellers, their listings, orders and reviews."""
