"""What is logged and counted: one JSON line per request, without titles, names or anything else a listing holds."""

import logging
import re
import time
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import orjson
from opentelemetry.trace import Span
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models import Screening
from service import traces
from service.errors import UNKNOWN, problem
from service.language import asked
from service.metrics import Counted, Metrics

LOG = logging.getLogger("zhenwei")
_COUNTED = "zhenwei.counted"
_REQUEST_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
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
    """Send everything, uvicorn's own lines too, to standard error as JSON; of the job queue only what went wrong."""
    stream = logging.StreamHandler()
    stream.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[stream], force=True)
    logging.getLogger("docket").setLevel(logging.WARNING)


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
        headers = Headers(scope=scope)
        with traces.request(scope["method"], headers) as span:
            await self._answer(scope, receive, send, _named(headers), span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, name: str, span: Span) -> None:
        started, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception:  # the one place that may: a caller learns nothing about the inside
            LOG.exception("unforeseen", extra={"told": {"request_id": name}})
            if status:
                raise
            answer = problem(
                UNKNOWN,
                "The error was logged. Try again; if it stays, tell the operator the time.",
                language=asked(HTTPConnection(scope)),
            )
            await answer(scope, receive, noting)
        finally:
            told = self._tell(scope, status, time.perf_counter() - started, name)
            span.update_name(f"{told['method']} {told['path']}")
            span.set_attributes(
                {
                    "http.request.method": str(told["method"]),
                    "http.route": str(told["path"]),
                    "http.response.status_code": status,
                    "zhenwei.request_id": name,
                }
            )

    def _tell(self, scope: Scope, status: int, seconds: float, name: str) -> Mapping[str, object]:
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        route = getattr(scope.get("route"), "path", None)
        path = "(unknown)" if route is None else scope.get("root_path", "") + route  # a mounted app counts below it
        self._metrics.request(method, path, status, seconds)
        told: dict[str, object] = {"method": method, "path": path, "status": status, "ms": round(seconds * 1e3, 2)}
        told["request_id"] = name
        counted: Counted | None = scope.get(_COUNTED)
        if counted is not None:
            self._metrics.screened(counted)
            unassessed = counted.assessments["not_assessed"]
            told["levels"] = counted.levels | ({"not_assessed": unassessed} if unassessed else {})
            if counted.transforms:
                told["transforms"] = dict(counted.transforms)
        LOG.info("request", extra={"told": told})
        return told


def _named(headers: Mapping[str, str]) -> str:
    """The caller's name for a request where it is a plain one, else a new one."""
    told = headers.get("x-request-id", "")
    return told if _REQUEST_ID.fullmatch(told) else uuid4().hex
