"""The writer: what waits is committed together, so that one flush to disk serves many.

Acknowledged means committed: a future gets its result after the transaction that holds it.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from itertools import groupby
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import Any, NamedTuple, TypeVar

from service.ledger.database import LedgerAway, RecordRefused
from service.ledger.ledger import Ledger, Page

T = TypeVar("T")
R = TypeVar("R")
Record = Callable[[Page, Sequence[T]], Sequence[R]]
"""Appends items to a page and says, in order, what became of each."""
Prepare = Callable[[Sequence[T]], Sequence[Any]]
"""Makes of items what a Record takes: the work that needs no lock."""

_TOGETHER = 256
"""Submissions committed in one transaction."""
_BUSY, _LINGER = 0.02, 0.004
"""Seconds: less than the first since the last commit, the second is waited for others to join the next."""
_WAITING = 4096
"""Submissions that may wait; beyond that the ledger is too slow, and saying so is better than a growing queue."""


class _Submitted(NamedTuple):
    record: Callable[[Page, Sequence[Any]], Sequence[Any]]
    items: Sequence[Any]
    prepare: Prepare[Any]
    future: "Future[Sequence[Any]]"


class Writer:
    """Commits submissions in order, in one thread that starts with the first."""

    def __init__(self, ledger: Ledger) -> None:
        """Prepare; nothing runs yet."""
        self._ledger = ledger
        self._queue: Queue[_Submitted | None] = Queue(_WAITING)
        self._starting = Lock()
        self._thread: Thread | None = None

    def submit(
        self, record: Record[Any, R], items: Sequence[T], prepare: Prepare[T] = lambda items: items
    ) -> "Future[Sequence[R]]":
        """Ask for items to be prepared, and recorded together. The future raises LedgerAway when they could not be."""
        submitted = _Submitted(record, items, prepare, Future())
        try:
            self._queue.put_nowait(submitted)
        except Full:
            raise LedgerAway("The ledger is slower than what arrives. Try again in a second.") from None
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="ledger", daemon=True)
                self._thread.start()
        return submitted.future

    def close(self) -> None:
        """Commit what was submitted, then stop."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _run(self) -> None:
        last = -math.inf
        while (first := self._queue.get()) is not None:
            if time.monotonic() - last < _BUSY:
                time.sleep(_LINGER)  # more is on its way, and a commit for two costs what one for one does
            group = [first]
            ended = False
            while len(group) < _TOGETHER and not ended:
                try:
                    more = self._queue.get_nowait()
                except Empty:
                    break
                ended = more is None
                group += [more] if more is not None else []
            self._settle([one for one in group if one.future.set_running_or_notify_cancel()])
            if ended:
                return
            last = time.monotonic()

    def _settle(self, group: Sequence[_Submitted]) -> None:
        """Commit a group; when that fails for what one of them holds, each alone."""
        try:
            results = list(self._commit(group))
        except Exception as error:  # noqa: BLE001 - raised again where it was asked
            away = isinstance(error, LedgerAway) and not isinstance(error, RecordRefused)
            for one in group:
                if away or len(group) == 1:
                    one.future.set_exception(error)
                else:
                    self._settle([one])
        else:
            for one, result in zip(group, results, strict=True):
                one.future.set_result(result)

    def _commit(self, group: Sequence[_Submitted]) -> Iterator[Sequence[Any]]:
        ready = [(one.record, one.prepare(one.items)) for one in group]
        with self._ledger.writing() as page:
            for record, run in groupby(ready, lambda one: one[0]):
                submissions = [items for _, items in run]
                told = iter(record(page, [item for items in submissions for item in items]))
                yield from ([next(told) for _ in items] for items in submissions)
