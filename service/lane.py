"""The lane to the screener: what waits is screened together, so that under load the fixed cost of a call is shared.

One thread screens while the event loop reads and answers. Answers do not depend on who shares a call.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

from features.listing import Listing
from models import Screener, Screening
from models.lists import NO_LISTS, Lists, judge
from models.screening import Explain

_MOST = 16
"""Listings screened in one call: a few milliseconds, the longest a newcomer waits for the call under way."""

Answers = list[Screening]


class _Asked(NamedTuple):
    listings: Sequence[Listing]
    explain: Explain
    today: date
    answer: "asyncio.Future[Answers]"


class Lane:
    """Use from one event loop only."""

    def __init__(self, screener: Screener) -> None:
        """Prepare the thread; nothing runs until somebody asks."""
        self._screener, self._lists = screener, NO_LISTS
        self._thread = ThreadPoolExecutor(1, "screen")
        self._waiting: deque[_Asked] = deque()
        self._busy = False

    def use(self, screener: Screener) -> None:
        """Screen with another bundle from the next call on."""
        self._screener = screener

    def follow(self, lists: Lists) -> None:
        """Let other lists decide from the next call on."""
        self._lists = lists

    async def screen(self, listings: Sequence[Listing], *, explain: Explain, today: date) -> Answers:
        """Screen listings, in order, possibly in one call with those of other requests."""
        answer: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(listings, explain, today, answer))
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
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._together, group)
        work.add_done_callback(lambda done: self._told(group, done))

    def _together(self, group: list[_Asked]) -> list[Answers | Exception]:
        listings = [listing for asked in group for listing in asked.listings]
        try:
            answers = iter(self._judged(listings, group[0]))
        except Exception:  # noqa: BLE001 - one request must not fail because of another's listing: ask one by one
            return [self._alone(asked) for asked in group]
        return [[next(answers) for _ in asked.listings] for asked in group]

    def _judged(self, listings: Sequence[Listing], asked: _Asked) -> Answers:
        screener, lists = self._screener, self._lists
        answers = screener.screen(listings, explain=asked.explain, today=asked.today)
        if lists is NO_LISTS:
            return answers
        fold, rules = screener.reader.folder.fold, screener.bundle.knowledge.rules
        hard = {f"rule:{code}" for code, rule in rules.items() if rule.hard}

        def judged(listing: Listing, answer: Screening) -> Screening:
            hits = lists.hits(listing, fold, asked.today)
            return judge(answer, hits, hard=not hard.isdisjoint(answer.reasons), explain=asked.explain)

        return list(map(judged, listings, answers))

    def _alone(self, asked: _Asked) -> Answers | Exception:
        try:
            return self._judged(asked.listings, asked)
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
