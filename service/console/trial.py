"""Try: paste a title and see how risky it is, and why."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from features.intake import ListingRejected
from features.listing import Listing
from models.screening import Bilingual
from service import telemetry
from service.console import form
from service.console.answer import category_names, shown
from service.console.page import Room, asked_by_htmx, show, words_of
from service.errors import NothingThere, faults
from service.lane import Answers
from service.recording import Recording

router = APIRouter(prefix="/try")
ROOM = Room("try", "score", router)


@dataclass(frozen=True, slots=True)
class Example:
    """A listing to try with one click."""

    label: Bilingual
    listing: Mapping[str, Any]


@cache
def examples() -> Mapping[str, Example]:
    """The examples, by name."""
    told = tomllib.loads(Path(__file__).with_name("examples.toml").read_text("utf-8"))
    return {name: Example(Bilingual(**one["label"]), one["listing"]) for name, one in told.items()}


@router.get("")
async def page(request: Request, example: Annotated[str | None, Query(max_length=64)] = None) -> Response:
    """Show the form, empty or with an example and its answer."""
    if example is None:
        return _page(request, {})
    if (chosen := examples().get(example)) is None:
        raise NothingThere("There is no such example; choose one of those shown.")
    filled = form.filled(chosen.listing)
    return _page(request, filled, example=example, **await _answer(request, filled))


@router.post("")
async def screen(request: Request) -> Response:
    """Screen what the form says; record it only when that was asked for."""
    sent = await request.form()
    filled = {name: value for name, value in sent.items() if isinstance(value, str)}
    told = await _answer(request, filled, keep="keep" in filled)
    if asked_by_htmx(request):
        return show(request, "try_answer.html.j2", 422 if told["wrong"] else 200, **told)
    return _page(request, filled, **told)


async def _answer(request: Request, filled: Mapping[str, str], *, keep: bool = False) -> dict[str, Any]:
    try:
        listing = form.read(filled)
    except ListingRejected as error:
        return {"answer": None, "kept": None, "wrong": faults(error.problems, words_of(request).lang)}
    if not filled.get("listing_id", "").strip():
        listing = replace(listing, listing_id=_named(listing))
    door = request.app.state
    judged = await door.lane.screen([listing], explain="full", today=door.today(), counts=keep)
    told = shown(judged.listings[0], judged.screenings[0], door.screener)
    return {"answer": told, "kept": await _keep(request, judged) if keep else None, "wrong": ()}


async def _keep(request: Request, judged: Answers) -> str | None:
    """Record the answer; gives its status. Raises LedgerAway."""
    recording: Recording | None = request.app.state.recording
    if recording is None:
        return None
    (answer,) = await recording.evaluations(judged.listings, judged.screenings)
    telemetry.count(request.scope, judged.screenings)
    return answer.evaluation_status


def _named(listing: Listing) -> str:
    """Give a listing that has no id one that stays the same."""
    return "try-" + hashlib.sha256(listing.title.encode()).hexdigest()[:12]


def _page(request: Request, filled: Mapping[str, str], **told: object) -> Response:
    door = request.app.state
    around = {"answer": None, "kept": None, "wrong": (), "example": None} | told
    return show(
        request,
        "try.html.j2",
        422 if around["wrong"] else 200,
        filled=filled,
        groups=form.GROUPS,
        examples=examples(),
        categories=category_names(door.screener),
        ledger=door.recording is not None,
        **around,
    )
