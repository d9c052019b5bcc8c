"""What probes and operators ask: alive, ready, which model."""

from fastapi import APIRouter, Request

from service.schemas import Health, ModelOut, Ready

router = APIRouter()


@router.get("/healthz", tags=["operation"])
async def healthz() -> Health:
    """Say that the process answers."""
    return Health()


@router.get("/readyz", tags=["operation"])
async def readyz(request: Request) -> Ready:
    """Say which bundle is loaded. The app is only built with an opened one."""
    return Ready(request.app.state.screener.versions.bundle)


@router.get("/v1/model", tags=["operation"])
async def model(request: Request) -> ModelOut:
    """Describe the loaded bundle: card, heads, thresholds, metrics, knowledge."""
    screener = request.app.state.screener
    return ModelOut.of(screener.bundle, screener.versions.code)
