"""The lane to the screener: what waits is screened together, so that under load the fixed cost of a call is shared.

One thread screens while the event loop reads and answers. Answers do not depend on who shares a call.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from datetime import date
from typing import NamedTuple

from features.listing import Listing
from models import Screener
from models.lists import Lists
from models.screening import Explain
from service.errors import Overloaded
from service.judge import Answers, Group, Judge
from service.online.online import Online
from service.traces import span

__all__ = ["Answers", "Lane"]

_MOST = 16
"""Listings screened in one call: a few milliseconds, the longest a newcomer waits for the call under way."""

_MOST_WAITING = 4096
"""Requests that may wait: some seconds' worth. An answer after that helps nobody, and memory must not grow."""


class _Asked(NamedTuple):
    listings: Sequence[Listing]
    explain: Explain
    today: date
    counts: bool
    answer: "asyncio.Future[Answers]"
    context: Context  # of who asked: what is traced in the thread is told to the first of a group


class Lane:
    """Use from one event loop only."""

    def __init__(self, screener: Screener, online: Online | None = None) -> None:
        """Prepare the thread; nothing runs until somebody asks. Without `online`, see service.judge."""
        self._judge = Judge(screener, online)
        self._thread = ThreadPoolExecutor(1, "screen")
        self._waiting: deque[_Asked] = deque()
        self._busy = False

    def use(self, screener: Screener) -> None:
        """Screen with another bundle from the next call on."""
        self._judge.use(screener)

    def follow(self, lists: Lists) -> None:
        """Let other lists decide from the next call on."""
        self._judge.follow(lists)

    @property
    def waited_for(self) -> bool:
        """Whether requests wait behind the call under way."""
        return bool(self._waiting)

    async def screen(
        self, listings: Sequence[Listing], *, explain: Explain, today: date, counts: bool = False
    ) -> Answers:
        """Screen listings, in order, possibly in one call with those of other requests. Raises Overloaded.

        Those that `counts` add to the velocity of their sellers and titles.
        """
        if len(self._waiting) >= _MOST_WAITING:
            raise Overloaded("Too many listings wait already. Try again in a second.")
        answer: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()
        with span("screen", listings=len(listings)):
            self._waiting.append(_Asked(listings, explain, today, counts, answer, copy_context()))
            if not self._busy:
                self._next()
            return await answer

    def _next(self) -> None:
        """Send the oldest request, and those behind it that fit into the same call."""
        group = [self._waiting.popleft()]
        count = len(group[0].listings)
        while self._waiting and self._waiting[0][1:3] == group[0][1:3] and count < _MOST:
            count += len(self._waiting[0].listings)
            group.append(self._waiting.popleft())
        self._busy = True
        work = asyncio.get_running_loop().run_in_executor(self._thread, group[0].context.run, self._together, group)
        work.add_done_callback(lambda done: self._told(group, done))

    def _together(self, group: list[_Asked]) -> list[Answers | Exception]:
        try:
            judged = self._judged(group)
        except Exception:  # noqa: BLE001 - one request must not fail because of another's listing: ask one by one
            return [self._alone(asked) for asked in group]
        listings, screenings = iter(judged.listings), iter(judged.screenings)
        return [
            Answers([next(listings) for _ in asked.listings], [next(screenings) for _ in asked.listings])
            for asked in group
        ]

    def _judged(self, group: Sequence[_Asked]) -> Answers:
        listings = [listing for asked in group for listing in asked.listings]
        counted = [asked.counts for asked in group for _ in asked.listings]
        return self._judge.answer(Group(listings, counted, group[0].explain, group[0].today))

    def _alone(self, asked: _Asked) -> Answers | Exception:
        try:
            return self._judged([asked])
        except Exception as error:  # noqa: BLE001 - raised again where it was asked
            return error

    def _told(self, group: list[_Asked], done: "asyncio.Future[list[Answers | Exception]]") -> None:
        for asked, answers in zip(group, done.result(), strict=True):
            if asked.answer.done():  # the client went away
                continue
            if isinstance(answers, Exception):
                asked.answer.set_exception(answers)
            else:
                asked.answer.set_result(answers)
        self._busy = False
        if self._waiting:
            self._next()
