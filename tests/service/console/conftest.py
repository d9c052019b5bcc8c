"""A console around the stand-in, seen without a browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from models import Screener
from service.app import create_app
from service.ledger import keys
from service.ledger.keys import Scope, Wanted
from service.ledger.ledger import Ledger
from service.settings import Settings

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
