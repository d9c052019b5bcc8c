"""Where a webhook may lead: to a public address over TLS, looked up once and then kept to.

An administrator names the address, but whoever owns its name decides where that leads today: into this network, or to
the cloud's own services, if nobody looked.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from features.errors import ZhenweiError

_LONGEST = 1024
_EMBEDDING = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 that only wraps an IPv4 address, which may be anything: NAT64, 6to4, Teredo."""
_SHARED = ip_network("192.0.0.0/24")  # protocol assignments, partly global by the letter
_PORTS = {"https": 443, "http": 80}


class TargetRefused(ZhenweiError):
    """A webhook may not lead there."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL, in parts."""

    scheme: str
    host: str
    port: int
    path: str  # with the query

    @property
    def authority(self) -> str:
        """Host and port as the Host header tells them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def at(self, address: str) -> str:
        """The URL with the host replaced by its address."""
        return f"{self.scheme}://{f'[{address}]' if ':' in address else address}:{self.port}{self.path}"


def read_target(url: str, *, private: bool) -> Target:
    """Read a URL; `private`: this network may be told, this machine by plain http. Raises TargetRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise TargetRefused("This is no URL; write https://host/path.") from error
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise TargetRefused(f"Write the URL in at most {_LONGEST} ASCII characters, other ones percent-encoded.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise TargetRefused("Write the URL without user, password and fragment; requests are signed instead.")
    if not parts.hostname or parts.scheme not in ({"https", "http"} if private else {"https"}):
        raise TargetRefused("A webhook must be https://host/path.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, path)


async def address_of(target: Target, *, private: bool) -> str:
    """Look up where it leads. Raises TargetRefused for what is not public, OSError when there is no such name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses:
        raise TargetRefused("the name leads nowhere")
    for address in addresses:
        if not private and not _is_public(address):
            raise TargetRefused("the name leads to an address that is not public")
        if target.scheme == "http" and not address.is_loopback:
            raise TargetRefused("plain http leads beyond this machine")
    return str(addresses[0])


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if address.is_multicast or not address.is_global:
        return False
    if address.version == 4:  # noqa: PLR2004 - of the internet protocol
        return address not in _SHARED
    return not any(address in network for network in _EMBEDDING)
