"""Queue: what waits for a reviewer, one case after the other, decided by keyboard."""

from datetime import datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from features.intake import Identity, Note, Word
from models.screening import Screening
from service import clock
from service.api.jobs import jobs_of
from service.casework import of_cases
from service.console.answer import category_names
from service.console.entrance import Reader
from service.console.evaluations import again
from service.console.page import ROOT, Room, asked_by_htmx, show
from service.jobs.jobs import JobNotReady, JobUnknown, Viewer
from service.ledger import caselist, golden, reviewers
from service.ledger.caselist import Chosen
from service.ledger.cases import Decision, Reviewer, Verdict
from service.ledger.glance import glance
from service.ledger.ledger import Rows, stamp
from service.recording import of_ledger
from service.sending import Sending

router = APIRouter(prefix="/queue")
ROOM = Room("queue", "review", router)
Named = Annotated[Identity, Path()]
Told = Annotated[Word, Form()]
PRESETS = (
    "replica", "masked_brand", "illegal_claim", "fake_medical", "forged_licence", "unlicensed", "substandard",
    "banned_goods", "piracy", "fake_degradable", "brushing", "fake_reviews", "fraud_service",
)  # fmt: skip
"""Reasons to choose from; others can be sent through the API."""
_USUAL = {
    "fraud_service": "fraud_service", "degradable": "fake_degradable", "piracy": "piracy", "approval": "forged_licence",
    "malformed": "forged_licence", "missing": "unlicensed", "brand": "masked_brand", "replica": "replica",
    "medical": "fake_medical", "banned": "banned_goods", "claim": "illegal_claim", "standard": "substandard",
}  # fmt: skip
"""Part of a finding's code -> the reason it suggests."""
_PAGE = 50


@router.get("")
async def page(
    request: Request,
    category: Annotated[Word, Query(max_length=64)] = "",
    level: Annotated[Word, Query(max_length=8)] = "",
    after: Annotated[Word, Query()] = "",
    done: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Show what waits, in the order in which it is given out."""
    chosen = Chosen("open", category or None, level or None)
    found = await of_cases(request).list(chosen, after=after or None, limit=_PAGE + 1)
    day = await _day(request)
    told: dict[str, Any] = {"found": found[:_PAGE], "more": len(found) > _PAGE, "after": after, "done": done}
    names = category_names(request.app.state.screener)
    return show(request, "queue.html.j2", day=day, categories=names, category=category, level=level, **told)


@router.post("/next")
async def next_case(request: Request, after: Told = "") -> Response:
    """Claim the next case, giving back the one before."""
    found = await of_cases(request).next(_by(request), after or None)
    return await _lead_to(request, found)


@router.post("/from/{job_id}")
async def from_screening(request: Request, job_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> Response:
    """Let what a screening found risky wait here; its page says how far that is."""
    reader: Reader = request.state.reader
    viewer = Viewer(reader.name, reader.key_id, everything=reader.may("admin"))
    followed = await run_in_threadpool(jobs_of(request).get, viewer, job_id)
    if not followed.job.kept:
        raise JobUnknown("The files of this job were erased; send the file again.")
    if followed.job.state != "done":
        raise JobNotReady(f"The job is {followed.job.state}; ask again when it is done.")
    sending: Sending = request.app.state.sending
    sending.begin(followed.job)
    return RedirectResponse(f"{ROOT}/screenings/{job_id}", 303)


@router.get("/{case_id}")
async def case(request: Request, case_id: Named) -> Response:
    """Show one case, whoever holds it."""
    return show(request, "queue_case.html.j2", **await _work(request, case_id))


@router.post("/{case_id}/claim")
async def claim(request: Request, case_id: Named) -> Response:
    """Take a case out of the list."""
    await of_cases(request).claim(case_id, _by(request))
    return await _lead_to(request, case_id)


@router.post("/{case_id}/release")
async def release(request: Request, case_id: Named) -> Response:
    """Give a case back."""
    await of_cases(request).release(case_id, _by(request))
    return RedirectResponse(f"{ROOT}{router.prefix}", 303)


class VerdictForm(BaseModel):
    """What the form says."""

    verdict: Verdict
    evaluation_id: Word
    reason: Word = ""
    note: Note = ""
    also: Annotated[list[Word], Field(max_length=100, default_factory=list)]


@router.post("/{case_id}/decide")
async def decide(request: Request, case_id: Named, told: Annotated[VerdictForm, Form()]) -> Response:
    """Decide a case, and those of its group that were ticked; then show the next."""
    why = told.reason if told.verdict == "confirmed" else ""
    note = told.note.strip() or None
    decision = Decision(case_id, _by(request), told.verdict, why, note, told.evaluation_id, tuple(told.also))
    done, found = await of_cases(request).decide_then_next(decision)
    return await _lead_to(request, found, last=case_id, verdict=told.verdict, cases=done.cases)


@router.post("/{case_id}/undo")
async def undo(request: Request, case_id: Named, holding: Told = "") -> Response:
    """Take back what was decided last, and show that case again; the one at hand goes back to the queue."""
    by = _by(request)
    await of_cases(request).undo(case_id, by)
    if holding and holding != case_id:
        await of_cases(request).release(holding, by)
    return await _lead_to(request, case_id)


async def _lead_to(
    request: Request, case_id: str | None, *, last: str = "", verdict: str = "", cases: int = 0
) -> Response:
    """Show a case, or that nothing waits; `last` is the case that was decided before."""
    address = f"{ROOT}{router.prefix}" + (f"/{case_id}" if case_id else "?done=empty")
    if not asked_by_htmx(request):
        return RedirectResponse(address, 303)
    told: dict[str, Any] = {"last": last, "verdict": verdict, "cases": cases}
    if case_id is None:
        answer = show(request, "queue_empty.html.j2", day=await _day(request), **told)
    else:
        answer = show(request, "queue_work.html.j2", **await _work(request, case_id) | told)
    answer.headers["HX-Push-Url"] = address
    return answer


async def _work(request: Request, case_id: str) -> dict[str, Any]:
    detail = await of_cases(request).detail(case_id)
    explained = await again(request, detail.evaluation)
    usual = _usual(explained["answer"].screening) if explained["answer"] else PRESETS[0]
    mine = detail.case.holder == _by(request).who
    one, admin = detail.case, request.state.reader.may("admin")

    def read(ledger: Rows) -> dict[str, Any]:
        seen = glance(ledger, one.seller_id, one.listing_id, one.platform) if one.seller_id else None
        return {"glance": seen, "known": golden.known(ledger, case_id) if admin and one.state == "closed" else None}

    told = {"detail": detail, "presets": PRESETS, "usual": usual, "mine": mine, "last": "", "verdict": "", "cases": 0}
    around = {"day": await _day(request), "categories": category_names(request.app.state.screener)}
    return told | explained | around | await of_ledger(request).read(read)


def _usual(told: Screening) -> str:
    """The reason that the gravest finding suggests, else the riskiest head; a reviewer changes it with one click."""
    for finding in sorted(told.findings, key=lambda one: ("high", "medium", "low").index(one.severity)):
        for part, reason in _USUAL.items():
            if part in finding.code and finding.source != "model":
                return reason
    riskiest = max(told.heads, key=lambda name: told.heads[name].p, default="counterfeit")
    return "brushing" if riskiest == "fraud_order" else PRESETS[0]


async def _day(request: Request) -> dict[str, int]:
    """How many cases were decided today, by everybody and by this reviewer, and how many wait."""
    who = _by(request).who
    began = stamp(datetime.combine(clock.today(), time(), clock.CHINA))

    def read(ledger: Rows) -> dict[str, int]:
        decided = reviewers.decided(ledger, began)
        return {"mine": decided.get(who, 0), "all": sum(decided.values()), "waiting": caselist.waiting(ledger)}

    return await of_ledger(request).read(read)


def _by(request: Request) -> Reviewer:
    reader: Reader = request.state.reader
    return Reviewer(reader.name, reader.key_id)
