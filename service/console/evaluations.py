"""Evaluations: one answer as it was recorded, at an address that stays."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from features.intake import Identity
from service import wire
from service.console.answer import shown
from service.console.entrance import enter
from service.console.page import show
from service.errors import NothingThere
from service.ledger import history
from service.ledger.history import EvaluationOut
from service.recording import of_ledger

router = APIRouter(prefix="/evaluations", dependencies=[enter("review")])


@router.get("/{evaluation_id}")
async def page(request: Request, evaluation_id: Annotated[Identity, Path()]) -> Response:
    """Show what was answered then, and explain it by screening the same listing again."""
    told = await of_ledger(request).read(lambda ledger: history.evaluation(ledger, evaluation_id))
    if told is None:
        raise NothingThere("Nothing of this name was recorded, or it was erased.")
    return show(request, "evaluation.html.j2", told=told, **await again(request, told))


async def again(request: Request, told: EvaluationOut) -> dict[str, Any]:
    """Screen a recorded listing once more, with the law of its day.

    `answer` is the explanation, None when the listing was erased; `same` says whether it explains the very answer that
    was recorded: same bundle, listing and day.
    """
    if told.listing is None:
        return {"answer": None, "same": False}
    door, listing = request.app.state, wire.listing(told.listing)
    day = date.fromisoformat(told.law_as_of)
    judged = await door.lane.screen([listing], explain="full", today=day, counts=False)
    (listing,), (screening,) = judged.listings, judged.screenings
    return {"answer": shown(listing, screening, door.screener), "same": screening.evaluation_id == told.evaluation_id}
