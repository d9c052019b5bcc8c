"""Where a request comes from. Without keys only this machine may ask, and no page of another site in its name.

A browser on this machine reaches what listens here, so it is no help that nobody else does: a stranger's page may send
forms here, and may point a name of its own here (DNS rebinding) to read what is answered.
"""

import re
from ipaddress import ip_address

from starlette.datastructures import Headers

from features.errors import ZhenweiError

READS = frozenset({"GET", "HEAD"})
_SITES = frozenset({"same-origin", "none"})  # none: a person typed the address, or a program asks
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?", re.IGNORECASE)
_ELSE = "or make a key (`zhenwei key create --name WHO --scope score --why WHY`) and send it."


class NotFromHere(ZhenweiError):
    """Without keys: a request by a name that is not this machine's, or by a page of another site."""


def require_here(method: str, headers: Headers) -> None:
    """Refuse what a stranger's page may have sent while no key is asked for. Raises NotFromHere."""
    require_this_machine(headers)
    origin = headers.get("origin")
    if method not in READS and (from_elsewhere(headers) or (origin is not None and not _same(origin, headers))):
        raise NotFromHere(f"Without access keys no page of another site may change anything here. Do it here, {_ELSE}")


def require_this_machine(headers: Headers) -> None:
    """Refuse what was asked for by a name that is not this machine's. Raises NotFromHere."""
    # As it was sent: of a Host that cannot be read Starlette makes the address we listen on, which is always here.
    if not all(map(is_here, headers.getlist("host") or [""])):
        raise NotFromHere(
            f"Without access keys the service answers at http://127.0.0.1 or http://localhost only. Ask there, {_ELSE}"
        )


def is_here(host: str) -> bool:
    """Whether a Host header names this machine.

    >>> [is_here(host) for host in ("localhost:8080", "[::1]", "127.0.0.1.example", "rebound.example", "")]
    [True, True, False, False, False]
    """
    if (read := _HOST.fullmatch(host)) is None:
        return False
    name = (read[1] or read[2]).lower()
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def from_elsewhere(headers: Headers) -> bool:
    """Whether the browser says that a page of another site, or one that listens on another port, sent this."""
    if headers.get("sec-fetch-site", "none") not in _SITES:
        return True
    # Pages with the policy no-referrer send the origin `null` with plain forms.
    return (origin := headers.get("origin", "null")) != "null" and not _same(origin, headers)


def _same(origin: str, headers: Headers) -> bool:
    return origin.partition("://")[2] == headers.get("host", "")
