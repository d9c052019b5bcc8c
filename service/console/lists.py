"""Lists: what people decided about sellers, listings, brands and terms. Every change has a reason."""

from collections.abc import Mapping, Sequence
from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from features.intake import Identity, ListingRejected, Note, Word, problems
from models.lists import Effect, ListKind
from service import listfile
from service.console.entrance import Reader, enter
from service.console.page import ROOT, Room, show, words_of
from service.errors import Fault, faults
from service.ledger import lists
from service.ledger.ledger import Page
from service.ledger.lists import Added, Wish
from service.recording import of_ledger
from service.schemas import EntryOut, ListIn

router = APIRouter(prefix="/lists")
ROOM = Room("lists", "review", router)
KINDS: tuple[ListKind, ...] = get_args(ListKind)
EFFECTS: tuple[Effect, ...] = get_args(Effect)
_SHOWN = 200
"""Entries on the page; a search finds the others."""
NO_FAULTS: tuple[Fault, ...] = ()


@router.get("")
async def page(
    request: Request,
    kind: Annotated[Word, Query(max_length=16)] = "",
    q: Annotated[Word, Query()] = "",
    done: Annotated[Word, Query(max_length=16)] = "",
) -> Response:
    """Show what stands, newest first."""
    return await _page(request, {"kind": kind, "q": q}, done=done)


@router.post("", dependencies=[enter("admin")])
async def add(request: Request) -> Response:
    """Put one entry on a list."""
    filled = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    reader: Reader = request.state.reader
    told = {
        name: filled[name].strip() for name in ("kind", "effect", "value", "reason", "expires_on") if filled.get(name)
    }
    try:
        wish = ListIn.model_validate({"who": reader.name} | told).wish(reader.key_id)
    except ValidationError as error:
        return await _page(request, {}, wrong=faults(problems(error), words_of(request).lang), filled=filled)
    (added,) = await _added(request, [wish])
    return _back(added.status)


@router.post("/csv", dependencies=[enter("admin")])
async def add_many(request: Request, file: UploadFile) -> Response:
    """Put every row of a table on its list, or none when a row is wrong."""
    reader: Reader = request.state.reader
    raw = await file.read()
    try:
        wishes = await run_in_threadpool(_wishes, raw, reader.name, reader.key_id)
    except ListingRejected as error:
        return await _page(request, {}, wrong=faults(error.problems, words_of(request).lang))
    await _added(request, wishes)
    return _back("many")


@router.get("/csv")
async def export(request: Request) -> Response:
    """Send every entry that stands, as a table for spreadsheets."""
    name = {"content-disposition": 'attachment; filename="zhenwei-lists.csv"'}
    return Response(listfile.written(await _standing(request)), headers=name, media_type=listfile.TYPE)


@router.post("/{entry_id}/remove", dependencies=[enter("admin")])
async def remove(
    request: Request,
    entry_id: Annotated[Identity, Path()],
    why: Annotated[Note, Form(min_length=1)],
) -> Response:
    """Take an entry off its list."""
    reader: Reader = request.state.reader

    def removed(page: Page, _items: object) -> list[None]:
        lists.remove(page, entry_id, who=reader.name, why=why, key_id=reader.key_id)
        return [None]

    await of_ledger(request).record(removed, [entry_id])
    await run_in_threadpool(request.app.state.look_at_lists)
    return _back("removed")


async def _added(request: Request, wishes: Sequence[Wish]) -> Sequence[Added]:
    added = await of_ledger(request).record(lists.add, wishes)
    await run_in_threadpool(request.app.state.look_at_lists)
    return added


async def _standing(request: Request) -> list[EntryOut]:
    today = request.app.state.today()
    return [EntryOut.of(one, today) for one in await of_ledger(request).read(lists.standing)]


async def _page(
    request: Request,
    asked: Mapping[str, str],
    *,
    wrong: Sequence[Fault] = NO_FAULTS,
    filled: Mapping[str, str] | None = None,
    done: str = "",
) -> Response:
    standing = await _standing(request)
    kind, q = asked.get("kind", ""), asked.get("q", "").strip().lower()
    found = [
        one
        for one in reversed(standing)
        if (not kind or one.kind == kind) and (not q or q in f"{one.value}\n{one.reason}\n{one.who}".lower())
    ]
    told: dict[str, Any] = {"kinds": KINDS, "effects": EFFECTS, "wrong": wrong, "filled": filled or {}, "done": done}
    counts = {one: sum(entry.kind == one for entry in standing) for one in KINDS}
    return show(
        request, "lists.html.j2", 422 if wrong else 200,
        entries=found[:_SHOWN], found=len(found), counts=counts, kind=kind, q=asked.get("q", ""), **told,
    )  # fmt: skip


def _back(done: str) -> Response:
    return RedirectResponse(f"{ROOT}{router.prefix}?done={done}", 303)


def _wishes(raw: bytes, who: str, key_id: str | None) -> list[Wish]:
    with TemporaryDirectory() as folder:
        file = File(folder) / "lists.csv"
        file.write_bytes(raw)
        return listfile.read(file, who, key_id)
