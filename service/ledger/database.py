"""The database under the ledger: a SQLite file or PostgreSQL, its lock, and its tables kept up to date."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError

from features.errors import ZhenweiError

REVISION = "0011"
"""The newest migration. A database that already has it is opened without loading Alembic."""
_MIGRATIONS = Path(__file__).with_name("migrations")
_WRITES = "zhenwei_writes"
_MANY = 4
"""Rows from which on COPY is quicker than INSERT."""
WAIT = 5
"""Seconds to wait for somebody else's lock."""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('zhenwei ledger ' || coalesce(current_schema(), '')))"


class LedgerAway(ZhenweiError):
    """The ledger cannot be read or written now. `cause` is what the database said, for operators only."""

    def __init__(self, message: str, cause: str = "") -> None:
        """Keep both."""
        super().__init__(message)
        self.cause = cause


class RecordRefused(LedgerAway):
    """The database takes no such record; others it would take."""


class LedgerInvalid(ZhenweiError):
    """The URL names no ledger we can use, or a newer version of this product wrote the ledger."""


def connect(url: str) -> Engine:
    """Prepare an engine; nothing is opened yet. Raises LedgerInvalid."""
    try:
        where = make_url(url)
    except ArgumentError as error:
        raise LedgerInvalid(f"not a database URL; {_EITHER}") from error
    if where.drivername == "sqlite" and where.database:
        engine = create_engine(where, hide_parameters=True, connect_args={"timeout": WAIT})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if where.drivername in {"postgresql", "postgresql+psycopg"}:
        return _postgresql(where.set(drivername="postgresql+psycopg"))
    raise LedgerInvalid(f"{where.drivername} is not supported; {_EITHER}")


_EITHER = "write sqlite:////folder/file.sqlite3 or postgresql+psycopg://user@host/database"


@contextmanager
def reachable() -> Iterator[None]:
    """Turn what a database may throw into LedgerAway, without the statement's values: they hold listings."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise RecordRefused("The ledger refuses this record. Try again; if it stays, tell the operator.") from error
    except SQLAlchemyError as error:
        raise LedgerAway(
            "The ledger cannot be reached or written now. Try again; if it stays, the operator should see that the "
            "database runs, may be written and has room.",
            " ".join(str(getattr(error, "orig", None) or error).split()),
        ) from error


@contextmanager
def writing(engine: Engine, first: str = "SELECT 1") -> Iterator[tuple[Connection, list[tuple[Any, ...]]]]:
    """One transaction that nobody else writes beside, in this process or another: the chain cannot fork.

    What `first` reads is read behind the lock, in the same round trip.
    """
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection, _locked(connection, first)


def _locked(connection: Connection, first: str) -> list[tuple[Any, ...]]:
    if connection.dialect.name != "postgresql":
        return fetch(connection, first)  # SQLite locks where it begins
    with _driver(connection) as driver:
        cursor = driver.execute(f"{_ONE_AT_A_TIME}; {first}", prepare=False)  # several statements cannot be prepared
        cursor.nextset()
        return list(cursor.fetchall())


def fetch(connection: Connection, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Read by the driver alone: half the time that SQLAlchemy takes, for what every answer waits for."""
    with _driver(connection) as driver:
        return list(driver.execute(statement, values).fetchall())


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, by the driver alone; many into PostgreSQL by COPY. Each row tells every column."""
    names = [str(column.name) for column in table.c]
    values = [[row[name] for name in names] for row in rows]
    into = f"{table.name} ({', '.join(names)})"
    with _driver(connection) as driver:
        if connection.dialect.name != "postgresql":
            driver.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(names))})", values)  # noqa: S608 - names
        elif len(rows) < _MANY:
            places = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(rows))
            driver.execute(f"INSERT INTO {into} VALUES {places}", [one for row in values for one in row])  # noqa: S608
        else:
            with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as lines:
                for row in values:
                    lines.write_row(row)


@contextmanager
def _driver(connection: Connection) -> Iterator[Any]:
    """The connection of the driver. What it throws by itself comes as it would have come through SQLAlchemy."""
    known: Any = connection.dialect.dbapi
    try:
        yield connection.connection.driver_connection
    except known.Error as error:
        raise DBAPIError.instance(
            None, None, error, known.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def migrate(engine: Engine) -> None:
    """Bring the tables up to date, once, whoever else starts now. Raises LedgerInvalid for a newer ledger."""
    with writing(engine) as (connection, _):
        if _revision(connection) == REVISION:
            return
        logging.getLogger("alembic").setLevel(logging.WARNING)  # which dialect it found interests nobody
        from alembic import command  # noqa: PLC0415 - heavy, and rarely needed
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util import CommandError  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise LedgerInvalid("a newer version of Zhenwei wrote this ledger; upgrade zhenwei") from error


def scrub(engine: Engine) -> None:
    """After an erasure, take what was erased out of the database's own files too."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("VACUUM")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _postgresql(where: URL) -> Engine:
    patience = {"connect_timeout": 3, "tcp_user_timeout": WAIT * 1000, "keepalives_idle": WAIT}
    engine = create_engine(where, hide_parameters=True, pool_pre_ping=True, pool_timeout=WAIT, connect_args=patience)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever driver the dialect has
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{WAIT}s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '30s'")  # a stopped worker must not hold the lock
    connection.commit()


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")
