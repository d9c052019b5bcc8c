"""Jobs over HTTP: send a file, follow it, take its results away."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from features.intake import Identity
from service.access import REFUSALS, allow
from service.errors import ProblemOut
from service.jobs.jobs import Jobs, Viewer
from service.jobs.results import Part
from service.jobs.upload import receive
from service.jobs.wire import JobOut, JobsOut
from service.language import asked
from service.ledger.database import LedgerAway
from service.ledger.keys import Key

_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemOut} for code in (404, 422, 500, 503)}
_REFUSED: dict[int | str, dict[str, Any]] = {code: {"model": ProblemOut} for code in (400, 408, 413, 415, 429, 507)}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "a table of listings, as `zhenwei screen` reads"},
        "kind": {"type": "string", "enum": ["screen"]},
        "format": {"type": "string", "enum": ["jsonl", "csv", "parquet", "xlsx"], "description": "of the results"},
        "map": {"type": "array", "items": {"type": "string"}, "description": "COLUMN=FIELD, such as 商品名=title"},
    },
}
router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[allow("score")], responses=_PROBLEMS | REFUSALS)
Named = Annotated[Identity, Path()]


@router.post(
    "",
    status_code=202,
    responses=_REFUSED,
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)
async def submit(request: Request) -> JobOut:
    """Send a file to be screened. When this is answered the job will be run, restarts or not."""
    desk, viewer = jobs_of(request), viewer_of(request)
    announced = request.headers.get("content-length", "")
    size = int(announced[:20]) if announced.isdecimal() else 0
    job_id, folder = await run_in_threadpool(desk.room_for, viewer, size)
    kind = request.headers.get("content-type", "")
    upload = await receive(request.stream(), kind, folder, desk.limits.upload_bytes)
    return JobOut.of(await run_in_threadpool(desk.submit, viewer, job_id, folder, upload), asked(request))


@router.get("")
async def show(request: Request) -> JobsOut:
    """The newest jobs of the key that asks, newest first, at most 200; a key with the scope admin sees everybody's."""
    found = await run_in_threadpool(jobs_of(request).list, viewer_of(request))
    return JobsOut([JobOut.of(one, asked(request)) for one in found])


@router.get("/{job_id}")
async def follow(request: Request, job_id: Named) -> JobOut:
    """How far a job is, and what it made."""
    return JobOut.of(await run_in_threadpool(jobs_of(request).get, viewer_of(request), job_id), asked(request))


@router.get(
    "/{job_id}/{part}",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file"},
        409: {"model": ProblemOut},
    },
)
async def take(request: Request, job_id: Named, part: Annotated[Part, Path()]) -> FileResponse:
    """Take away what a finished job made: one answer per row, the rejected rows, leads, report."""
    found = await run_in_threadpool(jobs_of(request).result, viewer_of(request), job_id, part)
    safe = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return FileResponse(found.path, headers=safe, media_type=found.media_type, filename=found.file_name)


@router.delete("/{job_id}")
async def remove(request: Request, job_id: Named) -> JobOut:
    """Cancel a job that has not ended, and erase the files of one. The ledger keeps that it was there."""
    return JobOut.of(await run_in_threadpool(jobs_of(request).remove, viewer_of(request), job_id), asked(request))


def jobs_of(request: Request) -> Jobs:
    """The desk of the app that answers. Raises LedgerAway when it has no ledger."""
    desk: Jobs | None = request.app.state.jobs
    if desk is None:
        raise LedgerAway("This service keeps no ledger, so no jobs; the operator can name one with ZHENWEI_LEDGER_URL.")
    return desk


def viewer_of(request: Request) -> Viewer:
    """Who asks: a key sees its own jobs, one with the scope admin all, and everybody all while no key is asked for."""
    key: Key | None = request.state.key
    if key is None:
        return Viewer("nobody's key")
    return Viewer(key.name, key.key_id, everything="admin" in key.scopes)
