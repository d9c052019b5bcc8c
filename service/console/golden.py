"""Golden cases for admins: let a decided case measure reviewers, see what they said to it, let it rest."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from features.intake import Identity, Word
from service.casework import of_cases
from service.console.entrance import Reader, enter
from service.console.page import ROOT, show
from service.errors import NothingThere
from service.ledger import golden
from service.ledger.cases import Reviewer
from service.ledger.golden import Known, Wanted
from service.recording import of_ledger

router = APIRouter(prefix="/golden", dependencies=[enter("admin")])
Named = Annotated[Identity, Path()]


class GoldenForm(BaseModel):
    """What is known of a case."""

    verdict: Known
    reason: Word = ""


@router.get("")
async def page(request: Request) -> Response:
    """Show every golden case, and how often reviewers said what is known."""
    found = await of_ledger(request).read(golden.standing)
    return show(request, "golden.html.j2", found=found[::-1])


@router.post("/{case_id}")
async def let_be_golden(request: Request, case_id: Named, told: Annotated[GoldenForm, Form()]) -> Response:
    """Show a case to every reviewer from now on, among the others."""
    reader: Reader = request.state.reader
    why = told.reason if told.verdict == "confirmed" else ""
    await of_cases(request).let_be_golden(Wanted(case_id, told.verdict, reader.name, why, reader.key_id))
    return RedirectResponse(f"{ROOT}/quality/golden", 303)


@router.post("/{case_id}/retire")
async def retire(request: Request, case_id: Named) -> Response:
    """Show it no longer."""
    reader: Reader = request.state.reader
    if not await of_cases(request).retire(case_id, Reviewer(reader.name, reader.key_id)):
        raise NothingThere("No golden case has this id.")
    return RedirectResponse(f"{ROOT}/quality/golden", 303)
