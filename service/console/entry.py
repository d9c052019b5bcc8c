"""Coming and going: login, logout, the front page, language and look."""

import logging
import math
import time
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from service.console.entrance import approached, reader_of
from service.console.page import LANG_COOKIE, ROOT, THEME_COOKIE, Theme, show
from service.console.session import Session
from service.errors import Forbidden, RateLimited, Unauthorised
from service.language import Language

LOG = logging.getLogger("zhenwei")
_YEAR = 365 * 86400
_TRIES = 10
"""Logins an address may try in a minute. Keys are 256 random bits; this is against load and noise in the log."""
router = APIRouter(dependencies=[Depends(approached)])


def login_at(back: str, *, lapsed: bool) -> str:
    """The address of the login, which leads to `back` afterwards."""
    told = {"back": back} if back else {}
    return f"{ROOT}/login?" + urlencode(told | ({"lapsed": "1"} if lapsed else {}))


def inside(back: str) -> str:
    """An address of the console: `back` when it is one, else the front page. Never leads elsewhere."""
    safe = back.startswith(f"{ROOT}/") and "\\" not in back and "//" not in back and back.isprintable()
    return back if safe else f"{ROOT}/"


@router.get("/")
async def front(request: Request) -> Response:
    """Lead to the first room the reader may enter."""
    reader = reader_of(request)
    room = next((room for room in request.app.state.console.rooms if reader.may(room.scope)), None)
    if room is None:
        raise Forbidden("This key opens no page of the console; it needs the scope score, review or admin.")
    return RedirectResponse(ROOT + room.path, 303)


@router.get("/login")
async def door(request: Request, back: Annotated[str, Query()] = "", lapsed: Annotated[str, Query()] = "") -> Response:
    """Ask for an access key."""
    if request.app.state.keys.open:
        return RedirectResponse(inside(back), 303)
    return show(request, "login.html.j2", back=inside(back), said="lapsed" if lapsed else "", wait=0)


@router.post("/login")
async def login(request: Request, key: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "") -> Response:
    """Begin a session for who holds a key."""
    try:
        request.app.state.limits.take(f"login {request.client.host if request.client else ''}", _TRIES)
        held = request.app.state.keys.admit(key.strip(), None)
    except RateLimited as error:
        wait = math.ceil(error.seconds)
        LOG.warning("console login refused", extra={"told": {"why": "tries"}})
        answer = show(request, "login.html.j2", 429, back=inside(back), said="throttled", wait=wait)
        answer.headers["Retry-After"] = str(wait)
        return answer
    except Unauthorised:
        LOG.warning("console login refused", extra={"told": {"why": "key"}})
        return show(request, "login.html.j2", 401, back=inside(back), said="wrong", wait=0)
    _begin(request, held.key_id if held else None)
    LOG.info("console login", extra={"told": {"key": held.key_id if held else None}})
    return RedirectResponse(inside(back), 303)


@router.post("/logout")
async def logout(request: Request) -> Response:
    """End the session."""
    LOG.info("console logout", extra={"told": {"key": request.state.visit.session.key_id}})
    _begin(request, None)
    return RedirectResponse(f"{ROOT}/login", 303)


@router.get("/here")
async def here(request: Request) -> Response:
    """Answer a page that asks whether its session still holds; where it does not, the login takes its place."""
    reader_of(request)
    return Response(None, 204)


@router.post("/look")
async def look(
    request: Request,
    lang: Annotated[Language | None, Form()] = None,
    theme: Annotated[Theme | None, Form()] = None,
    back: Annotated[str, Form()] = "",
) -> Response:
    """Remember language and look in this browser."""
    answer = RedirectResponse(inside(back), 303)
    for name, value in ((LANG_COOKIE, lang), (THEME_COOKIE, theme)):
        if value is not None:
            secure = request.url.scheme == "https"
            answer.set_cookie(name, value, _YEAR, path=ROOT, secure=secure, httponly=True, samesite="lax")
    return answer


def _begin(request: Request, key_id: str | None) -> None:
    """Begin a new session; the one before it works nowhere any more."""
    visit, now = request.state.visit, time.time()
    if visit.session.key_id is not None:
        request.app.state.console.ended.end(visit.session, now)
    visit.session, visit.write = Session.begin(key_id, now), True
