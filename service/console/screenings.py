"""Screenings: send a file, correct what its columns mean, follow it, explore and take away what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, get_args

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from features import columns
from features.columns import ColumnsRejected
from features.errors import ZhenweiError
from features.tables import FileRejected
from service.api.jobs import jobs_of
from service.console import explore, mapping
from service.console.answer import category_names, shown
from service.console.entrance import Reader
from service.console.explore import Seen, Wanted
from service.console.mapping import FileShown
from service.console.page import ROOT, Room, asked_by_htmx, show, words_of
from service.errors import NothingThere
from service.jobs import results
from service.jobs.folder import JobFolder
from service.jobs.jobs import Followed, Jobs, JobUnknown, Viewer
from service.jobs.results import Part
from service.jobs.upload import Upload, receive
from service.language import translated
from service.ledger.jobs import Format
from service.sending import Sending, Sent

router = APIRouter(prefix="/screenings")
ROOM = Room("screenings", "score", router)
FORMATS: tuple[Format, ...] = get_args(Format)
Named = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_SENT = "sent.json"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was sent and waits for somebody to say go."""

    folder: JobFolder
    file_name: str
    bytes: int


@router.get("")
async def page(request: Request) -> Response:
    """Show the form and the newest screenings."""
    found = await run_in_threadpool(jobs_of(request).list, _viewer(request))
    return show(request, "screenings.html.j2", found=found, most=jobs_of(request).limits.upload_bytes)


@router.post("/upload")
async def upload(request: Request) -> Response:
    """Receive a file; nothing is screened until its columns were looked at."""
    desk, viewer = jobs_of(request), _viewer(request)
    announced = request.headers.get("content-length", "")
    size = int(announced[:20]) if announced.isdecimal() else 0
    job_id, folder = await run_in_threadpool(desk.room_for, viewer, size)
    sent = await receive(request.stream(), request.headers.get("content-type", ""), folder, desk.limits.upload_bytes)
    told = {"file_name": sent.file_name, "bytes": sent.bytes, "key_id": viewer.key_id}
    (folder.path / _SENT).write_bytes(orjson.dumps(told))
    address = f"{ROOT}{router.prefix}/new/{job_id}"
    if asked_by_htmx(request):
        return Response(None, 204, {"HX-Redirect": address})
    return RedirectResponse(address, 303)


@router.get("/new/{job_id}")
async def columns_page(request: Request, job_id: Named) -> Response:
    """Show what the columns mean, to be corrected."""
    return await _columns_page(request, job_id, _waiting(request, job_id))


@router.post("/new/{job_id}")
async def start(request: Request, job_id: Named) -> Response:
    """Screen the file, with the columns as they were corrected."""
    waiting = _waiting(request, job_id)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        looked = await run_in_threadpool(_look, waiting, {})
        chosen = looked.chosen(form)
        looked = await run_in_threadpool(_look, waiting, chosen)
    except (FileRejected, ColumnsRejected) as error:
        return await _columns_page(request, job_id, waiting, wrong=_said(request, error), form=form)
    if not looked.titled:
        return await _columns_page(request, job_id, waiting, wrong="columns.no_title", form=form)
    fields = {"format": (form.get("format", FORMATS[0]),), "map": tuple(f"{a}={b}" for a, b in chosen.items())}
    sent = Upload(waiting.file_name, waiting.bytes, fields)
    await run_in_threadpool(jobs_of(request).submit, _viewer(request), job_id, waiting.folder, sent)
    return RedirectResponse(f"{ROOT}{router.prefix}/{job_id}", 303)


@router.post("/new/{job_id}/discard")
async def discard(request: Request, job_id: Named) -> Response:
    """Forget a file that was sent."""
    waiting = _waiting(request, job_id)
    await run_in_threadpool(waiting.folder.remove)
    return RedirectResponse(f"{ROOT}{router.prefix}", 303)


@router.get("/{job_id}")
async def job(request: Request, job_id: Named) -> Response:
    """Show how far a screening is; when it is done, what it found."""
    followed = await run_in_threadpool(jobs_of(request).get, _viewer(request), job_id)
    if "quiet" in request.headers:  # the page asks by itself how far it is
        if followed.job.ended:
            return Response(None, 204, {"HX-Refresh": "true"})
        return show(request, "screening_progress.html.j2", followed=followed)
    wanted = Wanted.of(request.query_params)
    seen = await _seen(request, followed, wanted)
    names, sent = category_names(request.app.state.screener), await _sent(request, followed)
    return show(request, "screening.html.j2", followed=followed, seen=seen, wanted=wanted, categories=names, sent=sent)


@router.get("/{job_id}/sending")
async def sending(request: Request, job_id: Named) -> Response:
    """Show how much of it was sent to the queue."""
    followed = await run_in_threadpool(jobs_of(request).get, _viewer(request), job_id)
    return show(request, "screening_sending.html.j2", job=followed.job, sent=await _sent(request, followed))


@router.get("/{job_id}/rows/{number}")
async def row(request: Request, job_id: Named, number: Annotated[int, Path(ge=1)]) -> Response:
    """Explain one row, by screening it again."""
    desk = jobs_of(request)
    followed = await run_in_threadpool(desk.get, _viewer(request), job_id)
    if not followed.job.kept:
        raise JobUnknown("The files of this job were erased; send the file again.")
    source = desk.shelf.folder(job_id).upload
    listing = await run_in_threadpool(explore.row_of, source, followed.job.order.names, number)
    if listing is None:
        raise NothingThere("There is no such row, or it could not be read.")
    door = request.app.state
    judged = await door.lane.screen([listing], explain="full", today=door.today(), counts=False)
    answer = shown(judged.listings[0], judged.screenings[0], door.screener)
    return show(request, "screening_row.html.j2", followed=followed, answer=answer, number=number)


@router.get("/{job_id}/files/{part}")
async def take(request: Request, job_id: Named, part: Annotated[Part, Path()]) -> Response:
    """Take away what a finished screening made."""
    found = await run_in_threadpool(jobs_of(request).result, _viewer(request), job_id, part)
    return FileResponse(found.path, media_type=found.media_type, filename=found.file_name)


@router.post("/{job_id}/remove")
async def remove(request: Request, job_id: Named) -> Response:
    """Cancel a screening, or erase its files."""
    await run_in_threadpool(jobs_of(request).remove, _viewer(request), job_id)
    return RedirectResponse(f"{ROOT}{router.prefix}", 303)


def _viewer(request: Request) -> Viewer:
    reader: Reader = request.state.reader
    return Viewer(reader.name, reader.key_id, everything=reader.may("admin"))


def _waiting(request: Request, job_id: str) -> Waiting:
    """A file that was sent and not started. Raises JobUnknown, also for somebody else's."""
    desk: Jobs = jobs_of(request)
    folder = JobFolder(desk.shelf.folder(f".{job_id}").path)
    try:
        told = orjson.loads((folder.path / _SENT).read_bytes())
    except FileNotFoundError as error:
        raise JobUnknown("This file was started, or discarded. Send it again.") from error
    viewer = _viewer(request)
    if not viewer.everything and told["key_id"] != viewer.key_id:
        raise JobUnknown("This file was started, or discarded. Send it again.")
    return Waiting(folder, told["file_name"], told["bytes"])


def _look(waiting: Waiting, names: Mapping[str, str]) -> FileShown:
    """Look at a file, naming it as it was sent. Raises FileRejected, ColumnsRejected."""
    path = waiting.folder.upload
    try:
        return mapping.look(path, names)
    except FileRejected as error:
        raise FileRejected(str(error).replace(str(path), waiting.file_name)) from error


def _said(request: Request, error: ZhenweiError) -> str:
    return translated(str(error), words_of(request).lang)


async def _columns_page(
    request: Request,
    job_id: str,
    waiting: Waiting,
    *,
    wrong: str = "",
    form: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    looked = None
    try:
        looked = await run_in_threadpool(_look, waiting, {})
    except FileRejected as error:
        wrong = wrong or _said(request, error)
    return show(
        request, "screening_columns.html.j2", 422 if wrong else 200,
        job_id=job_id, waiting=waiting, looked=looked, wrong=wrong, chosen=form, fields=columns.fields(),
        formats=FORMATS, fixed=mapping.fixed,
    )  # fmt: skip


async def _sent(request: Request, followed: Followed) -> Sent | None:
    desk: Sending = request.app.state.sending
    return await run_in_threadpool(desk.state, followed.job) if followed.job.kept else None


async def _seen(request: Request, followed: Followed, wanted: Wanted) -> Seen | None:
    if followed.job.state != "done" or not followed.job.kept:
        return None
    folder = jobs_of(request).shelf.folder(followed.job.job_id)
    made = results.path_of(folder, "results", followed.job)
    if not explore.explorable(made) or not made.exists():
        return None

    def looked() -> Seen:
        return explore.find(explore.build(made, folder.upload, followed.job.order.names), wanted)

    told: Any = await run_in_threadpool(looked)
    seen: Seen = told
    return seen
