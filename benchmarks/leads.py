"""A million facts to leads: seconds and memory. The facts are a simulated market's, repeated under other sellers.

python -m benchmarks.leads [FACTS]
"""

import resource
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from features.knowledge import load
from models import STARTER, Screener, open_bundle
from service.leads import LeadFact, Pile, Weighing, fact_of, leads_of
from service.leads.account import Account
from service.leads.book.book import workbook
from training.market import simulate

TODAY = date(2026, 11, 20)
LISTINGS = 6000
EACH = 3  # sellers of a copy share a title with at most so many others


def risky() -> list[LeadFact]:
    """Facts of a simulated market."""
    screener = Screener(open_bundle(STARTER))
    listings = [one.listing for one in simulate(LISTINGS, 5)]
    facts = map(fact_of, listings, screener.screen(listings, explain="findings", today=TODAY))
    return [fact for fact in facts if fact is not None]


def copy(fact: LeadFact, at: int, part: int) -> bytes:
    """The same fact of another seller, its title a little other for every few of them."""
    seller = f"{fact.seller_id}-{part}"
    title = f"{fact.title} {part // EACH * 7919 % 99991}款{part // EACH}"
    name = fact.seller_name and f"{fact.seller_name}{part}铺"
    return replace(fact, seller_id=seller, seller_name=name, title=title, listing_id=str(at), uscc=None).to_json()


def main(count: int) -> None:
    """Measure."""
    facts = risky()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "facts.jsonl"
        with path.open("wb") as file:
            for at in range(count):
                file.write(copy(facts[at % len(facts)], at, at // len(facts)) + b"\n")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        known = load()
        pile = Pile(Weighing.of_knowledge(known), Path(folder))
        start = time.perf_counter()
        with path.open("rb") as lines:
            pile.add_lines(lines)
        read = time.perf_counter()
        found = leads_of(pile, known, TODAY)
        told = time.perf_counter()
        screener = Screener(open_bundle(STARTER))
        size = len(workbook(found, Account(TODAY.isoformat(), screener.versions, (), 0, len(pile))))
        written = time.perf_counter()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{count:,} facts of {found.sellers:,} sellers: {found.groups:,} leads, {found.linked:,} of several sellers")
    print(f"read {read - start:.1f} s, grouped and described {told - read:.1f} s, workbook {written - told:.1f} s")
    print(f"memory {after / 1024:.0f} MB at most, {before / 1024:.0f} MB before; workbook {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
