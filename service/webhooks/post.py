"""Sending one message: no redirect, no proxy, little time, and the answer's body is not read."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from service.webhooks.target import TargetRefused, address_of, read_target

_SECONDS = 5.0
"""For everything: name, connection, sending, the status of the answer."""
_CONNECT = 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it; `told` is for the ledger: a status, or what went wrong."""

    accepted: bool
    told: str


class Post:
    """Sends messages. Use from one event loop."""

    def __init__(self, *, private: bool) -> None:
        """`private`: see service.webhooks.target."""
        self._private = private
        self._client: httpx2.AsyncClient | None = None

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body. Whatever goes wrong is the answer, not an error."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._send(url, body, headers)
        except TargetRefused as error:
            return Answer(accepted=False, told=f"refused: {error}")
        except TimeoutError:
            return Answer(accepted=False, told="timeout")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            return Answer(accepted=False, told=type(error).__name__)

    async def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        target = read_target(url, private=self._private)
        address = await address_of(target, private=self._private)
        self._client = self._client or httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(_SECONDS, connect=_CONNECT),
            limits=httpx2.Limits(max_keepalive_connections=0),  # a name is looked up anew each time
        )
        told = {"Host": target.authority, "Content-Type": "application/json", "User-Agent": "zhenwei"}
        async with self._client.stream(
            "POST",
            target.at(address),
            content=body,
            headers=told | dict(headers),
            extensions={"sni_hostname": target.host},  # the certificate is checked against the name
        ) as response:
            return Answer(accepted=response.is_success, told=str(response.status_code))

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
