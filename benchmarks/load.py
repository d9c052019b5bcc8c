"""An open-loop HTTP load: requests leave on schedule whether or not earlier ones have come back.

Latency is counted from the moment a request was due, so a stalled server cannot hide its queue.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import orjson

from features.listing import Listing


@dataclass(frozen=True, slots=True)
class HttpFigures:
    """Latencies in ms from the due time; `ready` in s from process start; memory of the server in MB."""

    rate: float
    seconds: float
    p50: float
    p99: float
    errors: int
    ready: float
    megabytes: int


def told(value: object) -> object:
    """Drop what a listing does not tell."""
    if not isinstance(value, dict):
        return value
    parts = {k: told(v) for k, v in value.items() if v is not None}
    return {k: v for k, v in parts.items() if v != {}}


def body(listing: Listing) -> bytes:
    """One listing as the wire wants it."""
    return orjson.dumps(told(orjson.loads(orjson.dumps(listing, default=dict))))


async def load(url: str, bodies: Sequence[bytes], rate: float, seconds: float) -> tuple[list[float], int]:
    """Send at `rate`; return latencies in ms and the number of answers that were not 200."""
    latencies: list[float] = []
    errors = 0
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx2.AsyncClient(limits=limits, timeout=30) as client:

        async def one(due: float, content: bytes) -> None:
            nonlocal errors
            answer = await client.post(url, content=content, headers={"content-type": "application/json"})
            latencies.append((time.perf_counter() - due) * 1e3)
            errors += answer.status_code != httpx2.codes.OK

        for content in bodies[:64]:
            await one(time.perf_counter(), content)
        latencies.clear()
        start, pending = time.perf_counter(), []
        for i in range(int(rate * seconds)):
            due = start + i / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            pending.append(asyncio.create_task(one(due, bodies[i % len(bodies)])))
        await asyncio.gather(*pending)
    return latencies, errors


def wait_ready(url: str, process: subprocess.Popen[bytes]) -> float:
    """Seconds until /readyz answers 200."""
    start = time.perf_counter()
    while time.perf_counter() - start < 60:
        if process.poll() is not None:
            raise SystemExit("the service stopped before it was ready")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=1) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return time.perf_counter() - start
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit("the service did not become ready within 60 s")


def resident_megabytes(pid: int) -> int:
    """Resident memory of a process, from /proc."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def measure_http(
    bundle: Path, listings: Sequence[Listing], *, rate: float, seconds: float, ledger: str = "off"
) -> HttpFigures:
    """Start the service on a free loopback port, with a ledger of its own, load it, stop it.

    Every request is about a listing of its own, so that with a ledger each makes a record.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "zhenwei"), "serve", "--port", str(port), "--bundle", str(bundle)]
    with (
        TemporaryDirectory() as home,
        subprocess.Popen(  # noqa: S603
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"ZHENWEI_HOME": home, "ZHENWEI_LEDGER_URL": ledger},
        ) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            ready = wait_ready(url, process)
            many = enumerate(islice(cycle(listings), int(rate * seconds)))
            bodies = [body(replace(listing, listing_id=str(i))) for i, listing in many]
            latencies, errors = asyncio.run(load(f"{url}/v1/score", bodies, rate, seconds))
            cuts = statistics.quantiles(latencies, n=100)
            return HttpFigures(rate, seconds, cuts[49], cuts[98], errors, ready, resident_megabytes(process.pid))
        finally:
            process.terminate()
            process.wait(20)
