"""Sessions: who sits at a browser, in a signed cookie, so that any worker can answer."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "zhenwei_session"
IDLE = 30 * 60.0
"""Seconds without a request until a session ends. What a page asks by itself (the header `Quiet`) is no request."""
LONGEST = 12 * 3600.0
"""Seconds until a session ends in any case."""
_FRESH = 60.0  # seconds during which the cookie is not written anew


_AGAIN = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>甄伪</title><link rel="icon" href="data:,">'
    '<main><h1>甄伪</h1><p><a href="">打开控制台 · <span lang="en">Open the console</span></a></p></main>'
)
"""A link on another site comes without our cookie; the link on our page then comes with it."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser. Times are seconds since 1970."""

    nonce: str  # what its CSRF token is made from
    key_id: str | None  # the access key it came with; None: nobody logged in
    begun: float
    seen: float

    @classmethod
    def begin(cls, key_id: str | None, now: float) -> "Session":
        """Begin one, with a nonce nobody saw before: what was known before a login is worth nothing after it."""
        return cls(secrets.token_urlsafe(16), key_id, now, now)

    def over(self, now: float) -> bool:
        """Whether somebody logged in and stayed away for too long, or sat there for too long."""
        return self.key_id is not None and (now - self.seen > IDLE or now - self.begun > LONGEST)


@dataclass(slots=True)
class Visit:
    """One request's session, which the answer may replace."""

    session: Session
    lapsed: bool = False  # there was a session, and its time is over
    write: bool = False  # the answer carries the cookie


class Seals:
    """Signs sessions and makes CSRF tokens, with the secret of this service."""

    def __init__(self, secret: bytes) -> None:
        """`secret` must be the same in every worker."""
        self._secret = secret
        self._serializer = URLSafeSerializer(secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256})

    def sealed(self, session: Session) -> str:
        """A session as a cookie."""
        told = (session.nonce, session.key_id, int(session.begun), int(session.seen))
        return str(self._serializer.dumps(told))

    def opened(self, cookie: str) -> Session | None:
        """The session a cookie holds; None when it was not sealed here."""
        try:
            nonce, key_id, begun, seen = self._serializer.loads(cookie)
            return Session(nonce, key_id, begun, seen)
        except (BadData, TypeError, ValueError):
            return None

    def token(self, session: Session) -> str:
        """The CSRF token of a session; it cannot be made from the cookie alone, which scripts cannot read anyway."""
        return hmac.new(self._secret, b"csrf " + session.nonce.encode(), hashlib.sha256).hexdigest()

    def same(self, session: Session, token: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "replace"))


class Sessions:
    """Gives every request a `visit` in its state, and sends the cookie when the session changed."""

    def __init__(self, app: ASGIApp, seals: Seals, ended: Callable[[Session], bool]) -> None:
        """Wrap an app; `ended` says which sessions somebody logged out of."""
        self.app = app
        self._seals, self._ended = seals, ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].startswith("/console/static/"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] == "GET" and _unsent(headers) and headers.get("sec-fetch-mode") == "navigate":
            await Response(_AGAIN, media_type="text/html")(scope, receive, send)
            return
        visit = self._visit(headers)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["visit"] = visit

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and visit.write:
                secure = scope["scheme"] == "https"
                MutableHeaders(scope=message).append("Set-Cookie", _cookie(self._seals.sealed(visit.session), secure))
            await send(message)

        await self.app(scope, receive, with_cookie)

    def _visit(self, headers: Headers) -> Visit:
        now = time.time()
        sent = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        session = self._seals.opened(sent) if sent else None
        if session is None or session.over(now) or self._ended(session):
            return Visit(Session.begin(None, now), lapsed=session is not None, write=not _unsent(headers))
        if now - session.seen > _FRESH and "quiet" not in headers:
            return Visit(replace(session, seen=now), write=True)
        return Visit(session)


def _unsent(headers: Headers) -> bool:
    """Whether another site asks, for whom browsers keep our cookie back; no new one may take its place."""
    elsewhere = headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
    return elsewhere and COOKIE not in cookie_parser(headers.get("cookie", ""))


def _cookie(value: str, secure: bool) -> str:
    jar: SimpleCookie = SimpleCookie({COOKIE: value})
    jar[COOKIE] |= {"path": "/console", "httponly": True, "samesite": "Strict", "secure": secure}
    return jar[COOKIE].OutputString()
