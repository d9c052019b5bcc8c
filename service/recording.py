"""What the HTTP door does with the ledger: no answer leaves before its record is committed."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from features.listing import Listing
from models import Screening
from service.degraded import NOT_RECORDED, degraded
from service.language import Language, only
from service.ledger import evaluations
from service.ledger.database import LedgerAway
from service.ledger.evaluations import Evaluation, Status
from service.ledger.ledger import Ledger, Rows
from service.ledger.writer import Prepare, Record, Writer
from service.traces import span

T = TypeVar("T")
R = TypeVar("R")
_PATIENCE = 10.0
"""Seconds until a ledger that does not answer counts as away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A screening as the HTTP door sends it: what the ledger says of it, when there is one, stands in front."""

    screening: Screening
    evaluation_status: Status | None = None

    def to_json(self, language: Language | None = None) -> bytes:
        """The bytes of the screening, as every door sends them, behind `evaluation_status`; or in one language."""
        told = self.screening.to_json()
        if language is not None:
            told = only(told, language)
        status = self.evaluation_status
        return told if status is None else b'{"evaluation_status":"%b",%b' % (status.encode(), told[1:])


class Recording:
    """The ledger behind one app. Use from one event loop only."""

    def __init__(self, ledger: Ledger, *, required: bool) -> None:
        """`required`: what cannot be recorded is not answered."""
        self.ledger = ledger
        self.required = required
        self._writer = Writer(ledger)
        self._away = False

    @property
    def state(self) -> Literal["ok", "away"]:
        """How the last attempt went."""
        return "away" if self._away else "ok"

    async def evaluations(self, listings: Sequence[Listing], screenings: Sequence[Screening]) -> list[Answer]:
        """Record answers, together. Raises LedgerAway, or marks them degraded when the ledger is not required."""
        pairs = [Evaluation(*pair) for pair in zip(listings, screenings, strict=True)]
        try:
            told = await self.record(evaluations.record, pairs, evaluations.prepare)
        except LedgerAway:
            if self.required:
                raise
            return [Answer(degraded(one, NOT_RECORDED)) for one in screenings]
        return list(map(Answer, screenings, told))

    async def record(
        self, record: Record[Any, R], items: Sequence[T], prepare: Prepare[T] = lambda items: items
    ) -> Sequence[R]:
        """Record items; when this returns, they are committed. Raises LedgerAway."""
        try:
            with span("ledger commit", records=len(items)):
                told = await _committed(self._writer.submit(record, items, prepare))
        except LedgerAway:
            self._away = True
            raise
        self._away = False
        return told

    async def read(self, read: Callable[[Rows], R]) -> R:
        """Read one consistent state. Raises LedgerAway."""
        return await run_in_threadpool(self._read, read)

    def _read(self, read: Callable[[Rows], R]) -> R:
        with self.ledger.view() as view:
            return read(view)

    async def check(self) -> Literal["ok", "away"]:
        """Ask the ledger for a sign of life."""
        try:
            await self.record(lambda _page, items: items, ())
        except LedgerAway:
            return "away"
        return "ok"

    def close(self) -> None:
        """Commit what was accepted, then let go."""
        self._writer.close()
        self.ledger.close()


def of_ledger(request: Request) -> Recording:
    """Return the recording of the app that answers. Raises LedgerAway when it has none."""
    recording: Recording | None = request.app.state.recording
    if recording is None:
        raise LedgerAway("This service keeps no ledger; the operator can name one with ZHENWEI_LEDGER_URL.")
    return recording


async def _committed(future: "Future[Sequence[R]]") -> Sequence[R]:
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), _PATIENCE)
    except TimeoutError as error:
        raise LedgerAway(f"The ledger did not answer within {_PATIENCE:.0f} seconds. Try again.") from error
