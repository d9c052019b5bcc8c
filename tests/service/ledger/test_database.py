"""What the ledger stands on: URLs, migrations, a lock that several processes respect, a disk that fills."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from service.ledger.database import _MIGRATIONS, REVISION, LedgerAway, LedgerInvalid, RecordRefused, connect, migrate
from service.ledger.ledger import Ledger
from service.ledger.tables import METADATA
from service.ledger.verification import verify

TOLD = {"scope": "age", "subject": "x", "erased": 0, "who": "周", "why": "试"}
WRITER = """
import sys
from service.ledger.ledger import Ledger
ledger = Ledger(sys.argv[1])
for i in range(60):
    with ledger.writing() as page:
        for _ in range(i % 3 + 1):
            page.add("erasure", {"scope": "age", "subject": "x", "erased": 0, "who": sys.argv[2], "why": str(i)})
ledger.close()
"""


def test_migrations_make_the_tables_that_the_code_uses(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_revision_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_an_open_ledger_is_opened_again(ledger_url: str, ledger: Ledger) -> None:
    with ledger.writing() as page:
        page.add("erasure", TOLD)
    again = Ledger(ledger_url)
    with again.reading() as connection:
        assert verify(connection).records == 1
    again.close()


def test_a_ledger_from_the_future_is_refused(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerInvalid, match="upgrade zhenwei"):
        migrate(ledger.engine)


@pytest.mark.parametrize(
    "url", ["", "x", "mysql://root@127.0.0.1/test", "sqlite://", "sqlite:///", "oracle://x", "http://x/y"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(LedgerInvalid, match="postgresql"):
        connect(url)


def test_processes_that_write_at_once_make_one_chain(ledger_url: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, ledger_url, str(i)], cwd=Path(__file__).parents[3])  # noqa: S603
        for i in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    ledger = Ledger(ledger_url)
    with ledger.reading() as connection:
        found = verify(connection)
        whos = connection.execute(text("SELECT who, count(*) FROM erasures GROUP BY who ORDER BY who")).all()
    assert (found.records, found.broken) == (360, None)
    assert [tuple(one) for one in whos] == [("0", 120), ("1", 120), ("2", 120)]
    ledger.close()


def test_a_full_disk_is_a_ledger_that_is_away_until_there_is_room(tmp_path: Path) -> None:
    ledger, pages = Ledger(f"sqlite:///{tmp_path}/l.sqlite3"), [0]
    ledger.open()
    event.listen(ledger.engine, "checkout", lambda c, *_: c.execute(f"PRAGMA max_page_count={pages[0]}").fetchall())
    pages[0] = 1  # no page more than there are
    with pytest.raises(LedgerAway) as full, ledger.writing() as page:
        page.add("erasure", TOLD | {"why": "长" * 50_000})
    assert "full" in full.value.cause
    assert "长" not in str(full.value)
    pages[0] = 1_000_000
    with ledger.writing() as page:
        page.add("erasure", TOLD)
    with ledger.reading() as connection:
        assert (verify(connection).records, verify(connection).broken) == (1, None)
    ledger.close()


def test_a_file_that_is_no_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "l.sqlite3").write_bytes(b"not a database" * 100)
    ledger = Ledger(f"sqlite:///{tmp_path}/l.sqlite3")
    with pytest.raises(LedgerAway):
        ledger.open()
    ledger.close()


def test_a_server_that_is_not_there_is_away_and_quotes_no_password() -> None:
    ledger = Ledger("postgresql+psycopg://user:geheim@127.0.0.1:1/nothing")
    with pytest.raises(LedgerAway) as away:
        ledger.open()
    assert "geheim" not in f"{away.value} {away.value.cause}"
    ledger.close()


def test_a_record_that_the_database_refuses_is_told_apart(ledger: Ledger) -> None:
    with pytest.raises(RecordRefused), ledger.writing() as page:
        page.add("erasure", TOLD | {"who": None})


@pytest.mark.parametrize("many", [1, 2, 9])  # the driver inserts few and copies many
def test_texts_are_kept_as_they_are_however_many_come_at_once(ledger: Ledger, many: int) -> None:
    told = ["\\N", "\\.", "a\tb\nc\r", "'; --", '"', "%s ? :x {}", "𠮷", "", "\\"][-many:]
    with ledger.writing() as page:
        for why in told:
            page.add("erasure", TOLD | {"why": why})
    with ledger.reading() as connection:
        assert [*connection.execute(text("SELECT why FROM erasures ORDER BY seq")).scalars()] == told
        assert verify(connection).broken is None


def test_who_waits_too_long_behind_another_thread_is_told(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.ledger.ledger.WAIT", 0.01)
    with ledger.writing() as page:
        with pytest.raises(LedgerAway, match="slower"), ledger.writing():
            pass
        page.add("erasure", TOLD)
    with ledger.writing() as page:
        page.add("erasure", TOLD)
    with ledger.reading() as connection:
        assert verify(connection).records == 2


@pytest.mark.parametrize("ledger_url", ["postgresql"], indirect=True)  # a file does not restart
def test_a_server_that_restarts_is_found_again(ledger: Ledger) -> None:
    with ledger.writing() as page:
        page.add("erasure", TOLD)
    with ledger.engine.connect() as connection:
        others = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND query LIKE '%erasures%' AND datname = current_database()"
        )
        connection.execute(others)
    with ledger.writing() as page:
        page.add("erasure", TOLD)
    with ledger.reading() as connection:
        assert verify(connection).records == 2
