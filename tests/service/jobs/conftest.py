"""A desk of jobs, a service around it whose `zhenwei screen` is a stand-in, and the queues it is tried over."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from models import Screener
from service.app import create_app
from service.jobs.queue import _AFTER_A_CRASH
from service.ledger.ledger import Ledger
from service.settings import Settings

STAND_IN = Path(__file__).with_name("stand_in_screen.py")
Running = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(params=["memory", "redis"])
def queue(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """Settings of a queue of its own: in memory always, over Redis where a server may be used."""
    if request.param == "memory":
        return {}
    server = os.environ.get("ZHENWEI_TEST_REDIS_URL")
    if server is None:
        pytest.skip("ZHENWEI_TEST_REDIS_URL names no server")
    return {"redis_url": server, "redis_prefix": f"test-{uuid4().hex}"}


def quick(app: FastAPI) -> FastAPI:
    """Look often, and screen with the stand-in."""
    background = app.state.background
    background._every = 0.05
    _AFTER_A_CRASH.delay = timedelta(seconds=0.1)
    object.__setattr__(background._runner, "program", (sys.executable, str(STAND_IN)))
    return app


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in a file, for what is the same over any."""
    opened = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def running(screener: Screener, book: Ledger, home: Path) -> Running:
    """Run a service, its background too; it ends, as on SIGTERM, with the block."""

    @contextmanager
    def run(told: Mapping[str, str] = MappingProxyType({}), ledger: Ledger = book) -> Iterator[TestClient]:
        again = Ledger(ledger.engine.url.render_as_string(hide_password=False))
        app = create_app(screener, Settings(**{"home": home, **told}), ledger=again)  # type: ignore[arg-type]
        with TestClient(quick(app), raise_server_exceptions=False) as client:
            yield client

    return run
