"""What probes and operators ask: alive, ready, which model."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from service.access import REFUSALS, allow
from service.metrics import CONTENT_TYPE
from service.recording import Recording
from service.schemas import Health, ModelOut, Ready

router = APIRouter()


@router.get("/healthz", tags=["operation"])
async def healthz() -> Health:
    """Say that the process answers."""
    return Health()


@router.get("/readyz", tags=["operation"], responses={503: {"model": Ready}})
async def readyz(request: Request, response: Response) -> Ready:
    """Say which bundle is loaded and whether the ledger answers; 503 when it is required and does not."""
    bundle = request.app.state.screener.versions.bundle
    recording: Recording | None = request.app.state.recording
    if recording is None:
        return Ready(bundle, "off")
    state = await recording.check()
    if state == "away" and recording.required:
        response.status_code = 503
        return Ready(bundle, state, "not_ready")
    return Ready(bundle, state)


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
