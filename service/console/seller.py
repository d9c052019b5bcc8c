"""A seller: what was answered about it, its listings, prices and orders in pictures, and who it is tied to."""

from collections.abc import Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import func, select

from features.intake import Word
from service.console import pictures
from service.console.answer import category_names
from service.console.catalogue import Words
from service.console.page import Room, show, words_of
from service.errors import NothingThere
from service.ledger import history, kinship
from service.ledger.history import EvaluationOut, SellerOut
from service.ledger.kinship import By, Tie
from service.ledger.ledger import Rows
from service.ledger.tables import QUEUE
from service.recording import of_ledger

router = APIRouter(prefix="/sellers")
ROOM = Room("seller", "review", router)
_BUSIEST = 30


@router.get("")
async def page(request: Request, seller_id: Annotated[Word, Query()] = "") -> Response:
    """Show a seller, or those with the most listings that wait for review."""
    recording = of_ledger(request)
    if not seller_id.strip():
        return show(request, "sellers.html.j2", busiest=await recording.read(_busiest), seller_id="")

    def read(ledger: Rows) -> tuple[SellerOut | None, list[Tie]]:
        return history.seller(ledger, seller_id), kinship.ties(ledger, seller_id)

    told, ties = await recording.read(read)
    if told is None:
        raise NothingThere("Nothing of this name was recorded, or it was erased.")
    t = words_of(request)
    return show(
        request,
        "seller.html.j2",
        told=told,
        newest=_newest_of_each(told.newest),
        ties=[tie for tie in ties if seller_id in {tie.one, tie.other}],
        network=pictures.network(seller_id, ties, {by: t(f"seller.by.{by}") for by in get_args(By)}),
        prices=_over_time(told.newest, t, "price_cny"),
        orders=_over_time(told.newest, t, "orders_30d"),
        categories=category_names(request.app.state.screener),
    )


def _busiest(ledger: Rows) -> Sequence[dict[str, Any]]:
    """Sellers by listings that wait, most first; golden cases do not count."""
    table, n = QUEUE.c, func.count().label("n")
    told = select(
        table.seller_id, n, func.max(table.risk_score).label("risk"), func.sum(table.exposure_cny).label("cny")
    )
    told = told.where(table.state == "open", table.seller_id.is_not(None), table.golden.is_(None))
    return [dict(row) for row in ledger.rows(told.group_by(table.seller_id).order_by(n.desc()).limit(_BUSIEST))]


def _newest_of_each(told: Sequence[EvaluationOut]) -> list[EvaluationOut]:
    found: dict[object, EvaluationOut] = {}
    for one in told:
        listing = one.listing or {}
        found.setdefault((listing.get("listing_id", one.evaluation_id), listing.get("platform")), one)
    return list(found.values())


def _over_time(told: Sequence[EvaluationOut], t: Words, what: str) -> pictures.Option | None:
    """A number of the listings over the time they were looked at; None when none tells it."""
    points: dict[str, list[tuple[str, float, str]]] = {t(f"level.{level}"): [] for level in (*pictures.LEVELS, "none")}
    for one in told:
        listing = one.listing or {}
        value = listing.get(what) if what == "price_cny" else (listing.get("trade") or {}).get(what)
        if value is not None:
            points[t(f"level.{one.level or 'none'}")].append(
                (one.recorded_at, value, str(listing.get("title", ""))[:30])
            )
    return pictures.scatter(points, t(f"seller.{what}")) if any(points.values()) else None
