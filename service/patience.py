"""How long a connection may take to say what it wants: uvicorn waits for the head of a request for ever."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class PatientProtocol(HttpToolsProtocol):
    """Hangs up on who does not finish the head of a request in time; bodies are timed where they are read."""

    seconds: ClassVar[float] = 10.0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._came()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Wait for the head of the next request, too."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """The head came."""
        self._came()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._came()
        self._late = self.loop.call_later(self.seconds, self.transport.abort)

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
