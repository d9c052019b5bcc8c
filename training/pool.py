"""Several processes that read pages, and one that gets them back in order."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType
from typing import Any

from features.knowledge import Knowledge
from features.listing import Listing
from features.reader import Reader
from training.errors import TrainingError
from training.page import ROWS, Page, read_page
from training.takedowns import Takedown

Chunk = list[Takedown]

_AHEAD = 2  # pages asked for per process before one is waited for


def pages(takedowns: Iterable[Takedown], knowledge: Knowledge, processes: int) -> Iterator[tuple[Chunk, Page]]:
    """Yield takedowns in chunks, each with its page, in order.

    Other processes start only when there is more than one chunk to read. However many there are, the pages are the
    same. Raises TrainingError when one of them was killed.
    """
    chunks = _chunks(takedowns)
    first = list(islice(chunks, 2))
    if processes < 2 or len(first) < 2:  # noqa: PLR2004 - two of each, or sharing gains nothing
        yield from _alone(_again(first, chunks), Reader(knowledge))
    else:
        yield from _shared(_again(first, chunks), knowledge, processes)


def _chunks(takedowns: Iterable[Takedown]) -> Iterator[Chunk]:
    source = iter(takedowns)
    while chunk := list(islice(source, ROWS)):
        yield chunk


def _again(first: list[Chunk], rest: Iterator[Chunk]) -> Iterator[Chunk]:
    yield from first
    yield from rest


def _alone(chunks: Iterable[Chunk], reader: Reader) -> Iterator[tuple[Chunk, Page]]:
    for chunk in chunks:
        yield chunk, read_page([takedown.listing for takedown in chunk], reader)


def _shared(chunks: Iterable[Chunk], knowledge: Knowledge, processes: int) -> Iterator[tuple[Chunk, Page]]:
    # Spawned, not forked: LightGBM's and the progress bar's threads do not survive a fork.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _start, (knowledge,))
    waiting: deque[tuple[Chunk, Future[Page]]] = deque()
    try:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_read, [takedown.listing for takedown in chunk])))
            if len(waiting) > _AHEAD * processes:
                done, page = waiting.popleft()
                yield done, page.result()
        for done, page in waiting:
            yield done, page.result()
    except BrokenProcessPool as error:
        raise TrainingError(
            "a reading process was killed, most likely because memory ran out; close other programs, or train with"
            " --processes 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_kept: dict[str, Reader] = {}
"""What a reading process keeps between pages."""


def _start(knowledge: Knowledge) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its readers
    _kept["reader"] = Reader(knowledge)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent killed by kill -9 cannot say goodbye; its readers must not wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read(listings: list[Listing]) -> Page:
    return read_page(listings, _kept["reader"])


def _frozen(told: dict[str, object]) -> Mapping[str, object]:
    return MappingProxyType(told)


def _thawed(told: Mapping[str, object]) -> tuple[Callable[..., Any], tuple[dict[str, object]]]:
    return _frozen, (dict(told),)


ForkingPickler.register(MappingProxyType, _thawed)  # listings hold such mappings, which do not travel by themselves
