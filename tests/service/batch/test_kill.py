"""`zhenwei screen` as people run it, with processes beside it, under kill -9: no gap, no hang, the same bytes."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import orjson
import pytest

from features.listing import Listing
from models import STARTER, Screener, open_bundle
from service.answers import Shape
from service.cli.screen import STOPPED
from service.rows import Refused, open_source

ROOT = Path(__file__).parents[3]
ROWS = 1500
COMMAND = """
import sys, time
from pathlib import Path
from service.batch import desk, journal, reading
from service.cli import main
held_at, go = int(sys.argv.pop(1)), Path(sys.argv.pop(1))
commit = journal.Journal.commit
def commit_and_wait(kept, standing):
    commit(kept, standing)
    while standing.row >= held_at and not go.exists():
        time.sleep(0.01)
journal.Journal.commit, reading.COMMIT_SECONDS, desk.CHUNK = commit_and_wait, 0, 64
main()
"""
"""The command, that commits every 64 rows and stands still where the test wants to kill."""


class Command:
    """One run of the command, which stands still when so many rows are committed."""

    def __init__(self, source: Path, out: Path, processes: int, *, held_at: int) -> None:
        """Start it, in a process group of its own."""
        self._journal = out.with_name(f".{out.name}.partial") / "journal.json"
        self._go = out.with_name(f"go-{held_at}")
        words = ["screen", str(source), "--out", str(out), "--processes", str(processes), "--bundle", str(STARTER)]
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-c", COMMAND, str(held_at), str(self._go), *words],
            cwd=ROOT, env=os.environ | {"ZHENWEI_LEDGER_URL": "off"}, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self._held_at = held_at

    def committed(self) -> int:
        """Rows that survive a kill."""
        return int(orjson.loads(self._journal.read_bytes())["row"]) if self._journal.exists() else 0

    def stand(self) -> None:
        """Wait until it stands still."""
        while self.committed() < self._held_at:
            assert self._process.poll() is None, self._process.communicate()[1].decode()
            time.sleep(0.01)

    def processes(self) -> list[int]:
        """Those that screen: they were spawned, and are no resource tracker."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]

    def go(self) -> tuple[int, str]:
        """Let it go on to its end. Returns the exit code and what it said."""
        self._go.touch()
        told = self._process.communicate()[1].decode()
        return self._process.returncode, told

    def kill(self) -> None:
        """The whole group at once, as a machine that stops."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes in /proc")
def test_a_screening_that_loses_all_its_processes_and_then_one_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    rows = [f"{i},{'高仿' if i % 7 == 0 else '帆布'}包,{'便宜' if i % 50 == 0 else i},2026-03-02" for i in range(ROWS)]
    source.write_text("\n".join(["商品ID,标题,价格,采集时间", *rows, ""]), "utf-8")

    loses_all = Command(source, out, 2, held_at=256)
    loses_all.stand()
    loses_all.kill()
    assert not out.exists()

    loses_one = Command(source, out, 2, held_at=512)
    loses_one.stand()
    first, second = loses_one.processes()
    os.kill(first, signal.SIGKILL)  # as the kernel does when memory runs out
    code, told = loses_one.go()
    assert code == STOPPED, told
    assert "a screening process was killed, most likely because memory ran out" in " ".join(told.split())
    assert not out.exists()
    assert not Path(f"/proc/{second}").exists()
    assert 512 <= loses_one.committed() < ROWS

    assert Command(source, out, 1, held_at=ROWS + 1).go()[0] == 1  # some rows were rejected
    assert out.read_bytes() == in_one_go(source)


def in_one_go(source: Path) -> bytes:
    """The answers as one process gives them in memory."""
    read, screener = list(open_source(source)), Screener(open_bundle(STARTER))
    listings = [row for _, row in read if isinstance(row, Listing)]
    screened = iter(screener.screen(listings, explain="findings", today=date(2026, 3, 2)))
    told = ((number, row if isinstance(row, Refused) else (row, next(screened))) for number, row in read)
    return b"".join(Shape().line("", number, one) for number, one in told)
