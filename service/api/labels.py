"""Labels over HTTP: what people found out about listings that were answered."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from features.errors import ZhenweiError
from features.intake import Problem
from service import clock, wire
from service.access import REFUSALS, allow, key_id
from service.body import read_as
from service.errors import BodyRejected, ProblemOut
from service.ledger import labels
from service.ledger.labels import Label, Receipt
from service.ledger.ledger import stamp
from service.openapi import takes
from service.reasons import require_reason
from service.recording import of_ledger
from service.schemas import LabelIn

router = APIRouter(prefix="/v1", tags=["review"], dependencies=[allow("label")], responses=REFUSALS)
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemOut} for code in (400, 404, 408, 409, 413, 415, 422, 500, 503)
}


@router.post(
    "/labels",
    response_model=Receipt,
    status_code=201,
    responses=_PROBLEMS | {200: {"model": Receipt, "description": "The same label was recorded before"}},
    openapi_extra=takes("LabelIn"),
)
async def label(request: Request) -> Response:
    """Record a judgement: confirmed, missed (漏杀), false_alarm (误杀) or appeal_reversed. 201 means it is kept.

    Sending it again is safe: the same label of the same source and analyst, or with the same label_id, is kept once.
    """
    told = _judged(await read_as(request, LabelIn), key_id(request))
    (receipt,) = await of_ledger(request).record(labels.record, [told])
    if isinstance(receipt, ZhenweiError):
        raise receipt
    status = 201 if receipt.label_status == "new" else 200
    return Response(orjson.dumps(receipt), status, media_type=wire.TYPE)


def _judged(told: LabelIn, sender: str | None) -> Label:
    if told.evaluation_id is None and told.listing_id is None:
        raise BodyRejected((Problem("/evaluation_id", "or /listing_id is required; say what is judged"),))
    require_reason(told.verdict, told.reason)
    return Label(**told.model_dump() | {"decided_at": _when(told.decided_at), "key_id": sender})


def _when(told: datetime | None) -> str | None:
    """A time without a zone is a time in China."""
    if told is None:
        return None
    return stamp(told if told.tzinfo else told.replace(tzinfo=clock.CHINA))
