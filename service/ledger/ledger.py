"""The ledger itself: pages that are written whole or not at all, and connections to read."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Connection, Select, select

from service.ledger import chain
from service.ledger.database import append, connect, migrate, reachable, scrub, writing
from service.ledger.tables import COLUMNS, KINDS, RECORDS, Row

Now = Callable[[], datetime]
_END = select(RECORDS.c.seq, RECORDS.c.digest, RECORDS.c.at).order_by(RECORDS.c.seq.desc()).limit(1)


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

    def __init__(self, connection: Connection, at: str) -> None:
        """Read where the chain ends. What follows is never dated before it: a clock set back reverses no order."""
        newest = connection.execute(_END).one_or_none()
        self._seq: int = newest.seq if newest else 0
        self._digest: str = newest.digest if newest else chain.GENESIS
        self._connection, self.at = connection, max(at, newest.at) if newest else at
        self.dialect = connection.dialect.name
        self._waiting: list[tuple[str, Row]] = []

    def add(self, kind: str, row: Row) -> None:
        """Append a record of a kind. Columns that are not told are empty."""
        self._waiting.append((kind, row))

    def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """Read, what was added to this page included."""
        self.flush()
        return [dict(row) for row in self._connection.execute(statement).mappings()]

    def derive(self, statement: Any, rows: Sequence[Row] = ()) -> None:  # noqa: ANN401 - any kind of change
        """Change what is derived from the chain and no part of it. For service.ledger.queue."""
        self.flush()
        if rows:
            self._connection.execute(statement, rows)
        else:
            self._connection.execute(statement)

    def erase(self, statement: Any) -> int:  # noqa: ANN401 - any kind of UPDATE
        """Run a statement that empties personal columns; return how many rows it met. For service.ledger.erasure."""
        self.flush()
        return int(self._connection.execute(statement).rowcount)

    def flush(self) -> None:
        """Link and insert what was added."""
        links: list[dict[str, Any]] = []
        rows: dict[str, list[dict[str, Any]]] = {}
        for kind, told in self._waiting:
            row = {name: told.get(name) for name in COLUMNS[kind]}
            link = self._link(kind, row)
            links.append({name: getattr(link, name) for name in link.__slots__})
            rows.setdefault(kind, []).append(row | {"seq": link.seq})
        self._waiting.clear()
        if links:
            append(self._connection, RECORDS, links)
            for kind, many in rows.items():
                append(self._connection, KINDS[kind], many)

    def _link(self, kind: str, row: Row) -> chain.Link:
        salt = secrets.token_hex(16)
        personal = chain.personal_digest(kind, row, salt)
        link = chain.Link(self._seq + 1, self.at, kind, salt if personal else None, personal, "")
        self._seq, self._digest = link.seq, chain.digest(self._digest, link, row)
        return chain.Link(link.seq, link.at, link.kind, link.salt, link.personal, self._digest)


class Ledger:
    """One ledger. Safe to share between threads; several processes may hold the same one."""

    def __init__(self, url: str, now: Now = utc_now) -> None:
        """Prepare; nothing is opened before it is needed. Raises LedgerInvalid."""
        self.engine = connect(url)
        self._now = now
        self._opening = Lock()
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
        with reachable(), writing(self.engine) as connection:
            page = Page(connection, self.now())
            yield page
            page.flush()

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
