"""The console as an app of its own, which shares the state of the service it belongs to."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from features.intake import ListingRejected
from service.console import assets, entry, evaluations, keys, lists, quality, queue, screenings, seller, trial
from service.console.bounds import Bounds
from service.console.ended import Ended
from service.console.entrance import FormRefused, LoginNeeded, enter
from service.console.headers import Headers
from service.console.page import ROOT, Console, asked_by_htmx, environment, trouble, words_of
from service.console.session import Seals, Sessions
from service.errors import HTTP, KINDS, PARAMETER, UNKNOWN, Kind, faults, in_one_line
from service.traces import OURS_ONLY

ROOMS = (trial.ROOM, screenings.ROOM, queue.ROOM, seller.ROOM, quality.ROOM, lists.ROOM, keys.ROOM)
_FORM = Kind("form-refused", 403, "The form was not accepted")
_KINDS: Mapping[type[Exception], Kind] = MappingProxyType({**KINDS, FormRefused: _FORM})


def mount(app: FastAPI, secret: bytes, ended: Path | None, *, form: int, upload: int) -> None:
    """Serve the console of `app` at /console.

    `secret` signs cookies; `ended` keeps which sessions were ended; `form`, `upload`: most bytes of each.
    """
    seals, files, over = Seals(secret), assets.of(ROOT), Ended(ended, time.time())
    app.state.console = Console(files, seals, over, environment(files), ROOMS)
    console = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        telemetry=OURS_ONLY,
        middleware=[
            Middleware(Headers),
            Middleware(Bounds, form=form, upload=upload),
            Middleware(Sessions, seals=seals, ended=over.has),
        ],
    )
    console.state = app.state
    console.include_router(assets.router)
    console.include_router(entry.router)
    console.include_router(evaluations.router)
    for room in ROOMS:
        console.include_router(room.router, dependencies=[enter(room.scope)])
    for error in _KINDS:
        console.add_exception_handler(error, _told)
    console.add_exception_handler(LoginNeeded, _login)
    console.add_exception_handler(RequestValidationError, _parameter)
    console.add_exception_handler(HTTPException, _routing)
    for path in ("/", ROOT):
        app.add_api_route(path, _inside, include_in_schema=False)
    app.mount(ROOT, console)


async def _inside() -> Response:
    """Lead to the console."""
    return RedirectResponse(f"{ROOT}/", 307)


async def _login(request: Request, _error: Exception) -> Response:
    """Lead to the login, and from there back to where somebody wanted to go."""
    if asked_by_htmx(request):
        back = "/" + request.headers.get("hx-current-url", "").partition("//")[2].partition("/")[2]
    else:
        back = request.url.path if request.method == "GET" else ""
    address = entry.login_at(entry.inside(back), lapsed=request.state.visit.lapsed)
    if asked_by_htmx(request):
        return Response(None, 204, {"HX-Redirect": address})
    return RedirectResponse(address, 303)


async def _told(request: Request, error: Exception) -> Response:
    kind = next(_KINDS[cls] for cls in type(error).__mro__ if cls in _KINDS)
    if isinstance(error, ListingRejected):
        lang = words_of(request).lang
        return trouble(request, kind, in_one_line(faults(error.problems, lang), lang))
    return trouble(request, kind, str(error))


async def _parameter(request: Request, _error: Exception) -> Response:
    return trouble(request, PARAMETER, "")


async def _routing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else UNKNOWN.status
    return trouble(request, HTTP.get(status) or Kind("http", status, "The request was not accepted"), "")
