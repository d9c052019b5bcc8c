"""What is logged: one JSON line per request, without titles, names or anything else a listing holds."""

import logging
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models import Screening
from service.errors import UNKNOWN, problem

LOG = logging.getLogger("zhenwei")
_LEVELS = "zhenwei.levels"
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})


class JsonLines(logging.Formatter):
    """One JSON object per record; what was passed as `extra={"told": {...}}` stands beside the usual fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record. Of an exception only its class and where it happened: its message may quote a listing."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= getattr(record, "told", {})
        if record.exc_info and (error := record.exc_info[1]):
            line |= {"error": type(error).__name__, "at": _frames(error)}
        return orjson.dumps(line, default=str).decode()


def _frames(error: BaseException) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def log_to_stderr(level: str) -> None:
    """Send everything, uvicorn's own lines too, to standard error as JSON."""
    stream = logging.StreamHandler()
    stream.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[stream], force=True)


def count(scope: Scope, screenings: Sequence[Screening]) -> None:
    """Note the levels of an answer for the log line of its request."""
    scope[_LEVELS] = Counter(screening.level or screening.assessment for screening in screenings)


class Telemetry:
    """Times and logs every request, and turns what nobody foresaw into one plain 500."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception:  # the one place that may: a caller learns nothing about the inside
            LOG.exception("unforeseen")
            if status:
                raise
            answer = problem(UNKNOWN, "The error was logged. Try again; if it stays, tell the operator the time.")
            await answer(scope, receive, noting)
        finally:
            self._log(scope, status, time.perf_counter() - started)

    def _log(self, scope: Scope, status: int, seconds: float) -> None:
        told = {
            "method": scope["method"] if scope["method"] in _METHODS else "(other)",
            "path": getattr(scope.get("route"), "path", "(unknown)"),
            "status": status,
            "ms": round(seconds * 1e3, 2),
        }
        if levels := scope.get(_LEVELS):
            told["levels"] = dict(levels)
        LOG.info("request", extra={"told": told})
