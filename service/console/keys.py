"""Keys: who may do what. Made, rotated and revoked here, each with a reason; a key is shown once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from features.intake import Identity, Note
from service.console.entrance import Reader
from service.console.page import ROOT, Room, show
from service.ledger import keys
from service.ledger.keys import Scope, Wanted
from service.ledger.ledger import Page, utc_now
from service.recording import of_ledger

router = APIRouter(prefix="/keys")
ROOM = Room("keys", "admin", router)
Why = Annotated[Note, Form(min_length=1)]
KeyId = Annotated[Identity, Path()]


@router.get("")
async def page(request: Request, done: str = "") -> Response:
    """Show every key, never the key itself."""
    return await _page(request, done=done)


@router.post("")
async def create(
    request: Request,
    *,
    name: Annotated[Identity, Form()],
    scopes: Annotated[list[Scope], Form(min_length=1)],
    why: Why,
    days: Annotated[int | None, Form(ge=1, le=3650)] = None,
    per_minute: Annotated[int | None, Form(ge=1, le=1_000_000)] = None,
) -> Response:
    """Make a key and show it, this once."""
    until = utc_now() + timedelta(days=days) if days else None
    wanted = Wanted(name, scopes, until, per_minute)
    return await _shown(request, lambda page, who: keys.create(page, wanted, who=who, why=why))


@router.post("/{key_id}/rotate")
async def rotate(
    request: Request, key_id: KeyId, why: Why, hours: Annotated[float, Form(ge=0, le=720)] = 24
) -> Response:
    """Make a key that may do the same, show it, and let the old one expire."""
    until = utc_now() + timedelta(hours=hours)
    return await _shown(request, lambda page, who: keys.rotate(page, key_id, until, who=who, why=why))


@router.post("/{key_id}/revoke")
async def revoke(request: Request, key_id: KeyId, why: Why) -> Response:
    """Close a key for good; its sessions end."""

    def revoked(page: Page, who: str) -> str:
        keys.revoke(page, key_id, who=who, why=why)
        return ""

    await _changed(request, revoked)
    return RedirectResponse(f"{ROOT}{router.prefix}?done=revoked", 303)


async def _changed(request: Request, change: Callable[[Page, str], str]) -> str:
    """Change keys, in the reader's name, and follow at once."""
    reader: Reader = request.state.reader

    def changed(page: Page, _items: object) -> list[str]:
        return [change(page, reader.name)]

    (told,) = await of_ledger(request).record(changed, [None])
    await run_in_threadpool(request.app.state.keys.look)
    return told


async def _shown(request: Request, change: Callable[[Page, str], str]) -> Response:
    """Change keys and show the one that was made. The page is not stored anywhere."""
    return await _page(request, token=await _changed(request, change))


async def _page(request: Request, *, done: str = "", token: str = "") -> Response:
    now = utc_now()
    found = (await of_ledger(request).read(keys.keys)).values()
    states = {one.key_id: "revoked" if one.revoked else "active" if one.active(now) else "expired" for one in found}
    return show(
        request, "keys.html.j2", keys=list(reversed(list(found))), states=states, scopes=keys.SCOPES, done=done,
        made=token,
    )  # fmt: skip
