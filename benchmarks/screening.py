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
from itertools import cycle, islice
from pathlib import Path

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


def run(source: Path, out: Path, processes: int, kills: int = 0) -> Ran:
    """Screen once; kill it `kills` times on the way and go on."""
    chance, began, rows = random.Random(kills), time.monotonic(), 0
    before, most = os.times(), 0.0
    zhenwei = Path(sys.executable).with_name("zhenwei")
    command = [str(zhenwei), "screen", str(source), "--out", str(out), "--processes", str(processes)]
    while True:
        child = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own
        until = time.monotonic() + chance.uniform(4, 12) if kills else None
        while child.poll() is None:
            most = max(most, memory(child.pid))
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
    return Ran(rows, time.monotonic() - began, spent, most, digest)


def memory(root: int) -> float:
    """Proportional set size of a process and all below it, MB; shared pages count once."""
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
    total = 0
    for one in ours:
        try:
            told = (Path("/proc") / str(one) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
    return total / 1024


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
                ran = run(source, out, processes, kills)
                print(
                    f"{processes} processes, {kills} kills: {ran.seconds:,.1f} s, {ran.rows / ran.seconds:,.0f}/s, "
                    f"{ran.processor:,.0f} s of processor ({ran.rows / ran.processor:,.0f} rows/s per core), "
                    f"{ran.memory:,.0f} MB, sha256 {ran.digest}",
                    flush=True,
                )
                out.unlink()


if __name__ == "__main__":
    main()
