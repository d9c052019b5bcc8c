"""Reading a request body: counted while it streams, so that a large one never sits in memory."""

import asyncio
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from features.intake import problems
from service import wire
from service.errors import BodyLate, BodyRejected, BodyTooLarge, WrongContentType

Told = TypeVar("Told", bound=BaseModel)

_PATIENCE = 30.0
"""Seconds in which a whole body must arrive: who sends a byte now and then must not hold a connection for ever."""
_DISCARDED = 16
"""How many times the limit is read and thrown away, so that a client still sending gets to see the answer."""


async def read_csv(request: Request, limit: int) -> bytes:
    """Read at most `limit` bytes of CSV, in whatever encoding. Raises WrongContentType or BodyTooLarge."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != "text/csv":
        raise WrongContentType("Send CSV with the header Content-Type: text/csv.")
    _require_plain(request)
    return await _read(request, limit)


async def read_json(request: Request, limit: int) -> Any:  # noqa: ANN401 - JSON is any of six things
    """Read at most `limit` bytes of JSON. Raises WrongContentType, BodyTooLarge or MalformedJson."""
    _require_json(request)
    return wire.parse(await _read(request, limit))


async def read_as(request: Request, model: type[Told]) -> Told:
    """Read a small body as a model. Raises what read_json does, or BodyRejected naming each field."""
    body = await read_json(request, request.app.state.settings.max_body_bytes)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise BodyRejected(problems(error)) from error


def _require_json(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != wire.TYPE or charset not in {"", "utf-8"}:
        raise WrongContentType(f"Send JSON in UTF-8 with the header Content-Type: {wire.TYPE}.")
    _require_plain(request)


def _require_plain(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongContentType("Send the body as it is, without Content-Encoding.")


async def _read(request: Request, limit: int) -> bytes:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _streamed(request, limit)
    except TimeoutError as error:
        raise BodyLate(f"A body must arrive within {_PATIENCE:.0f} seconds. Send the request again.") from error


async def _streamed(request: Request, limit: int) -> bytes:
    announced = request.headers.get("content-length", "")
    patient = "expect" not in request.headers  # a client that asks first has sent nothing yet
    if announced.isdecimal() and int(announced[:20]) > limit and not patient:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit * _DISCARDED:
            break
        if size > limit:
            chunks.clear()
        else:
            chunks.append(chunk)
    if size > limit:
        raise _too_large(limit)
    return b"".join(chunks)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"At most {limit:,} bytes are read here. Send fewer or shorter listings, or use `zhenwei screen`."
    )
