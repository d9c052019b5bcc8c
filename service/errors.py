"""The one table from errors to HTTP, and how every error looks on the wire (RFC 9457)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from features.columns import ColumnsRejected
from features.errors import ZhenweiError
from features.intake import ADVICE, ListingRejected, Problem
from models.errors import BundleError
from service.jobs.jobs import JobNotReady, JobsFull, JobUnknown
from service.jobs.upload import NoRoom, UploadRejected, UploadStalled, UploadTooLarge
from service.language import Language, asked, translated
from service.ledger.activations import ActivationRefused
from service.ledger.cases import CaseRefused, CaseUnknown
from service.ledger.database import LedgerAway
from service.ledger.golden import GoldenRefused
from service.ledger.keys import KeyUnknown
from service.ledger.labels import LabelRefused, NothingJudged
from service.ledger.lists import EntryUnknown
from service.ledger.webhooks import WebhookUnknown
from service.origin import NotFromHere
from service.webhooks.target import TargetRefused
from service.wire import MalformedJson

TYPE = "application/problem+json"
_SHOWN, _LONGEST = 50, 256  # problems told, characters of a pointer: an answer stays shorter than its question
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_HEADERS: Mapping[int, Mapping[str, str]] = MappingProxyType(
    {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}
)


class BodyTooLarge(ZhenweiError):
    """More bytes than the door takes."""


class BodyLate(ZhenweiError):
    """A body that did not arrive in time."""


class Overloaded(ZhenweiError):
    """More waits than can be answered while it still matters."""


class BodyRejected(ListingRejected):
    """A body that is no listing and cannot be used as it is."""


class Unauthorised(ZhenweiError):
    """No access key, or none that is valid now."""


class Forbidden(ZhenweiError):
    """The access key is valid and may not do this."""


class RateLimited(ZhenweiError):
    """More than the access key may ask for now; `seconds` is how long to wait."""

    def __init__(self, message: str, seconds: float = 1.0) -> None:
        """Keep both."""
        super().__init__(message)
        self.seconds = seconds


class NothingThere(ZhenweiError):
    """What is asked for was never recorded, or is gone."""


class WrongContentType(ZhenweiError):
    """A body that does not say it is what is read here."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in `type`, the HTTP status, the title."""

    name: str
    status: int
    title: str


_NOTHING = Kind("nothing-recorded", 404, "Nothing of this name was recorded")
_FORM = Kind("form-rejected", 422, "The form cannot be used as it is")
KINDS: Mapping[type[Exception], Kind] = MappingProxyType(
    {
        MalformedJson: Kind("malformed-json", 400, "The body is not readable JSON"),
        ClientDisconnect: Kind("incomplete", 400, "The body did not arrive completely"),
        BodyLate: Kind("late", 408, "The body did not arrive in time"),
        Overloaded: Kind("overloaded", 503, "More arrives than can be answered"),
        Unauthorised: Kind("unauthorised", 401, "A valid access key is needed"),
        Forbidden: Kind("forbidden", 403, "The access key may not do this"),
        NotFromHere: Kind("not-from-here", 403, "Without access keys only this machine may ask"),
        BodyTooLarge: Kind("too-large", 413, "The body is too large"),
        WrongContentType: Kind("content-type", 415, "The body is of another kind"),
        NothingThere: _NOTHING,
        NothingJudged: _NOTHING,
        EntryUnknown: _NOTHING,
        KeyUnknown: _NOTHING,
        CaseUnknown: _NOTHING,
        BundleError: Kind("bundle-refused", 409, "The bundle cannot be used"),
        ActivationRefused: Kind("activation-refused", 409, "The active bundle cannot be changed like this"),
        LabelRefused: Kind("conflict", 409, "The ledger says something else"),
        CaseRefused: Kind("case-refused", 409, "The case cannot be taken or decided like this"),
        GoldenRefused: Kind("case-refused", 409, "The case cannot be taken or decided like this"),
        RateLimited: Kind("rate-limited", 429, "Too many requests"),
        WebhookUnknown: _NOTHING,
        TargetRefused: Kind("target-refused", 422, "A webhook may not lead there"),
        JobUnknown: _NOTHING,
        JobNotReady: Kind("job-not-ready", 409, "The job has not made this"),
        JobsFull: Kind("jobs-full", 429, "This key has as many jobs as it may"),
        UploadStalled: Kind("stalled", 408, "The body did not arrive"),
        UploadTooLarge: Kind("too-large", 413, "The body is too large"),
        UploadRejected: _FORM,
        ColumnsRejected: _FORM,
        NoRoom: Kind("no-room", 507, "The file cannot be kept"),
        LedgerAway: Kind("ledger-away", 503, "The ledger cannot be reached"),
        BodyRejected: Kind("body-rejected", 422, "The body cannot be used as it is"),
        ListingRejected: Kind("listing-rejected", 422, "The listing cannot be read as it is"),
    }
)
PARAMETER = Kind("parameter-rejected", 422, "A query parameter cannot be used as it is")
UNKNOWN = Kind("internal", 500, "Something went wrong here")
HTTP: Mapping[int, Kind] = MappingProxyType(
    {
        404: Kind("not-found", 404, "There is nothing at this path"),
        405: Kind("method-not-allowed", 405, "This path does not answer this method"),
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong.

    `pointer` is a JSON pointer into the body (into CSV: /lines/LINE/COLUMN, the line as an editor counts), or the name
    of a query parameter after `?`.
    """

    pointer: str
    message: str  # says what to do


def faults(problems: Sequence[Problem], language: Language | None = None) -> tuple[Fault, ...]:
    """Say what is wrong with a listing; of very many things the first, and how many more."""
    told = tuple(Fault(p.pointer[:_LONGEST], translated(p.message, language)) for p in problems[:_SHOWN])
    more = len(problems) - _SHOWN
    return (*told, Fault("", translated(f"and {more} more; correct these first", language))) if more > 0 else told


def in_one_line(told: Sequence[Fault], language: Language | None) -> str:
    """All that is wrong, each with its place."""
    return ("；" if language == "zh" else "; ").join(f"{fault.pointer} {fault.message}".strip() for fault in told)


@dataclass(frozen=True, slots=True)
class ProblemOut:
    """The body of every answer that is no success."""

    type: str  # urn:zhenwei:problem:<kind>, stable
    title: str
    status: int
    detail: str  # says what to do
    errors: tuple[Fault, ...] = ()


def problem(
    kind: Kind,
    detail: str,
    told: tuple[Fault, ...] = (),
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    language: Language | None = None,
) -> Response:
    """Answer with a problem, in English where no language was asked for."""
    title, detail = translated(kind.title, language), translated(detail, language)
    body = ProblemOut(f"urn:zhenwei:problem:{kind.name}", title, kind.status, detail, told)
    return Response(orjson.dumps(body), kind.status, {"Content-Language": language or "en", **headers}, TYPE)


def add_handlers(app: FastAPI) -> None:
    """Teach an app the table. Errors outside it are for telemetry's last catch."""
    for error in KINDS:
        app.add_exception_handler(error, _ours)
    app.add_exception_handler(RequestValidationError, _parameter)
    app.add_exception_handler(HTTPException, _routing)


async def _ours(request: Request, error: Exception) -> Response:
    language = asked(request)
    kind = next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)
    if isinstance(error, ListingRejected):
        told = faults(error.problems, language)
        return problem(kind, in_one_line(told, language), told, language=language)
    headers = _HEADERS.get(kind.status, NO_HEADERS)
    if isinstance(error, RateLimited):
        headers = {"Retry-After": str(max(1, math.ceil(error.seconds)))}
    return problem(kind, str(error) or "Send the request again.", (), headers, language=language)


async def _parameter(request: Request, error: Exception) -> Response:
    language = asked(request)
    details: Any = error.errors()[:_SHOWN] if isinstance(error, RequestValidationError) else ()
    told = tuple(Fault(f"?{one['loc'][-1]}", translated(_advice(one), language)) for one in details)
    return problem(PARAMETER, in_one_line(told, language), told, language=language)


def _advice(details: Mapping[str, Any]) -> str:
    if details["type"] == "extra_forbidden":
        return "is not a parameter here; remove it"
    advice = ADVICE.get(details["type"])
    return advice.format(**details.get("ctx", {})) if advice else str(details["msg"])


async def _routing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else UNKNOWN.status
    headers = (error.headers if isinstance(error, HTTPException) else None) or NO_HEADERS
    kind = HTTP.get(status) or Kind("http", status, "The request was not accepted")
    advice = "See /openapi.json for what is offered."
    if status == HTTP[405].status:
        advice = f"Use {headers.get('Allow', 'another method')} instead of {request.method}."
    return problem(kind, advice, (), headers, language=asked(request))
