"""Lists over HTTP: what people decided about sellers, listings, brands and terms."""

from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from features.intake import Identity
from service import wire
from service.access import REFUSALS, allow, key_id
from service.body import read_as
from service.errors import ProblemOut
from service.ledger import lists
from service.ledger.ledger import Page
from service.ledger.lists import Added
from service.openapi import takes
from service.recording import of_ledger
from service.schemas import EntryOut, ListIn, Removal

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 404, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/v1/lists", tags=["lists"], responses=_PROBLEMS | REFUSALS)


@router.get("", dependencies=[allow("review")])
async def show(request: Request) -> list[EntryOut]:
    """Every entry that stands, expired ones included."""
    today: date = request.app.state.today()
    return [EntryOut.of(one, today) for one in await of_ledger(request).read(lists.standing)]


@router.post(
    "",
    response_model=Added,
    status_code=201,
    responses={200: {"model": Added, "description": "The same entry stood there before"}},
    openapi_extra=takes("ListIn"),
    dependencies=[allow("admin")],
)
async def add(request: Request) -> Response:
    """Put one entry on a list. It decides from the next request on, here; in other workers within a second or two."""
    wish = (await read_as(request, ListIn)).wish(key_id(request))
    (added,) = await of_ledger(request).record(lists.add, [wish])
    await run_in_threadpool(request.app.state.look_at_lists)
    return Response(orjson.dumps(added), 201 if added.status == "new" else 200, media_type=wire.TYPE)


@router.delete("/{entry_id}", status_code=204, dependencies=[allow("admin")])
async def remove(request: Request, entry_id: Annotated[Identity, Path()], query: Annotated[Removal, Query()]) -> None:
    """Take an entry off its list."""

    def removed(page: Page, _items: object) -> list[None]:
        lists.remove(page, entry_id, who=query.who, why=query.why, key_id=key_id(request))
        return [None]

    await of_ledger(request).record(removed, [entry_id])
    await run_in_threadpool(request.app.state.look_at_lists)
