"""`zhenwei serve`: the HTTP service."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from models import Screener


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address. Default 127.0.0.1; others need access keys.")] = None,
    port: Annotated[int | None, typer.Option(help="Port. Default 8080; 0 lets the system choose.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Answer POST /v1/score and /v1/score/batch; /openapi.json describes everything."""
    with _lasting():
        import uvicorn  # noqa: PLC0415 - heavy, see service.cli

        from models import Screener, open_bundle  # noqa: PLC0415
        from service import home  # noqa: PLC0415
        from service.app import create_app  # noqa: PLC0415
        from service.settings import read_settings  # noqa: PLC0415
        from service.telemetry import log_to_stderr  # noqa: PLC0415
        from service.watch import BundleWatch  # noqa: PLC0415

        settings = read_settings({"host": host, "port": port, "bundle": bundle})
        log_to_stderr(settings.log_level)
        ledger = home.ledger(settings)
        keys = home.keys(settings, ledger)
        screener = Screener(open_bundle(home.bundle(settings)))
        watch = BundleWatch(ledger, home.bundles(settings)) if ledger and settings.bundle is None else None
        app = create_app(screener, settings, ledger=ledger, watch=watch, keys=keys)
    Thread(target=_warm, args=(screener,), name="warm", daemon=True).start()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        workers=1,
        log_config=None,  # service.telemetry logs, uvicorn's errors included
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )


@contextmanager
def _lasting() -> Iterator[None]:
    """Build what never dies: the collector does not look at it meanwhile, nor ever after.

    Walking knowledge and bundle would stop every request for a tenth of a second.
    """
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        gc.enable()


def _warm(screener: "Screener") -> None:
    """Build what only a cloaked title needs, so that the first request with one does not wait for it."""
    from service import clock, wire  # noqa: PLC0415 - heavy, see service.cli
    from service.examples import CLOAKED  # noqa: PLC0415

    screener.screen([wire.listing(dict(CLOAKED))], explain="none", today=clock.today())
