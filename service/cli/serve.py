"""`zhenwei serve`: the HTTP service."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.settings import Settings


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address. Default 127.0.0.1; others need access keys.")] = None,
    port: Annotated[int | None, typer.Option(help="Port. Default 8080; 0 lets the system choose.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer. Default 1.")] = None,
) -> None:
    """Answer POST /v1/score and /v1/score/batch; /openapi.json describes everything."""
    import uvicorn  # noqa: PLC0415 - heavy, see service.cli

    from service import metrics, serving  # noqa: PLC0415
    from service.patience import PatientProtocol  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from service.telemetry import log_to_stderr  # noqa: PLC0415

    settings = read_settings({"host": host, "port": port, "bundle": bundle, "workers": workers})
    log_to_stderr(settings.log_level)
    how: Mapping[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "log_config": None,  # service.telemetry logs, uvicorn's errors included
        "access_log": False,
        "http": PatientProtocol,
        "server_header": False,
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": 10,
        "timeout_worker_healthcheck": 30,  # a worker that opens a new bundle is busy, not dead
    }
    if settings.workers == 1:
        app = serving.build(settings)
        _tell_console(settings)
        uvicorn.run(app, **how)
        return
    serving.check(settings)
    serving.hand_down(settings)
    _tell_console(settings)
    with metrics.shared():
        uvicorn.run("service.serving:app", factory=True, **how)


_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - told, not bound
"""Where this machine reaches what listens everywhere."""


def _tell_console(settings: "Settings") -> None:
    if settings.port:  # else the system chooses, and the log says what
        host = _HERE.get(settings.host, settings.host)
        typer.echo(f"The console: http://{f'[{host}]' if ':' in host else host}:{settings.port}/console", err=True)
