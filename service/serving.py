"""What serves: an app built from the settings, in this process or in each of several workers."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from service.settings import Settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from models import Screener

_TURN = 0.0005
"""Seconds until a thread that computes lets another one run, where Python takes 5 ms: what reads and writes beside the
thread that screens waits less for its turn (p99 8.3 -> 6.3 ms on a busy machine), and screening is as fast."""


def build(settings: Settings) -> "FastAPI":
    """Open ledger, keys and bundle, and build the app around them. Raises ZhenweiError, saying what to do."""
    from service import traces  # noqa: PLC0415 - heavy, see service.cli

    sys.setswitchinterval(_TURN)
    traces.start()
    with _lasting():
        from service import home  # noqa: PLC0415 - heavy, see service.cli
        from service.app import create_app  # noqa: PLC0415
        from service.shadow.companion import Companion  # noqa: PLC0415
        from service.watch import BundleWatch, RegisterWatch  # noqa: PLC0415

        ledger = home.ledger(settings)
        keys = home.keys(settings, ledger)
        screener = home.screener(settings)
        online = home.online(settings)
        registers = RegisterWatch(ledger, home.registers_store(settings)) if ledger else None
        watch = BundleWatch(ledger, home.bundles(settings)) if ledger and settings.bundle is None else None
        companion = Companion(home.folder(settings), settings.variables()) if watch else None
        app = create_app(
            screener, settings, ledger=ledger, watch=watch, registers=registers, keys=keys, online=online,
            companion=companion,
        )  # fmt: skip
    Thread(target=_warm, args=(screener,), name="warm", daemon=True).start()
    return app


def check(settings: Settings) -> None:
    """See that workers will find what they need, and bring the ledger up to date once. Raises ZhenweiError."""
    from service import home  # noqa: PLC0415 - heavy, see service.cli

    ledger = home.ledger(settings)
    home.keys(settings, ledger)
    home.screener(settings)
    if ledger:
        ledger.close()


def hand_down(settings: Settings) -> None:
    """Tell workers, which read variables only, what options of the command line chose."""
    os.environ.update(settings.variables())


def app() -> "FastAPI":
    """Build the app of one worker."""
    from service.telemetry import log_to_stderr  # noqa: PLC0415 - heavy, see service.cli

    settings = read_settings({})
    log_to_stderr(settings.log_level)
    return build(settings)


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
