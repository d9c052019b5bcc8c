"""The entrance: who may see a page, and whether a form came from one of our pages."""

from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request

from features.errors import ZhenweiError
from service.access import KeyRing
from service.console.bounds import UPLOAD
from service.errors import Forbidden
from service.ledger.keys import Key, Scope
from service.origin import READS, from_elsewhere, require_this_machine


class LoginNeeded(ZhenweiError):
    """Nobody logged in, or the session or its key is over."""


class FormRefused(ZhenweiError):
    """A form that did not come from a page of this session."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page. `key` None: no key was ever made, and everything is open."""

    key: Key | None

    @property
    def name(self) -> str:
        """How changes by this reader are signed."""
        return self.key.name if self.key else "console"

    @property
    def key_id(self) -> str | None:
        """Id of the key, as the ledger keeps it beside a change."""
        return self.key.key_id if self.key else None

    def may(self, scope: Scope | None) -> bool:
        """Whether the reader may see this."""
        return self.key is None or self.key.allows(scope)


def enter(scope: Scope | None) -> Any:  # noqa: ANN401 - what FastAPI takes for a dependency
    """Let in who may see this; keeps the Reader in `request.state.reader`.

    The dependency raises LoginNeeded, Forbidden, NotFromHere, FormRefused or LedgerAway.
    """

    async def entered(request: Request) -> None:
        _see_where(request)
        request.state.reader = reader = reader_of(request)
        if not reader.may(scope):
            raise Forbidden(f"This key may not do this; it needs the scope {scope}.")
        if request.method not in READS:
            await _see_form(request)

    return Depends(entered)


async def approached(request: Request) -> None:
    """Check a request that needs no key: the login itself. Raises NotFromHere, FormRefused."""
    _see_where(request)
    if request.method not in READS:
        await _see_form(request)


def reader_of(request: Request) -> Reader:
    """Who asks. The key is looked up at every request, so a revoked one ends its sessions. Raises LoginNeeded."""
    ring: KeyRing = request.app.state.keys
    if ring.open:
        return Reader(None)
    visit = request.state.visit
    key = ring.working(visit.session.key_id) if visit.session.key_id else None
    if key is None:
        raise LoginNeeded("Log in with an access key.")
    return Reader(key)


def _see_where(request: Request) -> None:
    """Without keys only this machine may ask. Raises NotFromHere."""
    if request.app.state.keys.open:
        require_this_machine(request.headers)


async def _see_form(request: Request) -> None:
    """A form must carry the token of its session, and must not say that it comes from elsewhere."""
    if from_elsewhere(request.headers):
        raise FormRefused("This form came from another site. Open the console and try there.")
    token = request.headers.get("x-csrf-token")
    if token is None and request.url.path != UPLOAD:
        token = str((await request.form()).get("csrf", ""))
    if not request.app.state.console.seals.same(request.state.visit.session, token or ""):
        raise FormRefused("The page is too old. Load it again, then send the form.")
