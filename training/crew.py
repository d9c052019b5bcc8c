"""Several processes at work on chunks, and one that gets what they made back in order."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType, TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from features.errors import ZhenweiError

P = ParamSpec("P")
C = TypeVar("C")
R = TypeVar("R")

_AHEAD = 2  # chunks asked for per process before one is waited for


class Crew(Generic[P]):
    """Processes that each ran `start(*args)` first. However many there are, what they make is the same."""

    def __init__(
        self, processes: int, lost: ZhenweiError, start: Callable[P, None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Hire; `lost` is raised when one of them was killed."""
        # Spawned, not forked: LightGBM's and the progress bar's threads do not survive a fork.
        self._pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (start, args, kwargs))
        self._most, self._lost = _AHEAD * processes, lost

    def __enter__(self) -> "Crew[P]":
        """Nothing to do: processes start with the first work."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait until what is begun is done, forget the rest, and let them go."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def ask(self, work: Callable[[], R]) -> R:
        """Have one of them do something."""
        try:
            return self._pool.submit(work).result()
        except BrokenProcessPool as error:
            raise self._lost from error

    def in_order(self, chunks: Iterable[C], work: Callable[[C], R]) -> Iterator[tuple[C, R]]:
        """Yield every chunk with what was made of it, in order; few are held at a time."""
        waiting: deque[tuple[C, Future[R]]] = deque()
        try:
            for chunk in chunks:
                waiting.append((chunk, self._pool.submit(work, chunk)))
                if len(waiting) > self._most:
                    done, made = waiting.popleft()
                    yield done, made.result()
            for done, made in waiting:
                yield done, made.result()
        except BrokenProcessPool as error:
            raise self._lost from error


def usable_cores() -> int:
    """Cores this process may run on, which in a container are fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(start: Callable[..., None], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its crew
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start(*args, **kwargs)


def _end_with_parent() -> None:
    """A parent killed by kill -9 cannot say goodbye; its crew must not wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _frozen(told: dict[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(told)


def _thawed(told: MappingProxyType[str, object]) -> tuple[Callable[..., Any], tuple[dict[str, object]]]:
    return _frozen, (dict(told),)


ForkingPickler.register(MappingProxyType, _thawed)  # listings hold such mappings, which do not travel by themselves
