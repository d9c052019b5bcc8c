"""`zhenwei serve`: the HTTP service."""

import gc
from pathlib import Path
from typing import Annotated

import typer


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address. Default 127.0.0.1; others need access keys.")] = None,
    port: Annotated[int | None, typer.Option(help="Port. Default 8080; 0 lets the system choose.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Answer POST /v1/score and /v1/score/batch; /openapi.json describes everything."""
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
    gc.collect()
    gc.freeze()  # knowledge and bundle never die; walking them would stop every request for a tenth of a second
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
