"""What the doors do with cases: the queue is brought up to date before anybody looks at it."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from features.errors import ZhenweiError
from models import Screener
from service.ledger import caselist, cases, golden, queue
from service.ledger.caselist import CaseDetail, CaseOut, Chosen
from service.ledger.cases import CaseRefused, CaseUnknown, Decision, Done, Reviewer, Wish
from service.ledger.database import LedgerAway
from service.ledger.golden import GoldenRefused
from service.ledger.ledger import Page
from service.ledger.queue import Filing
from service.reasons import require_reason
from service.recording import Recording

_PAGES, _PAGES_BEHIND = 2, 20
"""Pages of news filed before an answer, and at once behind it: an old ledger fills the queue within minutes."""
_Step = Callable[[Page, Sequence[Any]], list[Any]]


def _each(step: Callable[..., object]) -> _Step:
    """Take a step for each of several people; one that is refused is told so, and spoils no other."""

    def taken(page: Page, items: Sequence[tuple[Any, ...]]) -> list[Any]:
        told: list[Any] = []
        for item in items:
            try:
                told.append(step(page, *item))
            except (CaseUnknown, CaseRefused, GoldenRefused) as error:
                told.append(error)
        return told

    return taken


def _decide_then_next(page: Page, told: Decision, wish: Wish) -> tuple[Done, str | None]:
    """One commit for both: a reviewer waits for it."""
    return cases.decide(page, told), cases.next_case(page, wish)


_NEXT, _CLAIM, _RELEASE = _each(cases.next_case), _each(cases.claim), _each(cases.release)
_DECIDE, _DECIDE_THEN_NEXT, _UNDO = _each(cases.decide), _each(_decide_then_next), _each(cases.undo)
_GOLDEN, _RETIRE = _each(golden.add), _each(golden.retire)


class Casework:
    """The cases of one app."""

    def __init__(
        self,
        recording: Recording,
        screener: Callable[[], Screener],
        golden_rate: float,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """`screener` is the one that answers now; `golden_rate` 0..1 of the cases given have a known verdict."""
        self._recording, self._screener = recording, screener
        self._golden_rate, self._draw = golden_rate, draw

    @property
    def filing(self) -> Filing:
        """How the queue is ordered now."""
        screener = self._screener()
        priorities = {name: one.priority for name, one in screener.bundle.knowledge.categories.items()}
        return Filing(priorities, lambda titles: [one.text for one in screener.reader.folder.fold_many(titles)])

    def look(self) -> None:
        """Bring the queue up to date, in the background. Raises LedgerAway."""
        queue.follow(self._recording.ledger, self.filing, _PAGES_BEHIND)

    async def list(self, chosen: Chosen, *, after: str | None = None, limit: int = 50) -> list[CaseOut]:
        """List cases in the order of the queue. Raises CaseUnknown, LedgerAway."""
        await self._follow()
        now = self._recording.ledger.now()
        return await self._recording.read(lambda view: caselist.listed(view, chosen, now, after=after, limit=limit))

    async def detail(self, case_id: str) -> CaseDetail:
        """One case. Raises CaseUnknown, LedgerAway."""
        now, filing = self._recording.ledger.now(), self.filing
        return await self._recording.read(lambda view: caselist.detail(view, case_id, now, filing))

    async def next(self, by: Reviewer, after: str | None = None) -> str | None:
        """Claim the best case; return its id. None when nothing waits. Raises CaseUnknown, LedgerAway."""
        await self._follow()
        found: str | None = await self._step(_NEXT, self._wish(by, after))
        return found

    async def claim(self, case_id: str, by: Reviewer) -> Done:
        """Hold a case, or hold it longer. Raises CaseUnknown, CaseRefused, LedgerAway."""
        return await self._done(_CLAIM, case_id, by)

    async def release(self, case_id: str, by: Reviewer) -> Done:
        """Give a case back. Raises CaseUnknown, LedgerAway."""
        return await self._done(_RELEASE, case_id, by)

    async def decide(self, told: Decision) -> Done:
        """Decide a case. Raises BodyRejected, CaseUnknown, CaseRefused, LedgerAway."""
        require_reason(told.verdict, told.reason)
        return await self._done(_DECIDE, told)

    async def decide_then_next(self, told: Decision) -> tuple[Done, str | None]:
        """Decide a case and claim the next one. Raises as `decide` does."""
        require_reason(told.verdict, told.reason)
        await self._follow()
        done: tuple[Done, str | None] = await self._step(_DECIDE_THEN_NEXT, told, self._wish(told.reviewer))
        return done

    async def undo(self, case_id: str, by: Reviewer) -> Done:
        """Take a decision back. Raises CaseUnknown, CaseRefused, LedgerAway."""
        return await self._done(_UNDO, case_id, by)

    async def let_be_golden(self, wanted: golden.Wanted) -> bool:
        """Show a case to every reviewer from now on; False: it is shown already. Raises GoldenRefused, LedgerAway."""
        require_reason(wanted.verdict, wanted.reason)
        new: bool = await self._step(_GOLDEN, wanted)
        return new

    async def retire(self, golden_id: str, by: Reviewer) -> bool:
        """Show a golden case no longer; False: it is none. Raises LedgerAway."""
        gone: bool = await self._step(_RETIRE, golden_id, by.who, by.key_id)
        return gone

    def _wish(self, by: Reviewer, after: str | None = None) -> Wish:
        return Wish(by, after, golden=self._draw() < self._golden_rate)

    async def _done(self, step: _Step, *item: object) -> Done:
        told: Done = await self._step(step, *item)
        return told

    async def _step(self, step: _Step, *item: object) -> Any:  # noqa: ANN401 - what the step tells
        (told,) = await self._recording.record(step, [item])
        if isinstance(told, ZhenweiError):
            raise told
        return told

    async def _follow(self) -> None:
        await run_in_threadpool(queue.follow, self._recording.ledger, self.filing, _PAGES)


def of_cases(request: Request) -> Casework:
    """Return the casework of the app that answers. Raises LedgerAway when it keeps no ledger."""
    casework: Casework | None = request.app.state.casework
    if casework is None:
        raise LedgerAway("This service keeps no ledger; the operator can name one with ZHENWEI_LEDGER_URL.")
    return casework
