"""Lists over HTTP: what people decided about sellers, listings, brands and terms."""

from datetime import date
from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from features.intake import Identity
from service import listfile, wire
from service.access import REFUSALS, allow, key_id
from service.body import read_as, read_csv
from service.errors import ProblemOut
from service.ledger import lists
from service.ledger.ledger import Page
from service.ledger.lists import Added, Wish
from service.openapi import takes, takes_csv
from service.recording import of_ledger
from service.schemas import EntryOut, ListIn, Removal, Together, Uploader

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 404, 408, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/v1/lists", tags=["lists"], responses=_PROBLEMS | REFUSALS)


@router.get("", dependencies=[allow("review")])
async def show(request: Request) -> list[EntryOut]:
    """Every entry that stands, expired ones included."""
    return await _standing(request)


@router.get(
    "/csv",
    dependencies=[allow("review")],
    response_class=Response,
    responses={200: {"content": {listfile.TYPE: {"schema": {"type": "string"}}}, "description": "As CSV in UTF-8"}},
)
async def export(request: Request) -> Response:
    """Every entry that stands, as a table for spreadsheets; what would run as a formula has an apostrophe before it."""
    told = listfile.written(await _standing(request))
    name = {"content-disposition": 'attachment; filename="zhenwei-lists.csv"'}
    return Response(told, headers=name, media_type=listfile.TYPE)


async def _standing(request: Request) -> list[EntryOut]:
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


@router.post(
    "/csv",
    status_code=201,
    openapi_extra=takes_csv("kind,effect,value,reason,expires_on\nseller,deny,s-1,三次售假,2027-01-01\n"),
    dependencies=[allow("admin")],
)
async def add_many(request: Request, query: Annotated[Uploader, Query()]) -> Together:
    """Put every row of a table on its list, or none when a row is wrong. UTF-8 or GB18030, as spreadsheets save it."""
    raw = await read_csv(request, request.app.state.settings.max_batch_bytes)
    wishes = await run_in_threadpool(_wishes, raw, query.who, key_id(request))
    added = await of_ledger(request).record(lists.add, wishes)
    await run_in_threadpool(request.app.state.look_at_lists)
    return Together(len(added), sum(one.status == "new" for one in added))


def _wishes(raw: bytes, who: str, key: str | None) -> list[Wish]:
    with TemporaryDirectory() as folder:
        file = File(folder) / "lists.csv"
        file.write_bytes(raw)
        return listfile.read(file, who, key)


@router.delete("/{entry_id}", status_code=204, dependencies=[allow("admin")])
async def remove(request: Request, entry_id: Annotated[Identity, Path()], query: Annotated[Removal, Query()]) -> None:
    """Take an entry off its list."""

    def removed(page: Page, _items: object) -> list[None]:
        lists.remove(page, entry_id, who=query.who, why=query.why, key_id=key_id(request))
        return [None]

    await of_ledger(request).record(removed, [entry_id])
    await run_in_threadpool(request.app.state.look_at_lists)
