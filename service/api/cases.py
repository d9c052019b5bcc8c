"""Cases over HTTP: what waits for a reviewer, claiming it, deciding it, and how well reviewers judge."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from features.intake import Identity, Problem
from service.access import REFUSALS, allow
from service.body import read_as
from service.case_schemas import CasesQuery, DecideIn, GoldenIn, NextIn, ReviewerIn, ReviewerQuery, Since
from service.casework import of_cases
from service.errors import BodyRejected, NothingThere, ProblemOut
from service.ledger import golden, reviewers
from service.ledger.caselist import CaseDetail, CaseOut
from service.ledger.cases import Decision, Done, Reviewer
from service.ledger.golden import Golden
from service.ledger.keys import Key
from service.ledger.ledger import stamp, utc_now
from service.ledger.reviewers import ReviewerOut
from service.openapi import takes
from service.recording import of_ledger

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 404, 408, 409, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/v1", tags=["review"], dependencies=[allow("review")], responses=_PROBLEMS | REFUSALS)
Named = Annotated[Identity, Path()]


@router.get("/cases")
async def listed(request: Request, query: Annotated[CasesQuery, Query()]) -> list[CaseOut]:
    """Cases in the order of the queue: category priority, risk in steps of five, exposure. `after` turns the page."""
    return await of_cases(request).list(query.chosen(), after=query.after, limit=query.limit)


@router.post(
    "/cases/next",
    openapi_extra=takes("NextIn"),
    response_model=CaseDetail,
    responses={204: {"description": "Nothing waits for this reviewer"}},
)
async def next_case(request: Request) -> CaseDetail | Response:
    """Claim the best case that nobody else holds; asking again gives the same one until it is decided or given back."""
    told = await read_as(request, NextIn)
    casework = of_cases(request)
    found = await casework.next(_by(request, told.reviewer), told.after)
    return Response(status_code=204) if found is None else await casework.detail(found)


@router.get("/cases/{case_id}")
async def detail(request: Request, case_id: Named) -> CaseDetail:
    """One case: the evaluation that asks for review, open cases with nearly the same title, and what was done."""
    return await of_cases(request).detail(case_id)


@router.post("/cases/{case_id}/claim", openapi_extra=takes("ReviewerIn"))
async def claim(request: Request, case_id: Named) -> Done:
    """Hold a case for ten minutes; nobody else can then take or decide it."""
    told = await read_as(request, ReviewerIn)
    return await of_cases(request).claim(case_id, _by(request, told.reviewer))


@router.post("/cases/{case_id}/release", openapi_extra=takes("ReviewerIn"))
async def release(request: Request, case_id: Named) -> Done:
    """Give a case back."""
    told = await read_as(request, ReviewerIn)
    return await of_cases(request).release(case_id, _by(request, told.reviewer))


@router.post("/cases/{case_id}/decide", openapi_extra=takes("DecideIn"))
async def decide(request: Request, case_id: Named) -> Done:
    """Close a case by a verdict, which becomes a label; `unsure` leaves it to another reviewer. Repeating is safe."""
    told = await read_as(request, DecideIn)
    by = _by(request, told.reviewer)
    decision = Decision(
        case_id, by, told.verdict, told.reason, told.note or None, told.evaluation_id, tuple(told.also or ())
    )
    return await of_cases(request).decide(decision)


@router.post("/cases/{case_id}/undo", openapi_extra=takes("ReviewerIn"))
async def undo(request: Request, case_id: Named) -> Done:
    """Take back what this reviewer decided last about a case, with all that was decided together."""
    told = await read_as(request, ReviewerIn)
    return await of_cases(request).undo(case_id, _by(request, told.reviewer))


@router.post("/cases/{case_id}/golden", openapi_extra=takes("GoldenIn"), status_code=204, dependencies=[allow("admin")])
async def let_be_golden(request: Request, case_id: Named) -> None:
    """Say what is known of a case: from now on every reviewer meets it once, and what they say makes no label."""
    told = await read_as(request, GoldenIn)
    by = _by(request, told.reviewer)
    await of_cases(request).let_be_golden(golden.Wanted(case_id, told.verdict, by.who, told.reason, by.key_id))


@router.delete("/cases/{case_id}/golden", status_code=204, dependencies=[allow("admin")])
async def retire(request: Request, case_id: Named, query: Annotated[ReviewerQuery, Query()]) -> None:
    """Show a golden case to reviewers no longer."""
    if not await of_cases(request).retire(case_id, _by(request, query.reviewer)):
        raise NothingThere("No golden case has this id.")


@router.get("/golden", dependencies=[allow("admin")])
async def all_golden(request: Request) -> list[Golden]:
    """Every golden case, oldest first."""
    return await of_ledger(request).read(golden.standing)


@router.get("/reviewers")
async def all_reviewers(request: Request, query: Annotated[Since, Query()]) -> list[ReviewerOut]:
    """How much each reviewer decided, and how often they agree with what is known of golden cases."""
    since = stamp(utc_now() - timedelta(days=query.days))
    return await of_ledger(request).read(lambda view: reviewers.reviewers(view, since))


def _by(request: Request, told: str | None) -> Reviewer:
    key: Key | None = request.state.key
    who = told or (key.name if key else None)
    if who is None:
        raise BodyRejected((Problem("/reviewer", "is required while there are no access keys; say who reviews"),))
    return Reviewer(who, key.key_id if key else None)
