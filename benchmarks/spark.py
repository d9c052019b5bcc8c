"""Spark against one machine: the same rows, the same answers, how much longer.

python -m benchmarks.spark [ROWS] makes simulated listings, screens them with `zhenwei screen` on both cores and on a
local cluster of two executors, compares the bytes and prints rates. Starting Spark is counted apart.
"""

import sys
import tempfile
from functools import partial
from pathlib import Path
from time import perf_counter

import orjson

from models import STARTER
from models.registers import NO_REGISTERS
from service import clock, home, wire
from service.batch.forms import outputs
from service.batch.request import Request
from service.batch.run import screen_files as on_one_machine
from service.opening import open_all
from service.settings import Settings
from service.spark.parcel import Parcel
from service.spark.run import screen_files as on_spark
from service.spark.session import opened
from training.market.market import simulate

CORES = 2


def main(rows: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        source, out, day = Path(folder, "in.jsonl"), Path(folder, "out.jsonl"), clock.today()
        with source.open("wb") as file:
            for takedown in simulate(rows, seed=61):
                file.write(orjson.dumps(wire.told(takedown.listing), option=orjson.OPT_APPEND_NEWLINE))
        request = Request(
            sources=tuple(one.source for one in open_all([str(source)], {}, guess=False).mapped),
            names=("in.jsonl",),
            outputs=outputs(out, None, sourced=False, listed=False),
            open=partial(home.screener, Settings(bundle=STARTER, ledger_url="off")),
            explain="findings",
            today=day,
            processes=CORES,
        )
        began = perf_counter()
        on_one_machine(request)
        alone = perf_counter() - began
        parcel = Parcel.pack(STARTER, NO_REGISTERS)
        began = perf_counter()
        with opened(f"local-cluster[{CORES},1,2048]", {"spark.local.dir": folder}) as session:
            started = perf_counter() - began
            for run in ("cold", "warm"):
                began = perf_counter()
                parts = Path(folder, f"{run}.jsonl")
                told = [f"file://{source}"]
                on_spark(session, told, str(parts), parcel, names={}, explain="findings", today=day)
                took = perf_counter() - began
                written = b"".join(part.read_bytes() for part in sorted(parts.glob("part-*")))
                same = "the same bytes" if written == out.read_bytes() else "OTHER BYTES"
                print(f"Spark, {run}: {took:6.1f} s, {rows / took:7,.0f} rows/s, {took / alone:.2f} x; {same}")
        print(f"one machine: {alone:6.1f} s, {rows / alone:7,.0f} rows/s; starting Spark {started:.1f} s beside")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
