"""What probes and operators ask: alive, ready, which model."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from service.access import REFUSALS, allow
from service.metrics import CONTENT_TYPE
from service.online.online import Online
from service.recording import Recording
from service.schemas import Health, ModelOut, Ready

router = APIRouter()


@router.get("/healthz", tags=["operation"])
async def healthz() -> Health:
    """Say that the process answers."""
    return Health()


@router.get("/readyz", tags=["operation"], responses={503: {"model": Ready}})
async def readyz(request: Request, response: Response) -> Ready:
    """Say which bundle is loaded and which parts are away; 503 when one is that answers cannot do without."""
    door = request.app.state
    recording: Recording | None = door.recording
    online: Online | None = door.online
    ledger = await recording.check() if recording else "off"
    redis = online.link.state if online else "off"
    queue: Literal["ok", "away", "off"] = door.background.state if door.background else "off"
    parts = {"ledger": ledger, "online": redis, "queue": queue}
    away = [name for name, state in parts.items() if state == "away"]
    lost = recording is not None and recording.required and ledger == "away"
    if lost:
        response.status_code = 503
    return Ready(door.screener.versions.bundle, ledger, redis, queue, away, "not_ready" if lost else "ready")


@router.get(
    "/metrics",
    tags=["operation"],
    response_class=PlainTextResponse,
    dependencies=[allow(None)],
    responses=REFUSALS,
)
async def metrics(request: Request) -> Response:
    """Tell what was counted since the start, as Prometheus reads it."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)


@router.get("/v1/model", tags=["operation"], dependencies=[allow(None)], responses=REFUSALS)
async def model(request: Request) -> ModelOut:
    """Describe the loaded bundle: card, heads, thresholds, metrics, knowledge."""
    screener = request.app.state.screener
    return ModelOut.of(screener.bundle, screener.versions.code)
