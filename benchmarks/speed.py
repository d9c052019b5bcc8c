"""Speed against the stack a user would write, on the same machine and in the same run. Prints a table.

    python -m benchmarks.speed [--bundle BUNDLE] [--skip-http]

Shared machines are noisy, so what counts is the ratio; rounds alternate and the median is shown.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.load import measure, requests, show
from benchmarks.naive import NaiveStack, words
from benchmarks.running import running
from features.listing import Listing
from models import STARTER, Screener, open_bundle
from training.market import simulate

TODAY = date(2026, 11, 24)
ROUNDS = 5


def market(part: str, size: int, risky_share: float) -> list[tuple[Listing, bool]]:
    """Listings of the simulated market with a fixed share of risky ones; truth from their outcome."""
    wanted = {True: int(size * risky_share), False: size - int(size * risky_share)}
    picked: list[tuple[Listing, bool]] = []
    for takedown in simulate(listings=size * 4, seed=7, part="train" if part == "train" else "evaluation"):
        risky = takedown.outcome == "confirmed"
        if wanted[risky] > 0 and (risky or not takedown.reason):
            wanted[risky] -= 1
            picked.append((takedown.listing, risky))
        if not any(wanted.values()):
            break
    return picked


def bare(listing: Listing) -> Listing:
    """The title alone: all that the naive stack can read."""
    return Listing(listing_id=listing.listing_id, title=listing.title)


def rate(work: Callable[[], object], rows: int) -> float:
    """Rows per second of one run."""
    start = time.perf_counter()
    work()
    return rows / (time.perf_counter() - start)


def screen_all(screener: Screener, listings: Sequence[Listing]) -> list[bytes]:
    """Screen in chunks as a file is screened, down to the bytes that are sent."""
    chunks = (listings[i : i + 500] for i in range(0, len(listings), 500))
    return [a.to_json() for chunk in chunks for a in screener.screen(chunk, explain="findings", today=TODAY)]


def batch(screener: Screener, naive: NaiveStack, listings: Sequence[Listing]) -> None:
    """Print listings per second per core, and the ratios."""
    titles = [listing.title for listing in listings]
    bare_listings = [bare(listing) for listing in listings]
    screener.screen(bare_listings[:200], explain="findings", today=TODAY)
    answers = screener.screen(bare_listings, explain="findings", today=TODAY)
    explained = sum(any(h.explanation for h in a.heads.values()) for a in answers) / len(answers)
    figures: dict[str, list[float]] = {"all": [], "riskiest": [], "ours": [], "full records": []}
    for _ in range(ROUNDS):
        figures["all"].append(rate(lambda: naive.explain_all(titles[:300]), 300))
        figures["riskiest"].append(rate(lambda: naive.explain_riskiest(titles), len(titles)))
        figures["ours"].append(rate(lambda: screen_all(screener, bare_listings), len(listings)))
        figures["full records"].append(rate(lambda: screen_all(screener, listings), len(listings)))
    median = {name: statistics.median(values) for name, values in figures.items()}
    print(f"batch, one core, {len(listings)} listings, {explained:.1%} of ours explained, two heads, findings, JSON")
    print(f"  naive, every row explained   {median['all']:8.0f} listings/s")
    print(f"  naive, riskiest 5 % explained{median['riskiest']:8.0f} listings/s")
    print(f"  zhenwei, title only          {median['ours']:8.0f} listings/s", end="")
    print(f"   {median['ours'] / median['all']:.0f}x and {median['ours'] / median['riskiest']:.1f}x")
    print(f"  zhenwei, whole records       {median['full records']:8.0f} listings/s")


def timed(work: Callable[[Listing], object], listings: Sequence[Listing]) -> list[float]:
    """Milliseconds each listing takes, one after the other."""
    out = []
    for listing in listings:
        start = time.perf_counter()
        work(listing)
        out.append((time.perf_counter() - start) * 1e3)
    return out


def single(screener: Screener, naive: NaiveStack, listings: Sequence[Listing]) -> None:
    """Print the latency of one listing, fully explained, in-process."""
    ours = timed(lambda listing: screener.screen([listing], explain="full", today=TODAY)[0].to_json(), listings)
    theirs = timed(lambda listing: naive.explain_all([listing.title]), listings[:200])
    for name, values in (("zhenwei", ours), ("naive", theirs)):
        cuts = statistics.quantiles(values, n=100)
        print(f"one listing, fully explained, {name:8} p50 {cuts[49]:.2f} ms   p99 {cuts[98]:.2f} ms")


def opening(bundle: Path) -> None:
    """Print how long a bundle takes to open and how much memory a process that screens needs."""
    code = (
        "import time;t=time.perf_counter();from pathlib import Path;from models import Screener,open_bundle;"
        f"b=open_bundle(Path({str(bundle)!r}));u=time.perf_counter();s=Screener(b);"
        "peak=next(x.split()[1] for x in open('/proc/self/status') if 'VmHWM' in x);"
        "print(round(u-t,2),round(time.perf_counter()-t,2),int(peak)//1024)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    imported, ready, megabytes = out.stdout.split()
    print(
        f"start-up: bundle open after {imported} s (imports included), screener ready after {ready} s, {megabytes} MB"
    )


def over_http(bundle: Path, listings: Sequence[Listing], ledger: str) -> None:
    """Print what the HTTP door does; benchmarks.load says more."""
    told = {"ZHENWEI_BUNDLE": str(bundle)}
    with running(ledger=ledger, redis="memory://", workers=1, variables=told) as service:
        figures = asyncio.run(measure(service, requests(listings, 1, ""), 300, 20, 60))
        show(f"HTTP, one worker, ledger {ledger}, 300/s for 20 s, {service.megabytes()} MB", figures, 1)


def main() -> None:
    """Run every part and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=STARTER)
    parser.add_argument("--skip-http", action="store_true")
    args = parser.parse_args()
    train = market("train", 8_000, 0.12)
    words("预热")
    naive = NaiveStack.fit([listing.title for listing, _ in train], [risky for _, risky in train])
    screener = Screener(open_bundle(args.bundle))
    listings = [listing for listing, _ in market("evaluation", 6_000, 0.01)]
    opening(args.bundle)
    batch(screener, naive, listings)
    single(screener, naive, listings[:1_000])
    if not args.skip_http:
        for ledger in ("off", "sqlite"):
            over_http(args.bundle, listings[:1_000], ledger)


if __name__ == "__main__":
    main()
