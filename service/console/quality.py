"""Quality: how right the answers were, how the market moves, how well reviewers judge, and which bundle answers."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from features.evasion import TRANSFORMS
from features.intake import Note, Word, read_listing
from features.listing import Listing
from models import Screener
from service.bundles import BundleStore
from service.console import golden, pictures
from service.console.catalogue import Words
from service.console.entrance import Reader, enter
from service.console.figures import Figures, figures
from service.console.page import ROOT, Room, show, words_of
from service.ledger import activations, reviewers
from service.ledger.activations import ActivationRefused
from service.ledger.ledger import Page, Rows
from service.ledger.reviewers import ReviewerOut
from service.ledger.tables import EVALUATIONS
from service.recording import of_ledger
from service.schemas import ModelsOut
from service.shadow.report import ShadowOut, report
from training.drift import DriftReport, NoReference, compare, reference_of, sampled
from training.errors import TrainingError

router = APIRouter(prefix="/quality")
router.include_router(golden.router)
ROOM = Room("quality", "review", router)
_DRAWN = 600
"""Listings compared with what the bundle remembers; more make the page wait."""


@router.get("")
async def page(request: Request, done: Annotated[str, Query(max_length=16)] = "") -> Response:
    """Show everything but drift, which takes a second and is asked for by the page itself."""
    recording, screener = of_ledger(request), request.app.state.screener

    def read(ledger: Rows) -> tuple[Figures, list[ReviewerOut], ModelsOut, ShadowOut | None]:
        told = figures(ledger, screener.reader.folder)
        return told, reviewers.reviewers(ledger), ModelsOut.of(ledger), report(ledger)

    told, people, bundles, shadow = await recording.read(read)
    watch = request.app.state.watch
    return show(
        request,
        "quality.html.j2",
        told=told,
        people=people,
        bundles=bundles,
        shadow=shadow,
        answering=screener.bundle.id,
        changeable=watch is not None,
        done=done,
        **_pictures(told, words_of(request)),
    )


@router.get("/drift")
async def drift(request: Request) -> Response:
    """Compare the newest listings with what the bundle was trained on."""
    screener: Screener = request.app.state.screener
    listings = await of_ledger(request).read(_newest)
    found = await run_in_threadpool(_compare, screener, listings) if listings else None
    return show(request, "quality_drift.html.j2", found=found)


@router.post("/activate", dependencies=[enter("admin")])
async def activate(
    request: Request,
    bundle: Annotated[Word, Form(min_length=1)],
    why: Annotated[Note, Form(min_length=1)],
) -> Response:
    """Let another bundle answer."""
    reader: Reader = request.state.reader
    await run_in_threadpool(_store(request).open, bundle)

    def activated(page: Page, bundles: Sequence[str]) -> list[bool]:
        return [activations.activate(page, one, who=reader.name, why=why, key_id=reader.key_id) for one in bundles]

    await of_ledger(request).record(activated, [bundle])
    return RedirectResponse(f"{ROOT}{router.prefix}?done=activated", 303)


@router.post("/rollback", dependencies=[enter("admin")])
async def roll_back(request: Request, why: Annotated[Note, Form(min_length=1)]) -> Response:
    """Go back to the bundle before."""
    reader: Reader = request.state.reader
    recording, store = of_ledger(request), _store(request)
    target = activations.before(await recording.read(activations.history))
    await run_in_threadpool(store.open, target)

    def rolled_back(page: Page, bundles: Sequence[str]) -> list[None]:
        for one in bundles:
            activations.roll_back(page, one, who=reader.name, why=why, key_id=reader.key_id)
        return [None for _ in bundles]

    await recording.record(rolled_back, [target])
    return RedirectResponse(f"{ROOT}{router.prefix}?done=rolled_back", 303)


def _pictures(told: Figures, t: Words) -> dict[str, Any]:
    names = {one.name: one.zh if t.lang == "zh" else one.en for one in TRANSFORMS}
    colours = {"high": "--high", "medium": "--medium", "low": "--low", "none": "--rule"}
    mix = {t(f"level.{level}"): (colours[level], values) for level, values in told.levels.items()}
    tens = [f"{ten * 10}–{ten * 10 + 9 + (ten == 9)}" for ten in range(10)]  # noqa: PLR2004 - 100 stands in the last
    shades = ["--low"] * 6 + ["--medium"] * 2 + ["--high"] * 2
    points = [(100 * p, 100 * rate.value, 100 * rate.low, 100 * rate.high) for p, rate in told.calibration]
    return {
        "mix": pictures.stacked(told.days, mix),
        "scores": pictures.bars(tens, told.scores, shades),
        "evasion": pictures.lines(told.days, {names.get(k, k): v for k, v in told.evasion.items()}, "%"),
        "calibration": pictures.promised(points, t("quality.promised"), t("quality.observed")),
    }


def _newest(ledger: Rows) -> list[Listing]:
    """The newest listings that were not erased, each once."""
    table = EVALUATIONS.c
    told = select(table.listing_id, table.platform, table.snapshot).where(table.snapshot.is_not(None))
    found: dict[tuple[str, str | None], str] = {}
    for row in ledger.rows(told.order_by(table.seq.desc()).limit(_DRAWN)):
        found.setdefault((row["listing_id"], row["platform"]), row["snapshot"])
    return [read_listing(one) for one in found.values()]


def _compare(screener: Screener, listings: Sequence[Listing]) -> DriftReport | None:
    """None when the bundle does not remember what it was trained on."""
    try:
        profile = reference_of(screener.bundle)
        return compare(screener.bundle, profile, sampled(screener.bundle, listings, screener.reader))
    except (NoReference, TrainingError):
        return None


def _store(request: Request) -> BundleStore:
    watch = request.app.state.watch
    if watch is None:
        raise ActivationRefused("This service was started with a bundle of its own and follows no other; restart it.")
    store: BundleStore = watch.store
    return store
