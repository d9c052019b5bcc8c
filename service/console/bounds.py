"""Bounds: how many bytes a request may send. Forms are small; a file to screen streams to disk."""

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

UPLOAD = "/console/screenings/upload"
"""The one address that takes a large file; its CSRF token comes in a header, so that nothing is read before it."""


class Bounds:
    """Refuses what is too large, while it arrives."""

    def __init__(self, app: ASGIApp, form: int, upload: int) -> None:
        """Bytes of a form, and of an upload."""
        self._form = RequestBodyLimitMiddleware(app, form)
        self._upload = RequestBodyLimitMiddleware(app, upload)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        bounded = self._upload if scope.get("path") == UPLOAD else self._form
        await bounded(scope, receive, send)
