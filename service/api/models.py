"""Which bundle answers, over HTTP: the history, and changing it without a restart."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from service.access import REFUSALS, allow, key_id
from service.body import read_as
from service.bundles import BundleStore
from service.errors import NothingThere, ProblemOut
from service.ledger import activations, shadows
from service.ledger.activations import ActivationRefused
from service.ledger.ledger import Page
from service.openapi import takes
from service.recording import of_ledger
from service.schemas import Activated, ActivateIn, ModelsOut, Removal, RollbackIn
from service.shadow.report import ShadowOut, report
from service.watch import BundleWatch

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 408, 409, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/v1/models", tags=["models"], responses=_PROBLEMS | REFUSALS)


@router.get("", dependencies=[allow("review")])
async def history(request: Request) -> ModelsOut:
    """Which bundle is active, and every activation, rollback and shadow, newest first: who, when, why."""
    return await of_ledger(request).read(ModelsOut.of)


@router.post("/activate", openapi_extra=takes("ActivateIn"), dependencies=[allow("admin")])
async def activate(request: Request) -> Activated:
    """Let a bundle answer that is kept here already; `zhenwei model activate` brings new ones. All workers follow."""
    return await _chosen(request, activations.activate)


@router.post("/rollback", openapi_extra=takes("RollbackIn"), dependencies=[allow("admin")])
async def roll_back(request: Request) -> Activated:
    """Go back to the bundle that answered before the last activation. All workers follow."""
    told = await read_as(request, RollbackIn)
    recording, store = of_ledger(request), _store(request)
    target = activations.before(await recording.read(activations.history))
    await run_in_threadpool(store.open, target)

    def rolled_back(page: Page, bundles: Sequence[str]) -> list[None]:
        for bundle in bundles:
            activations.roll_back(page, bundle, who=told.who, why=told.why, key_id=key_id(request))
        return [None for _ in bundles]

    await recording.record(rolled_back, [target])
    return Activated(target, changed=True)


@router.get("/shadow", dependencies=[allow("review")], responses={404: {"model": ProblemOut}})
async def shadow(request: Request) -> ShadowOut:
    """How far the bundle in the shadow agrees with what was answered, and who was right where people looked."""
    if (told := await of_ledger(request).read(report)) is None:
        raise NothingThere("No bundle was ever in the shadow; POST /v1/models/shadow puts one there.")
    return told


@router.post("/shadow", openapi_extra=takes("ActivateIn"), dependencies=[allow("admin")])
async def begin_shadow(request: Request) -> Activated:
    """Let a bundle that is kept here score, unseen, whatever is answered from now on; in place of another."""
    return await _chosen(request, shadows.begin)


@router.delete("/shadow", dependencies=[allow("admin")])
async def end_shadow(request: Request, query: Annotated[Removal, Query()]) -> Activated:
    """Take the bundle out of the shadow; what it said stays."""

    def ended(page: Page, items: Sequence[None]) -> list[str]:
        return [shadows.end(page, who=query.who, why=query.why, key_id=key_id(request)) for _ in items]

    (bundle,) = await of_ledger(request).record(ended, [None])
    return Activated(bundle, changed=True)


async def _chosen(request: Request, choose: Callable[..., bool]) -> Activated:
    """Open a bundle that is kept here, and record that it was chosen."""
    told = await read_as(request, ActivateIn)
    recording, store = of_ledger(request), _store(request)
    await run_in_threadpool(store.open, told.bundle)

    def chosen(page: Page, bundles: Sequence[str]) -> list[bool]:
        key = key_id(request)
        return [choose(page, bundle, who=told.who, why=told.why, key_id=key) for bundle in bundles]

    (changed,) = await recording.record(chosen, [told.bundle])
    return Activated(told.bundle, changed)


def _store(request: Request) -> BundleStore:
    watch: BundleWatch | None = request.app.state.watch
    if watch is None:
        raise ActivationRefused("This service was started with a bundle of its own and follows no other; restart it.")
    return watch.store
