"""A year of the market: slang, disguises, prices, goods and brushing move on, and so do honest sellers."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from training.market.market import offer
from training.market.season import MONTHS
from training.market.sellers import merchant
from training.market.words import vocabulary
from training.takedowns import Takedown

_JANUARY = date(2024, 1, 1)
_LENGTH = 30  # days of a simulated month
_SPAN = (20, 120)  # days a seller lists goods


def of_months(months: tuple[int, int], seed: int) -> Iterator[Takedown]:
    """Yield takedowns of the first to the last of some months, without end."""
    first, last = months
    for month, takedown in simulate_year(sys.maxsize, seed):
        if first <= month <= last:
            yield takedown


def simulate_year(listings: int, seed: int) -> Iterator[tuple[int, Takedown]]:
    """Yield the month (1..12) and the takedown of every listing, seller by seller; the same for the same arguments.

    Months 1 to 3 are alike; from then on what dishonest and honest sellers write and do drifts to the end of the year.
    """
    random = Random(f"year/{seed}")
    made = number = 0
    while made < listings:
        span = random.randint(*_SPAN)
        start = random.randrange(1 - span, MONTHS * _LENGTH)
        days = range(max(start, 0), min(start + span, MONTHS * _LENGTH))
        first = 1 + days[len(days) // 2] // _LENGTH
        seller = merchant(vocabulary("train", first), number, seed, random)
        number += 1
        for _ in range(min(listings - made, 1 + int(random.expovariate(0.12)))):
            day = random.choice(days)
            month = 1 + day // _LENGTH
            listing_id = f"{seller.record['seller_id']}-{random.randrange(10**9):09d}"
            today = replace(seller, active=(_JANUARY + timedelta(days=day), 1))
            yield month, offer(today, vocabulary("train", month), listing_id, random)
            made += 1
