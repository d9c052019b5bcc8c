"""`zhenwei screen` on a large made file: rate, memory, scaling, and kill -9 with resuming.

    python -m benchmarks.screening DIR [--rows 1000000] [--processes 1 2] [--kills 0] [--format jsonl]

DIR holds titles/real_titles.parquet. Every row is a real title with a seller and a trade record of the simulated
market.
The file is made in the folder for temporary files and removed afterwards. Figures of time want an idle machine; the
seconds of processor time hardly depend on one.
"""

import argparse
import csv
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle, islice, pairwise
from pathlib import Path

import orjson
import polars as pl

from training.market import simulate

_SELLERS = 20_000
_PLATFORMS = ("淘集", "拼好货", "直播精选", "微店街")
_PROVINCES = ("广东省深圳市", "浙江省杭州市", "福建省莆田市", "河北省石家庄市", "江苏省苏州市", "四川省成都市")
_HEADER = (
    "商品ID", "标题", "平台", "价格", "店铺ID", "店铺", "统一社会信用代码", "地区", "月销量", "好评率", "采集时间",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run cost."""

    rows: int
    seconds: float
    processor: float  # seconds, all processes
    memory: float  # MB, proportional set size of all processes at its highest
    digest: str


def make(path: Path, titles: list[str], rows: int, seed: int = 11) -> None:
    """Write a crawl of `rows` rows."""
    chance = random.Random(seed)
    market = [one.listing for one in islice(simulate(_SELLERS, seed), _SELLERS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_HEADER)
        offers = cycle(market)
        for number in range(rows):
            one = next(offers)
            seller, trade = one.seller, one.trade
            month, day = 1 + number * 12 // rows, 1 + number % 28
            table.writerow(
                (
                    f"R{number}", chance.choice(titles), _PLATFORMS[number % 4],
                    one.price_cny, seller.seller_id, seller.name, seller.uscc,
                    _PROVINCES[number % len(_PROVINCES)], trade.orders_30d, trade.five_star_share,
                    f"2025-{month:02}-{day:02}",
                )
            )  # fmt: skip


def run(source: Path, out: Path, processes: int, most: int, kills: int = 0) -> Ran:
    """Screen the `most` rows of a file once; kill it `kills` times on the way and go on."""
    chance, began, told = random.Random(kills), time.monotonic(), out.with_suffix(".progress")
    before, memory = os.times(), 0.0
    marks: list[tuple[int, float]] = []  # rows, seconds of processor
    zhenwei = Path(sys.executable).with_name("zhenwei")
    command = [str(zhenwei), "screen", str(source), "--out", str(out), "--processes", str(processes)]
    command += ["--progress-file", str(told)]
    while True:
        child = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own
        until = time.monotonic() + chance.uniform(4, 12) if kills else None
        while child.poll() is None:
            family = family_of(child.pid)
            memory = max(memory, sum(map(proportional, family)))
            rows = orjson.loads(told.read_bytes())["rows"] if told.exists() else 0
            if rows > most * len(marks) // 10 and not kills:
                marks.append((rows, sum(map(processor, family))))
                _grown(marks, memory)
            if until is not None and time.monotonic() > until:
                os.kill(child.pid, signal.SIGKILL)
                kills -= 1
                break
            time.sleep(0.5)
        if child.wait() in {0, 1}:
            break
    with out.open("rb") as file:
        rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Ran(rows, time.monotonic() - began, spent, memory, digest)


def _grown(marks: list[tuple[int, float]], memory: float) -> None:
    """Print what the latest tenth of a file cost: as much as the first, where work grows with rows alone."""
    for (before, begun), (rows, spent) in pairwise(marks[-2:]):
        each = (rows - before) / max(spent - begun, 0.01)
        print(f"  up to row {rows:,}: {each:,.0f} rows/s per core, {memory:,.0f} MB at most so far", flush=True)


def family_of(root: int) -> set[int]:
    """A process and all below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    ours = {root}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return ours


def proportional(process: int) -> float:
    """Proportional set size of a process, MB; shared pages count once over all. 0 when it is gone."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0) / 1024


def processor(process: int) -> float:
    """Seconds of processor time of a process so far. 0 when it is gone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Make the file, run, print, remove."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    asked.add_argument("--kills", type=int, default=0)
    asked.add_argument("--format", default="jsonl")
    told = asked.parse_args()
    titles = pl.read_parquet(told.data / "titles/real_titles.parquet")["title"].to_list()
    with tempfile.TemporaryDirectory(prefix="zhenwei-screening-") as folder:
        source = Path(folder) / "crawl.csv"
        make(source, titles, told.rows)
        print(f"{told.rows:,} rows, {source.stat().st_size / 1e6:,.0f} MB", flush=True)
        for processes in told.processes:
            for kills in {0, told.kills}:
                out = Path(folder) / f"{processes}-{kills}.{told.format}"
                ran = run(source, out, processes, told.rows, kills)
                print(
                    f"{processes} processes, {kills} kills: {ran.seconds:,.1f} s, {ran.rows / ran.seconds:,.0f}/s, "
                    f"{ran.processor:,.0f} s of processor ({ran.rows / ran.processor:,.0f} rows/s per core), "
                    f"{ran.memory:,.0f} MB, sha256 {ran.digest}",
                    flush=True,
                )
                out.unlink()


if __name__ == "__main__":
    main()
