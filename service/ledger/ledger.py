"""The ledger itself: pages that are written whole or not at all, and connections to read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Connection, Select, Table

from service.ledger import chain
from service.ledger.chain import Draft
from service.ledger.database import WAIT, LedgerAway, append, connect, fetch, migrate, reachable, scrub, writing
from service.ledger.tables import KINDS, RECORDS, Row

Now = Callable[[], datetime]
_END = "SELECT seq, digest, at FROM records ORDER BY seq DESC LIMIT 1"


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Write a time as the ledger does: UTC, microseconds, 27 characters, which sort as the times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Rows(Protocol):
    """What can be read from: a page that is being written, or a view."""

    def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """Read."""


class View:
    """One consistent state of the ledger."""

    def __init__(self, connection: Connection) -> None:
        """Read through a connection."""
        self._connection = connection

    def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """Read."""
        return [dict(row) for row in self._connection.execute(statement).mappings()]


class Page:
    """An open transaction that holds the ledger's lock: what is added here follows the newest record."""

    def __init__(self, connection: Connection, end: Sequence[tuple[Any, ...]], at: str) -> None:
        """Go on from where the chain ends. Nothing is dated before that: a clock set back reverses no order."""
        self._seq, self._digest, newest = end[0] if end else (0, chain.GENESIS, at)
        self._connection, self.at = connection, max(at, newest)
        self.dialect = connection.dialect.name
        self._waiting: list[Draft] = []

    def add(self, kind: str, row: Row) -> None:
        """Append a record of a kind. Columns that are not told are empty."""
        self.put(chain.draft(kind, row))

    def put(self, draft: Draft) -> None:
        """Append a record that was written before."""
        self._waiting.append(draft)

    def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """Read, what was added to this page included."""
        self.flush()
        return [dict(row) for row in self._connection.execute(statement).mappings()]

    def fetch(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - whatever columns hold
        """Read as `rows` does, by SQL of this page's dialect: see service.ledger.database.fetch."""
        self.flush()
        return fetch(self._connection, statement, values)

    def derive(self, statement: Any, rows: Sequence[Row] = ()) -> None:  # noqa: ANN401 - any kind of change
        """Change what is derived from the chain and no part of it. For service.ledger.queue."""
        self.flush()
        if rows:
            self._connection.execute(statement, rows)
        else:
            self._connection.execute(statement)

    def fill(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert many rows of what is derived; each tells every column. For service.ledger.queue."""
        self.flush()
        if rows:
            append(self._connection, table, rows)

    def erase(self, statement: Any) -> int:  # noqa: ANN401 - any kind of UPDATE
        """Run a statement that empties personal columns; return how many rows it met. For service.ledger.erasure."""
        self.flush()
        return int(self._connection.execute(statement).rowcount)

    def flush(self) -> None:
        """Link and insert what was added."""
        links: list[chain.Link] = []
        rows: dict[str, list[Row]] = {}
        for draft in self._waiting:
            link = chain.link(draft, self._seq + 1, self.at, self._digest)
            self._seq, self._digest = link.seq, link.digest
            links.append(link)
            rows.setdefault(draft.kind, []).append({**draft.row, "seq": link.seq})
        self._waiting.clear()
        if links:
            append(
                self._connection, RECORDS, [{name: getattr(link, name) for name in link.__slots__} for link in links]
            )
            for kind, many in rows.items():
                append(self._connection, KINDS[kind], many)


class Ledger:
    """One ledger. Safe to share between threads; several processes may hold the same one."""

    def __init__(self, url: str, now: Now = utc_now) -> None:
        """Prepare; nothing is opened before it is needed. Raises LedgerInvalid."""
        self.engine = connect(url)
        self._now = now
        self._opening, self._writing = Lock(), Lock()
        self._opened = False

    def now(self) -> str:
        """Tell the time as the ledger writes it."""
        return stamp(self._now())

    def open(self) -> None:
        """Reach the database and bring its tables up to date, if that was not done. Raises LedgerAway."""
        with self._opening, reachable():
            if not self._opened:
                migrate(self.engine)
                self._opened = True

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """Write one page: when this returns, it is committed; when it raises, nothing was written."""
        self.open()
        with self._alone(), reachable(), writing(self.engine, _END) as (connection, end):
            page = Page(connection, end, self.now())
            yield page
            page.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one thread of this process ask for the lock: SQLite looks again after up to 0.1 s when it is held."""
        if not self._writing.acquire(timeout=WAIT):
            raise LedgerAway("The ledger is slower than what arrives. Try again in a second.")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one consistent state."""
        self.open()
        with reachable(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def view(self) -> Iterator[View]:
        """Read one consistent state, in the words of the nouns beside this one."""
        with self.reading() as connection:
            yield View(connection)

    def scrub(self) -> None:
        """See service.ledger.database.scrub."""
        with reachable():
            scrub(self.engine)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
