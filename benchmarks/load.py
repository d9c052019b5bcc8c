r"""Load on the whole service: latencies, throughput, errors and memory, every listing a new one.

    python -m benchmarks.load --workers 2 --ledger postgresql+psycopg://root@127.0.0.1:5432/test \
        --redis redis://127.0.0.1:6379/0 --rate 400 --seconds 60 [--batch 100] [--shadow BUNDLE] [--soak]

Requests leave on schedule whether or not earlier ones have come back; latency counts from the moment one was due.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import count, cycle, islice
from pathlib import Path

import orjson
import uvloop

from benchmarks.running import Service, running
from benchmarks.wire import Figures, Load, Request, post
from features.listing import Listing
from training.market import simulate

_MIX = 4000
"""Different listings; each comes again under other ids, with a price of its own."""


def told(value: object) -> object:
    """Drop what a listing does not tell."""
    if not isinstance(value, dict):
        return value
    parts = {k: told(v) for k, v in value.items() if v is not None}
    return {k: v for k, v in parts.items() if v != {}}


def body(listing: Listing) -> bytes:
    """One listing as the wire wants it."""
    return orjson.dumps(told(orjson.loads(orjson.dumps(listing, default=dict))))


def mix(size: int = _MIX) -> list[Listing]:
    """Listings of the simulated market, guilty and honest as they come."""
    return [takedown.listing for takedown in islice(simulate(listings=size * 2, seed=11, part="evaluation"), size)]


def rows(listings: Sequence[Listing]) -> Iterator[bytes]:
    """Bodies without end, no two about the same listing."""
    parts = []
    for listing in listings:
        whole = orjson.loads(body(listing))
        whole |= {"listing_id": "@id@", "seller": whole.get("seller", {}) | {"seller_id": "@seller@"}}
        parts.append(orjson.dumps(whole))
    for number, part in zip(count(), cycle(parts)):
        seller = b"s-%d" % (number % 5000)
        yield part.replace(b"@id@", b"load-%d" % number).replace(b"@seller@", seller)


def requests(listings: Sequence[Listing], batch: int, query: str) -> Iterator[Request]:
    """Requests without end: single listings, or batches."""
    endless = rows(listings)
    if batch == 1:
        head = post("/v1/score" + query)
        yield from ((head, one) for one in endless)
    head = post("/v1/score/batch" + query)
    while True:
        yield head, b'{"listings":[%b]}' % b",".join(islice(endless, batch))


async def _watched(service: Service, every: float) -> list[tuple[float, list[int]]]:
    """Memory over time, until cancelled."""
    start, seen = time.perf_counter(), [(0.0, service.megabytes())]
    try:
        while True:
            await asyncio.sleep(every)
            seen.append((time.perf_counter() - start, service.megabytes()))
            print(f"  {seen[-1][0]:6.0f} s   {seen[-1][1]} MB", flush=True)
    except asyncio.CancelledError:
        return seen


async def measure(service: Service, wanted: Iterator[Request], rate: float, seconds: float, every: float) -> Figures:
    """Warm up, then load, with memory shown every `every` seconds."""
    await Load(service.port, 8).run(wanted, min(rate, 50), 3)
    watching = asyncio.create_task(_watched(service, every))
    figures = await Load(service.port, 128).run(wanted, rate, seconds)
    watching.cancel()
    await watching
    return figures


def show(what: str, figures: Figures, batch: int) -> None:
    """Print one line."""
    done = sum(count for name, count in figures.answers.items() if name.startswith("2"))
    print(
        f"{what}: {done * batch / figures.seconds:,.0f} listings/s answered; p50 {figures.percentile(0.5):.1f} "
        f"p99 {figures.percentile(0.99):.1f} p99.9 {figures.percentile(0.999):.1f} ms; errors {figures.errors or 0}",
        flush=True,
    )


def shadow(service: Service, bundle: Path | None) -> None:
    """Put a bundle into the shadow of the one that answers, or take it out."""
    words = [str(bundle)] if bundle else ["--off"]
    command = [str(Path(sys.executable).parent / "zhenwei"), "model", "shadow", *words, "--why", "load"]
    subprocess.run(command, check=True, env=service.variables, stdout=subprocess.DEVNULL)  # noqa: S603


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ledger", default="sqlite")
    parser.add_argument("--redis", default="memory://")
    parser.add_argument("--rate", type=float, nargs="+", default=[400.0], help="requests per second, one run each")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--explain", choices=["none", "findings", "full"], help="default: the service's own")
    parser.add_argument("--dry-run", action="store_true", help="nothing is recorded")
    parser.add_argument("--shadow", type=Path, help="rounds without and with this bundle in the shadow")
    parser.add_argument("--soak", action="store_true", help="show how memory grew from a tenth of the time on")
    args = parser.parse_args()
    wanted = [f"explain={args.explain}"] if args.explain else []
    query = "&".join(wanted + ["dry_run=true"] * args.dry_run)
    with running(ledger=args.ledger, redis=args.redis, workers=args.workers, variables={}) as service:
        print(f"{args.workers} workers, ledger {args.ledger}, redis {args.redis}: ready in {service.ready:.1f} s, "
              f"{service.megabytes()} MB")  # fmt: skip
        endless = requests(mix(), args.batch, f"?{query}" if query else "")
        for rate in args.rate:
            for candidate in [None, args.shadow] * (3 if args.shadow else 0) or [None]:
                if args.shadow and candidate:
                    shadow(service, candidate)
                    time.sleep(5)
                before = service.megabytes()
                every = args.seconds / 20 if args.soak else args.seconds * 2
                figures = uvloop.run(measure(service, endless, rate, args.seconds, every))
                name = f"{rate:,.0f}/s of {args.batch} for {args.seconds:.0f} s" + (", shadow" if candidate else "")
                show(name, figures, args.batch)
                print(f"  memory {before} -> {service.megabytes()} MB")
                if args.shadow and candidate:
                    shadow(service, None)


if __name__ == "__main__":
    main()
