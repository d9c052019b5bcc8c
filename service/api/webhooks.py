"""Webhooks over HTTP: who is told of risky evaluations, and what became of that."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from features.intake import Identity
from service import home
from service.access import REFUSALS, allow, key_id
from service.body import read_as
from service.errors import ProblemOut
from service.ledger import deliveries, webhooks
from service.ledger.deliveries import Delivery
from service.ledger.ledger import Page, Rows
from service.openapi import takes
from service.recording import of_ledger
from service.schemas import Removal
from service.webhooks.signature import Secret
from service.webhooks.target import read_target
from service.webhooks.wire import RedeliverIn, ToldAgain, WebhookIn, WebhookMade, WebhookOut

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 404, 408, 413, 415, 422, 500, 503)
}
router = APIRouter(
    prefix="/v1/webhooks", tags=["webhooks"], dependencies=[allow("admin")], responses=_PROBLEMS | REFUSALS
)
Named = Annotated[Identity, Path()]


@router.get("")
async def show(request: Request) -> list[WebhookOut]:
    """Every webhook that stands, and how often it was told."""

    def read(ledger: Rows) -> list[WebhookOut]:
        counts = deliveries.counts(ledger)
        return [WebhookOut.of(one, counts.get(one.webhook_id, {})) for one in webhooks.webhooks(ledger).values()]

    return await of_ledger(request).read(read)


@router.post("", status_code=201, openapi_extra=takes("WebhookIn"))
async def add(request: Request) -> WebhookMade:
    """Tell risky evaluations to an address from now on, signed as Standard Webhooks says. The secret is shown once."""
    told, settings = await read_as(request, WebhookIn), request.app.state.settings
    read_target(told.url, private=settings.webhook_private)
    recording, webhook_id = of_ledger(request), webhooks.new_id()
    secret = Secret.of(await run_in_threadpool(home.webhook_secret, settings), webhook_id)

    def added(page: Page, wishes: Sequence[WebhookIn]) -> list[None]:
        for wish in wishes:
            about = (webhook_id, wish.url, wish.levels, secret.digest)
            webhooks.add(page, *about, who=wish.who, why=wish.why, key_id=key_id(request))
        return [None for _ in wishes]

    await recording.record(added, [told])
    return WebhookMade(webhook_id, str(secret))


@router.delete("/{webhook_id}", status_code=204)
async def remove(request: Request, webhook_id: Named, query: Annotated[Removal, Query()]) -> None:
    """Tell an address nothing more, what waits included."""

    def removed(page: Page, _items: object) -> list[None]:
        webhooks.remove(page, webhook_id, who=query.who, why=query.why, key_id=key_id(request))
        return [None]

    await of_ledger(request).record(removed, [webhook_id])


@router.get("/{webhook_id}/deliveries")
async def told(request: Request, webhook_id: Named) -> list[Delivery]:
    """What became of what a webhook was to be told, newest first, at most 200."""
    return await of_ledger(request).read(lambda ledger: deliveries.newest_of(ledger, webhook_id))


@router.post("/{webhook_id}/redeliver", openapi_extra=takes("RedeliverIn"))
async def redeliver(request: Request, webhook_id: Named) -> ToldAgain:
    """Tell one evaluation again, or all that were given up. The id of a message stays, so receivers can tell."""
    wish = await read_as(request, RedeliverIn)

    def asked(page: Page, wishes: Sequence[RedeliverIn]) -> list[int]:
        one = webhooks.webhook(page, webhook_id)
        key = key_id(request)
        return [deliveries.again(page, one, wish.evaluation_id, who=wish.who, key_id=key) for wish in wishes]

    (evaluations,) = await of_ledger(request).record(asked, [wish])
    return ToldAgain(evaluations)
