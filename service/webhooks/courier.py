"""The courier: finds what webhooks are still to be told, tells it, and records what became of it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from starlette.concurrency import run_in_threadpool

from features.errors import ZhenweiError
from service.ledger import deliveries, webhooks
from service.ledger.deliveries import Due, Outcome, Settled
from service.ledger.ledger import utc_now
from service.ledger.tables import Row
from service.ledger.webhooks import Webhook
from service.recording import Recording
from service.webhooks.message import message
from service.webhooks.post import Post
from service.webhooks.signature import Secret

AT_ONCE = 100
"""Messages of one webhook that are under way together; the others wait in the ledger."""
_AGAIN_S = 30.0
"""Seconds until what is still due is put into the queue once more, should the queue have lost it."""
Attempt = Outcome | Literal["failed"]


class NotDelivered(ZhenweiError):
    """An attempt failed; there will be another."""


class Courier:
    """Tells the webhooks of one ledger."""

    def __init__(
        self,
        recording: Recording,
        master: Callable[[], bytes],
        post: Post,
        count: Callable[[Attempt], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Sign with what `master` gives, which may raise SettingsInvalid; `count` is told how each attempt went."""
        self._recording, self._ledger = recording, recording.ledger
        self._master, self._post, self._count, self._now = master, post, count, now
        self._told_up_to: dict[str, int] = {}
        self._put: dict[Due, float] = {}
        self.waiting = 0
        """Messages that waited or were under way at the last look."""

    def due(self) -> list[Due]:
        """What is to be put into the queue now. Raises LedgerAway."""
        with self._ledger.view() as view:
            newest = deliveries.newest(view)
            found: list[Due] = []
            for one in webhooks.webhooks(view).values():
                mine = deliveries.due(view, one, self._told_up_to.get(one.webhook_id, 0), AT_ONCE)
                fresh = [due.evaluation_seq for due in mine if due.wish == due.evaluation_seq]
                self._told_up_to[one.webhook_id] = fresh[0] - 1 if fresh else newest
                found += mine
        self.waiting, now = len(found), time.monotonic()
        self._put = {due: at for due, at in self._put.items() if now - at < _AGAIN_S}
        return [due for due in found if due not in self._put]

    def put(self, due: Due) -> None:
        """Remember that it is in the queue."""
        self._put[due] = time.monotonic()

    async def deliver(self, due: Due, attempt: int, most: int) -> None:
        """Tell one webhook of one evaluation, unless that was done. Raises NotDelivered, LedgerAway."""
        found = await run_in_threadpool(self._look, due)
        if found is None:
            return
        one, row = found
        if row is None or row["listing_id"] is None:
            await self._settle(due, "skipped", attempt, "erased")
            return
        secret = Secret.of(self._master(), one.webhook_id)
        if secret.digest != one.secret_digest:
            await self._settle(due, "dead", attempt, "the key in the home folder is another; add the webhook again")
            return
        told = message(due, row)
        answer = await self._post.send(one.url, told.body, secret.headers(told.message_id, self._now(), told.body))
        if answer.accepted:
            await self._settle(due, "delivered", attempt, answer.told)
        elif attempt >= most:
            await self._settle(due, "dead", attempt, answer.told)
        else:
            self._count("failed")
            raise NotDelivered(f"attempt {attempt} of {most}: {answer.told}")

    def _look(self, due: Due) -> tuple[Webhook, Row | None] | None:
        """What is to be told to whom; None: nothing any more."""
        with self._ledger.view() as view:
            one = webhooks.webhooks(view).get(due.webhook_id)
            if one is None or deliveries.is_settled(view, due):
                return None
            return one, deliveries.evaluation(view, due.evaluation_seq)

    async def _settle(self, due: Due, outcome: Outcome, attempts: int, answer: str) -> None:
        await self._recording.record(deliveries.settle, [Settled(due, outcome, attempts, answer)])
        self._count(outcome)

    async def close(self) -> None:
        """Let go of connections."""
        await self._post.close()
