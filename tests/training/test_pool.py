"""Reading in several processes: what dies is noticed, and nothing is left running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from features.knowledge import load
from features.listing import Listing
from training.errors import TrainingError
from training.page import ROWS
from training.pool import pages
from training.takedowns import Takedown

PLENTY = [Takedown(Listing(str(i), "新款女包"), "rejected") for i in range(8 * ROWS)]

READING = """
import sys
from multiprocessing import active_children
from features.knowledge import load
from features.listing import Listing
from training.pool import pages
from training.takedowns import Takedown

if __name__ == "__main__":
    print("sklearn" in sys.modules, flush=True)  # what reads need not wait for what fits
    plenty = (Takedown(Listing(str(i), "新款女包"), "rejected") for i in range(10**9))
    for _ in pages(plenty, load(), 2):
        print(*(child.pid for child in active_children()), flush=True)
        sys.stdin.readline()
"""


def test_a_killed_reader_is_an_error_that_says_what_to_do() -> None:
    reading = pages(PLENTY, load(), 2)
    next(reading)
    children = active_children()
    assert len(children) == 2
    os.kill(children[0].pid or 0, signal.SIGKILL)
    with pytest.raises(TrainingError, match="--processes 1"):
        list(reading)
    assert not active_children()


def test_readers_end_with_a_parent_killed_outright() -> None:
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", READING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "False\n"
        readers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(readers) == 2
        assert all(map(runs, readers))
        parent.kill()
    for _ in range(600):
        if not any(map(runs, readers)):
            return
        time.sleep(0.05)
    pytest.fail("reading processes outlived the training")


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_cannot_be_read_stops_the_readers_and_is_told() -> None:
    def broken() -> Iterator[Takedown]:
        yield from PLENTY[: 3 * ROWS]
        raise TrainingError("row 6145: no title")

    with pytest.raises(TrainingError, match="row 6145"):
        list(pages(broken(), load(), 2))
    assert not active_children()
