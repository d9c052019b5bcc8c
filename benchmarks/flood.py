"""Ten thousand requests at once, each on a connection of its own; then thousands that never finish theirs.

    python -m benchmarks.flood --at-once 10000 --slow 2000 [--ledger … --redis …]

Every answer must be a success or an honest 503 with Retry-After, memory must come to an end, and afterwards the service
must answer as before. Of those that never finish, half dribble the head of a request and half its body; what others
ask meanwhile is measured. The service and this client each need as many open files (`ulimit -n`).
"""

import argparse
import asyncio
import resource
import time
from collections import Counter
from collections.abc import Iterator

import orjson
import uvloop

from benchmarks.load import mix, rows
from benchmarks.running import Service, running
from benchmarks.wire import Figures, Load, Request, post

CONNECTING = 256
"""Connections that are made at the same time."""
PATIENT = 300.0
"""Seconds until an answer that did not come counts as none."""
AFTERWARDS, RATE = 200, 50.0

Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def opened(port: int, many: int) -> list[Opened]:
    """Make connections."""
    door = asyncio.Semaphore(CONNECTING)

    async def one() -> Opened:
        async with door:
            return await asyncio.open_connection("127.0.0.1", port)

    return await asyncio.gather(*(one() for _ in range(many)))


async def answer(connection: Opened, body: bytes) -> str:
    """Ask once; the status, or what is wrong with the answer."""
    reader, writer = connection
    writer.write(b"%b\r\ncontent-length: %d\r\n\r\n%b" % (post("/v1/score"), len(body), body))
    try:
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENT)).lower()
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        return type(error).__name__
    finally:
        writer.close()
    status = head.split(b" ", 2)[1].decode()
    honest = status != "503" or b"\r\nretry-after:" in head
    return status if honest else "503 without Retry-After"


async def dribble(connection: Opened, sent: bytes) -> float:
    """Send a byte a second until the service hangs up or answers; how many seconds that took."""
    reader, writer = connection
    start = time.perf_counter()
    writer.write(sent)
    over = asyncio.create_task(reader.read(1))
    while not over.done():
        writer.write(b"a")
        await asyncio.wait([over], timeout=1)
    over.exception()
    writer.close()
    return time.perf_counter() - start


async def most(service: Service, seen: list[int]) -> None:
    """Keep the most memory of any process, until cancelled."""
    while True:
        seen[0] = max(seen[0], service.megabytes()[0])
        await asyncio.sleep(0.5)


async def ordinary(service: Service, bodies: Iterator[bytes]) -> Figures:
    """What others see who ask now and then."""
    wanted: Iterator[Request] = ((post("/v1/score"), body) for body in bodies)
    return await Load(service.port, 16).run(wanted, RATE, AFTERWARDS / RATE)


def show(what: str, figures: Figures) -> None:
    """Print one line."""
    p50, p99 = figures.percentile(0.5), figures.percentile(0.99)
    print(f"{what}: {RATE:.0f}/s, p50 {p50:.0f} p99 {p99:.0f} ms, errors {figures.errors or 0}", flush=True)


async def flood(service: Service, at_once: int, slow: int) -> Counter[str]:
    """Run and print; returns the answers."""
    bodies = rows(mix(400))
    show("before", await ordinary(service, bodies))
    memory = [service.megabytes()[0]]
    print(f"memory of the largest process: {memory[0]} MB")
    watching = asyncio.create_task(most(service, memory))
    connections = await opened(service.port, at_once)
    start = time.perf_counter()
    answers = Counter(await asyncio.gather(*(answer(one, next(bodies)) for one in connections)))
    print(f"{at_once} at once: {dict(answers)} in {time.perf_counter() - start:.1f} s, at most {memory[0]} MB")
    show("after", await ordinary(service, bodies))
    if slow:
        connections = await opened(service.port, slow)
        head = post("/v1/score")
        parts = (head + b"\r\nx: ", head + b"\r\ncontent-length: 1000\r\n\r\n")
        held = asyncio.gather(*(dribble(one, parts[n % 2]) for n, one in enumerate(connections)))
        show(f"beside {slow} that never finish", await ordinary(service, bodies))
        seconds = sorted(await held)
        print(f"these were hung up on after {seconds[0]:.0f} to {seconds[-1]:.0f} s, at most {memory[0]} MB")
        show("after", await ordinary(service, bodies))
    watching.cancel()
    return answers


def main() -> None:
    """Run; exit code 1 when an answer was neither a success nor an honest 503."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, default=10_000)
    parser.add_argument("--slow", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ledger", default="sqlite")
    parser.add_argument("--redis", default="memory://")
    args = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with running(ledger=args.ledger, redis=args.redis, workers=args.workers, variables={}) as service:
        answers = uvloop.run(flood(service, args.at_once, args.slow))
    print(orjson.dumps(answers).decode())
    if answers.keys() - {"200", "503"}:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
