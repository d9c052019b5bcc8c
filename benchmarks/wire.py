"""A light HTTP/1.1 client on bare sockets: it must leave the processor to the service that is measured beside it."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

Request = tuple[bytes, bytes]  # head without Content-Length, body
_CONTENT_LENGTH = b"\r\ncontent-length:"


def post(path: str, token: str | None = None) -> bytes:
    """The head of a POST of JSON, but for its length."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
    lines += [f"authorization: Bearer {token}"] if token else []
    return "\r\n".join(lines).encode()


@dataclass
class Figures:
    """What came back. Latencies are in ms from the moment a request was due, so a stall cannot hide its queue."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)  # by status, or by what went wrong

    def percentile(self, share: float) -> float:
        """Latency that a share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    @property
    def errors(self) -> dict[str, int]:
        """Answers that are no success."""
        return {name: count for name, count in self.answers.items() if not name.startswith("2")}


class Connection(asyncio.Protocol):
    """One request at a time; `done` is told the status, 0 when the connection broke, and the body."""

    def __init__(self) -> None:
        """Begin idle."""
        self._done: Callable[[int, bytes], None] | None = None
        self._received = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport."""
        self._transport, self.open = transport, True

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell who waits."""
        self.open = False
        self._tell(0, b"")

    def send(self, request: Request, done: Callable[[int, bytes], None]) -> None:
        """Send a request."""
        head, body = request
        self._done, self._received = done, b""
        told = b"%b%b %d\r\n\r\n%b" % (head, _CONTENT_LENGTH, len(body), body)
        self._transport.write(told)  # type: ignore[attr-defined] # of a socket it is

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._received[:end].lower()
        at = head.find(_CONTENT_LENGTH)
        length = int(head[at + len(_CONTENT_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) >= end + 4 + length:
            self._tell(int(head[9:12]), self._received[end + 4 :])

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def _tell(self, status: int, body: bytes) -> None:
        done, self._done = self._done, None
        if done:
            done(status, body)


class Load:
    """Sends requests on schedule whether or not earlier ones have come back; more wait for a free connection."""

    def __init__(self, port: int, connections: int) -> None:
        """Prepare."""
        self._port, self._most = port, connections
        self._idle: list[Connection] = []
        self._waiting: deque[tuple[float, Request]] = deque()
        self.figures = Figures()

    async def run(self, requests: Iterable[Request], rate: float, seconds: float) -> Figures:
        """Send at `rate` per second for `seconds`; wait for every answer."""
        self._idle = [await self._connect() for _ in range(self._most)]
        self.figures = Figures()
        start, whole = time.perf_counter(), int(rate * seconds)
        for number, request in enumerate(islice(requests, whole)):
            due = start + number / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            elif not number % 64:
                await asyncio.sleep(0)  # behind: answers must be read all the same
            self._waiting.append((due, request))
            self._next()
        while len(self.figures.latencies) < whole:  # noqa: ASYNC110 - nothing is measured here any more
            await asyncio.sleep(0.005)
        self.figures.seconds = time.perf_counter() - start
        for one in self._idle:
            one.close()
        return self.figures

    async def _connect(self) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self._port)
        return connection

    def _next(self) -> None:
        while self._idle and self._waiting:
            connection = self._idle.pop()
            if not connection.open:  # hung up on while idle
                asyncio.ensure_future(self._again())  # noqa: RUF006 - see _came
                continue
            due, request = self._waiting.popleft()
            connection.send(request, partial(self._came, connection, due))

    def _came(self, connection: Connection, due: float, status: int, _body: bytes) -> None:
        self.figures.latencies.append((time.perf_counter() - due) * 1e3)
        self.figures.answers[str(status or "broken")] += 1
        if connection.open:
            self._idle.append(connection)
            self._next()
        else:
            asyncio.ensure_future(self._again())  # noqa: RUF006 - it is short, and run() waits for what waits

    async def _again(self) -> None:
        while True:
            try:
                self._idle.append(await self._connect())
                break
            except OSError:
                await asyncio.sleep(0.05)
        self._next()
