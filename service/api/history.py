"""History over HTTP: what was answered before."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request

from features.intake import Identity
from service.access import REFUSALS, allow
from service.errors import NothingThere, ProblemOut
from service.ledger import history
from service.ledger.history import EvaluationOut, ListingOut, SellerOut
from service.ledger.ledger import Rows
from service.recording import of_ledger
from service.schemas import OnPlatform

T = TypeVar("T")
_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemOut} for code in (404, 422, 500, 503)}
router = APIRouter(prefix="/v1", tags=["review"], dependencies=[allow("review")], responses=_PROBLEMS | REFUSALS)
Named = Annotated[Identity, Path()]


@router.get("/evaluations/{evaluation_id}")
async def evaluation(request: Request, evaluation_id: Named) -> EvaluationOut:
    """What was answered then, about which listing, by which bundle, and what people said to it."""
    return await _found(request, lambda ledger: history.evaluation(ledger, evaluation_id))


@router.get("/listings/{listing_id:path}")
async def listing(request: Request, listing_id: Named, query: Annotated[OnPlatform, Query()]) -> ListingOut:
    """Every answer about a listing, newest first."""
    return await _found(request, lambda ledger: history.listing(ledger, listing_id, query.platform))


@router.get("/sellers/{seller_id:path}")
async def seller(request: Request, seller_id: Named) -> SellerOut:
    """What was answered about a seller's listings, in sum, and which other sellers it shares a name or code with."""
    return await _found(request, lambda ledger: history.seller(ledger, seller_id))


async def _found(request: Request, read: Callable[[Rows], T | None]) -> T:
    found: Any = await of_ledger(request).read(read)
    if found is None:
        raise NothingThere("Nothing of this name was recorded, or it was erased.")
    told: T = found
    return told
