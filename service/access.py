"""Access: which requests are let in.

Without any key ever made everything is open, the service listens on this machine only, and answers only what was asked
for here (service.origin). From the first key on, keys are asked for, also when all have expired.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.errors import Forbidden, ProblemOut, Unauthorised
from service.ledger import keys
from service.ledger.database import LedgerAway
from service.ledger.keys import Key, Scope, digest_of, id_of
from service.ledger.ledger import Ledger, utc_now
from service.origin import require_here

_NOBODY = digest_of("nobody's key")
_BEARER = HTTPBearer(auto_error=False, description="An access key: `zhenwei key create` makes one.")
REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemOut} for code in (401, 403, 429)}


class KeyRing:
    """The keys of a ledger, kept in memory so that checking one needs no database. Follows the ledger by `look`."""

    def __init__(self, ledger: Ledger | None, now: Callable[[], datetime] = utc_now) -> None:
        """Begin; without a ledger there are no keys."""
        self._ledger, self._clock = ledger, now
        self._latest = now()
        self._keys: Mapping[str, Key] | None = None if ledger else {}
        self._seen = -1

    @classmethod
    def read(cls, ledger: Ledger | None) -> "KeyRing":
        """Begin with the keys there are; while the ledger is away, with a ring that lets nobody in."""
        ring = cls(ledger)
        with suppress(LedgerAway):  # it was told at start
            ring.look()
        return ring

    def look(self) -> None:
        """Read the keys when they changed. Raises LedgerAway."""
        if self._ledger is None:
            return
        with self._ledger.view() as view:
            if (newest := keys.newest(view)) != self._seen:
                self._keys, self._seen = keys.keys(view), newest

    def _now(self) -> datetime:
        """The time, which a clock that is set back does not turn back: what has expired stays so."""
        self._latest = max(self._latest, self._clock())
        return self._latest

    @property
    def usable(self) -> bool:
        """Whether any key opens anything now."""
        now = self._now()
        return any(key.active(now) for key in (self._keys or {}).values())

    @property
    def open(self) -> bool:
        """Whether no key was ever made, so that none is asked for. Raises LedgerAway."""
        return not self._known()

    def working(self, key_id: str) -> Key | None:
        """Return the key with this id when it opens anything now. Raises LedgerAway."""
        key = self._known().get(key_id)
        return key if key and key.active(self._now()) else None

    def _known(self) -> Mapping[str, Key]:
        if self._keys is None:
            raise LedgerAway("The ledger was away since the service started, so its access keys are not known. Wait.")
        return self._keys

    def admit(self, token: str | None, scope: Scope | None) -> Key | None:
        """Let a request in; None when no keys are asked for. Raises Unauthorised, Forbidden, LedgerAway."""
        if self.open:
            return None
        key = self._known().get(id_of(token or ""))
        same = compare_digest(digest_of(token or ""), key.token_digest if key else _NOBODY)
        if key is None or not same or not key.active(self._now()):
            raise Unauthorised("Send a valid access key: Authorization: Bearer zw_… (`zhenwei key create` makes one).")
        if not key.allows(scope):
            raise Forbidden(f"This key may not do this; it needs the scope {scope}.")
        return key


def key_id(request: Request) -> str | None:
    """Id of the access key that a request came with; None while no keys are asked for."""
    key: Key | None = request.state.key
    return key.key_id if key else None


def charge(request: Request, cost: int) -> None:
    """Count what a request asks for against the limit of its key, if it has one. Raises RateLimited.

    In the event loop: a script that takes a tenth of a millisecond is not worth another thread.
    """
    key: Key | None = request.state.key
    if key and key.per_minute:
        request.app.state.limits.take(f"key {key.key_id}", key.per_minute, cost)


def allow(scope: Scope | None) -> Any:  # noqa: ANN401 - what FastAPI takes for a dependency
    """Let in who has a key for `scope`, and keep the key in `request.state.key`."""

    async def admitted(
        request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> None:
        ring: KeyRing = request.app.state.keys
        if ring.open:
            require_here(request.method, request.headers)
        request.state.key = ring.admit(sent.credentials if sent else None, scope)
        charge(request, 1)

    return Depends(admitted)
