"""The console as an app of its own, which shares the state of the service it belongs to."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from features.intake import ListingRejected
from service.console import assets, entry, trial
from service.console.assets import Assets
from service.console.entrance import FormRefused, LoginNeeded, enter
from service.console.headers import Headers
from service.console.page import ROOT, Console, asked_by_htmx, environment, trouble
from service.console.session import Seals, Sessions
from service.console.throttle import Throttle
from service.errors import KINDS, faults

ROOMS = (trial.ROOM,)
_OURS: Mapping[type[Exception], tuple[str, int]] = MappingProxyType({FormRefused: ("form-refused", 403)})


def mount(app: FastAPI, secret: bytes, largest: int) -> None:
    """Serve the console of `app` at /console. `secret` signs cookies; forms have at most `largest` bytes."""
    seals, files = Seals(secret), Assets(ROOT)
    app.state.console = Console(files, seals, Throttle(), environment(files), ROOMS)
    console = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Headers),
            Middleware(RequestBodyLimitMiddleware, max_body_size=largest),
            Middleware(Sessions, seals=seals),
        ],
    )
    console.state = app.state
    console.include_router(assets.router)
    console.include_router(entry.router)
    for room in ROOMS:
        console.include_router(room.router, dependencies=[enter(room.scope)])
    for error in (*KINDS, *_OURS):
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
    back = request.url.path if request.method == "GET" and not asked_by_htmx(request) else ""
    address = entry.login_at(back, lapsed=request.state.visit.lapsed)
    if asked_by_htmx(request):
        return Response(None, 204, {"HX-Redirect": address})
    return RedirectResponse(address, 303)


async def _told(request: Request, error: Exception) -> Response:
    classes = type(error).__mro__
    if (ours := next((_OURS[cls] for cls in classes if cls in _OURS), None)) is not None:
        return trouble(request, *ours, str(error))
    kind = next(KINDS[cls] for cls in classes if cls in KINDS)
    if isinstance(error, ListingRejected):
        detail = "; ".join(f"{fault.pointer} {fault.message}".strip() for fault in faults(error.problems))
        return trouble(request, kind.name, kind.status, detail)
    return trouble(request, kind.name, kind.status, str(error))


async def _parameter(request: Request, _error: Exception) -> Response:
    return trouble(request, "parameter-rejected", 422, "")


async def _routing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return trouble(request, "not-found" if status == 404 else "http", status, "")  # noqa: PLR2004 - HTTP's number
