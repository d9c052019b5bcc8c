"""How long reading takes: folding, both views and every automaton, for titles of about 40 characters. Prints a table.

    python -m benchmarks.reading [DIR]

DIR holds titles/real_titles.parquet; without it the titles are those of the simulated market. One core, 512 titles
read together as a file is, tables warm; the median of the rounds. Machines differ, so what counts is the ratio to
jieba cutting the same titles in the same run.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import jieba
import polars as pl

from features.knowledge import load
from features.listing import Listing
from features.normalize import Folder
from features.reader import Reader
from features.tokens import tokenize
from training.market import simulate

TITLES, ROUNDS = 512, 25
SHORTEST, LONGEST = 36, 44
TARGET_US = 60


def real(directory: Path) -> list[str]:
    """Real titles of about 40 characters, spread evenly over all sources."""
    table = pl.read_parquet(directory / "titles" / "real_titles.parquet")
    fitting = [title for title in table["title"].to_list() if title and SHORTEST <= len(title) <= LONGEST]
    return fitting[:: max(1, len(fitting) // TITLES)][:TITLES]


def simulated() -> list[str]:
    """Titles of the simulated market, of the same length."""
    titles = (takedown.listing.title for takedown in simulate(listings=20 * TITLES, seed=7, part="evaluation"))
    return list(islice((title for title in titles if SHORTEST <= len(title) <= LONGEST), TITLES))


def measured(steps: dict[str, Callable[[], object]], titles: int) -> dict[str, float]:
    """Median microseconds per title of every step; the steps take turns, so that all meet the same neighbours."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, work in steps.items():
            start = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - start) / titles * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def show(titles: Sequence[str]) -> None:
    """Measure and print."""
    knowledge = load()
    folder = Folder.load(knowledge)
    reader = Reader(knowledge, folder)
    listings = [Listing(listing_id=str(i), title=title) for i, title in enumerate(titles)]
    folded = [one.text for one in folder.fold_many(titles)]
    reader.read_many(listings)
    jieba.initialize()
    gc.collect()
    gc.freeze()  # as the service does: knowledge never dies
    figures = measured(
        {
            "jieba": lambda: [jieba.lcut(title) for title in titles],
            "folding": lambda: folder.fold_many(titles),
            "words": lambda: [tokenize(text) for text in folded],
            "all": lambda: reader.read_many(listings),
        },
        len(titles),
    )
    automata = figures["all"] - figures["words"]
    print(f"{len(titles)} titles of {SHORTEST}-{LONGEST} characters, microseconds per title, and times jieba.lcut")
    for name, us in (
        ("jieba.lcut", figures["jieba"]),
        ("folding alone, both views", figures["folding"]),
        (f"folding, category, all evidence (target {TARGET_US})", automata),
        ("the same and its words", figures["all"]),
    ):
        print(f"  {name:52}{us:7.1f}   {us / figures['jieba']:.2f}x")


def main() -> None:
    """Measure the titles named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, nargs="?")
    args = parser.parse_args()
    show(real(args.directory) if args.directory else simulated())


if __name__ == "__main__":
    main()
