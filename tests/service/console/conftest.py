"""A console around the stand-in, seen without a browser; and one around the starter, in a real one."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from models import Screener
from service.app import create_app
from service.ledger import keys
from service.ledger.keys import Scope, Wanted
from service.ledger.ledger import Ledger
from service.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

CHROMIUM = Path("/usr/bin/chromium")
HERE = "http://127.0.0.1:8080"


class Browser(TestClient):
    """A client that keeps cookies and sends a form with the token of the page it looked at last."""

    token = ""

    def look(self, path: str, **more: str) -> Response:
        """Open a page, and remember its token."""
        answer = self.get(f"/console{path}", headers=more)
        if found := re.search(r'name="csrf" value="(\w+)"', answer.text):
            self.token = found[1]
        return answer

    def fill(self, path: str, told: dict[str, str] | None = None, **headers: str) -> Response:
        """Send a form."""
        return self.post(f"/console{path}", data={"csrf": self.token} | (told or {}), headers=headers)

    def enter(self, key: str) -> Response:
        """Log in."""
        self.look("/login")
        return self.fill("/login", {"key": key})


@pytest.fixture
def ledger_url(tmp_path: Path) -> str:
    """An empty ledger in a file: what a page shows does not depend on the database."""
    return f"sqlite:///{tmp_path}/ledger.sqlite3"


Visit = Callable[..., Browser]


@pytest.fixture
def visit(screener: Screener, ledger: Ledger) -> Visit:
    """Open a browser at a console, without following redirects; the keys are those made before."""

    def opened(base: str = HERE) -> Browser:
        app = create_app(screener, Settings(), ledger=ledger)
        return Browser(app, base, raise_server_exceptions=False, follow_redirects=False)

    return opened


Key = Callable[..., str]


@pytest.fixture
def key(ledger: Ledger) -> Key:
    """Make an access key."""

    def made(*scopes: Scope) -> str:
        with ledger.writing() as page:
            return keys.create(page, Wanted("<周>", scopes), who="周", why="试")

    return made


@dataclass
class Site:
    """A console that answers at an address, and what browsers complained about."""

    url: str
    app: FastAPI
    chromium: "Chromium"
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def page(
        self, *, theme: Literal["light", "dark"] = "light", lang: str = "zh-CN", width: int = 1280, scripts: bool = True
    ) -> "Iterator[Page]":
        """Open a browser of its own at the console; every error, dialog and foreign request is a complaint."""
        context = self.chromium.new_context(
            color_scheme=theme,
            locale=lang,
            viewport={"width": width, "height": 800},
            base_url=self.url,
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._asked)
        page.on("request", self._sent)
        yield page
        context.close()

    def _said(self, told: "ConsoleMessage") -> None:
        if told.type == "error":
            self.complaints.append(f"console: {told.text}")

    def _asked(self, dialog: "Dialog") -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _sent(self, request: "Request") -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"foreign: {request.url}")


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Chromium]":
    """Debian's Chromium, headless; where it is missing the test is skipped, unless everything shall be tested.

    No longer than a module: while the driver runs, no other test of the process can run an event loop.
    """
    if not CHROMIUM.exists() and not os.environ.get("ZHENWEI_TEST_ALL"):
        pytest.skip(f"{CHROMIUM} is missing")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


Open = Callable[[FastAPI], AbstractContextManager[Site]]


@pytest.fixture(scope="module")
def open_site(chromium: "Chromium") -> Open:
    """Serve an app on a free port, in a thread, for as long as the block runs."""

    @contextmanager
    def opened(app: FastAPI) -> Iterator[Site]:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            site = Site(f"http://127.0.0.1:{listening.getsockname()[1]}", app, chromium)
            try:
                yield site
            finally:
                server.should_exit = True
                thread.join()
        assert not site.complaints

    return opened
