"""Scoring over HTTP: one listing, or a batch."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from features.intake import ListingRejected, Problem
from features.listing import Listing
from models import Screening
from service import telemetry, wire
from service.access import REFUSALS, allow, charge
from service.body import read_json
from service.errors import ProblemOut, faults
from service.forced import force, forced, happen
from service.lane import Answers
from service.language import Language, asked
from service.openapi import takes
from service.recording import Answer, Recording
from service.schemas import BatchIn, BatchOut, Many, One, Rejected, Scored

router = APIRouter(prefix="/v1", tags=["score"], dependencies=[allow("score")], responses=REFUSALS)
_SLICE = 64
"""Listings of a batch screened before other requests get their turn."""
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 408, 413, 415, 422, 429, 500, 503)
}


@router.post("/score", response_model=Scored, responses=_PROBLEMS, openapi_extra=takes("ListingIn"))
async def score(request: Request, query: Annotated[One, Query()]) -> Response:
    """Screen one listing and say why."""
    listing = wire.listing(await read_json(request, request.app.state.settings.max_body_bytes))
    judged = await _screen(request, [listing], query)
    answers = await _answers(request, judged.listings, judged.screenings, dry_run=query.dry_run)
    language = asked(request)
    return Response(answers[0].to_json(language), headers=_said_in(language), media_type=wire.TYPE)


@router.post("/score/batch", response_model=BatchOut, responses=_PROBLEMS, openapi_extra=takes("BatchIn"))
async def score_batch(request: Request, query: Annotated[Many, Query()]) -> Response:
    """Screen many listings. One that cannot be read is named in `rejected`; the others are answered."""
    settings, language = request.app.state.settings, asked(request)
    rows = _rows(await read_json(request, settings.max_batch_bytes), settings.max_batch)
    charge(request, len(rows) - 1)  # the request itself was one
    listings: dict[int, Listing] = {}  # as judged
    screenings: list[Screening] = []
    rejected: list[Rejected] = []
    for first in range(0, len(rows), _SLICE):
        readable: dict[int, Listing] = {}
        for index, row in enumerate(rows[first : first + _SLICE], first):
            try:
                readable[index] = wire.listing(row, f"/listings/{index}")
            except ListingRejected as error:
                rejected.append(Rejected(index, _id_of(row), faults(error.problems, language)))
        judged = await _screen(request, list(readable.values()), query)
        listings |= zip(readable, judged.listings, strict=True)
        screenings += judged.screenings
    answers = await _answers(request, list(listings.values()), screenings, dry_run=query.dry_run)
    pairs = zip(listings, answers, strict=True)
    told = [{"index": index, "screening": orjson.Fragment(answer.to_json(language))} for index, answer in pairs]
    body = orjson.dumps({"screened": told, "rejected": rejected})
    return Response(body, headers=_said_in(language), media_type=wire.TYPE)


def _said_in(language: Language | None) -> dict[str, str] | None:
    return {"Content-Language": language} if language else None


async def _screen(request: Request, listings: list[Listing], query: One | Many) -> Answers:
    """Screen; what is only tried, or forced, tells nothing of its seller."""
    door = request.app.state
    counts = not (query.dry_run or forced(request.state.key, listings))
    answers: Answers = await door.lane.screen(listings, explain=query.explain, today=door.today(), counts=counts)
    return answers


async def _answers(
    request: Request, listings: list[Listing], screenings: list[Screening], *, dry_run: bool
) -> list[Answer]:
    """Record and count what was answered; forced outcomes are neither."""
    if not (outcomes := forced(request.state.key, listings)):
        answers = await _record(request, listings, screenings, dry_run=dry_run)
        telemetry.count(request.scope, screenings)
        return answers
    await happen(outcomes.values())
    real = [index for index in range(len(listings)) if index not in outcomes]
    told = [screenings[index] for index in real]
    kept = iter(await _record(request, [listings[index] for index in real], told, dry_run=dry_run))
    telemetry.count(request.scope, told)
    forcibly = {index: Answer(force(screenings[index], outcome)) for index, outcome in outcomes.items()}
    return [forcibly.get(index) or next(kept) for index in range(len(listings))]


async def _record(
    request: Request, listings: list[Listing], screenings: list[Screening], *, dry_run: bool
) -> list[Answer]:
    recording: Recording | None = request.app.state.recording
    if recording is None or dry_run:
        return [Answer(screening) for screening in screenings]
    return await recording.evaluations(listings, screenings)


def _rows(body: object, most: int) -> list[object]:
    if not isinstance(body, dict) or not isinstance(body.get("listings"), list):
        raise ListingRejected((Problem("/listings", 'must be a list; send {"listings": [{…}, {…}]}'),))
    if odd := sorted(body.keys() - BatchIn.model_fields):
        raise ListingRejected(Problem(f"/{name}", "is not a name we know; remove it") for name in odd)
    rows: list[object] = body["listings"]
    if not rows:
        raise ListingRejected((Problem("/listings", "is empty; send at least one listing"),))
    if len(rows) > most:
        raise ListingRejected((Problem("/listings", f"has {len(rows)} entries and may have {most}; send fewer"),))
    return rows


def _id_of(row: object) -> str | None:
    told = row.get("listing_id") if isinstance(row, dict) else None
    return told[:128] if isinstance(told, str) else None
