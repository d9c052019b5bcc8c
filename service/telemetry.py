"""What is logged and counted: one JSON line per request, without titles, names or anything else a listing holds."""

import logging
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models import Screening
from service.errors import UNKNOWN, problem
from service.language import asked
from service.metrics import Counted, Metrics

LOG = logging.getLogger("zhenwei")
_COUNTED = "zhenwei.counted"
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
    """Note what an answer says, for the log line and the counters of its request."""
    scope[_COUNTED] = Counted.of(screenings)


class Telemetry:
    """Times, counts and logs every request, and turns what nobody foresaw into one plain 500."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap an app."""
        self.app = app
        self._metrics = metrics

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
            answer = problem(
                UNKNOWN,
                "The error was logged. Try again; if it stays, tell the operator the time.",
                language=asked(HTTPConnection(scope)),
            )
            await answer(scope, receive, noting)
        finally:
            self._tell(scope, status, time.perf_counter() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        route = getattr(scope.get("route"), "path", None)
        path = "(unknown)" if route is None else scope.get("root_path", "") + route  # a mounted app counts below it
        self._metrics.request(method, path, status, seconds)
        told: dict[str, object] = {"method": method, "path": path, "status": status, "ms": round(seconds * 1e3, 2)}
        counted: Counted | None = scope.get(_COUNTED)
        if counted is not None:
            self._metrics.screened(counted)
            unassessed = counted.assessments["not_assessed"]
            told["levels"] = counted.levels | ({"not_assessed": unassessed} if unassessed else {})
            if counted.transforms:
                told["transforms"] = dict(counted.transforms)
        LOG.info("request", extra={"told": told})
