"""`zhenwei ledger`, and a ledger that cannot be opened."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from features.errors import ZhenweiError
from features.intake import read_listing
from models import Screener
from service import home as home_folder
from service.cli import app
from service.ledger import evaluations
from service.ledger.ledger import Ledger
from service.settings import read_settings

Run = Callable[..., Result]


@pytest.fixture
def zhenwei(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def filled(ledger: Ledger, screener: Screener) -> Ledger:
    listings = [read_listing({"listing_id": str(i), "title": "包", "seller": {"seller_id": "s-1"}}) for i in range(3)]
    screenings = screener.screen(listings, explain="none", today=datetime(2026, 3, 2, tzinfo=UTC).date())
    with ledger.writing() as page:
        evaluations.record(page, evaluations.prepare(list(map(evaluations.Evaluation, listings, screenings))))
    return ledger


def test_a_whole_ledger_is_verified(zhenwei: Run, filled: Ledger) -> None:
    done = zhenwei("ledger", "verify")
    assert done.exit_code == 0
    assert done.output.startswith("3 records hold, 0 of them erased in part; head 3:")
    head = done.output.split()[-1]
    assert zhenwei("ledger", "verify", "--expect", head).exit_code == 0
    assert zhenwei("ledger", "verify", "--expect", "2:" + "0" * 64).exit_code == 1
    assert filled


def test_the_first_broken_record_is_named(zhenwei: Run, filled: Ledger) -> None:
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE evaluations SET level = 'high' WHERE seq = 2"))
    done = zhenwei("ledger", "verify")
    assert done.exit_code == 1
    assert "broken at record 2:" in done.output
    assert "the 1 before it hold" in done.output


def test_a_seller_is_erased_by_command(zhenwei: Run, filled: Ledger) -> None:
    done = zhenwei("ledger", "erase", "--seller", "s-1", "--why", "申请删除", "--who", "周")
    assert (done.exit_code, done.output) == (0, "3 records lost what was personal in them\n")
    assert "4 records hold, 3 of them erased" in zhenwei("ledger", "verify").output
    with filled.reading() as connection:
        assert connection.execute(text("SELECT who, why FROM erasures")).one() == ("周", "申请删除")


def test_age_erases(zhenwei: Run, filled: Ledger) -> None:
    assert zhenwei("ledger", "erase", "--older-than", "30", "--why", "retention").output.startswith("0 records")
    assert filled


@pytest.mark.parametrize("words", [[], ["--seller", "s-1", "--older-than", "3"]])
def test_what_to_erase_is_said_once(zhenwei: Run, words: list[str]) -> None:
    done = zhenwei("ledger", "erase", "--why", "x", *words)
    assert isinstance(done.exception, ZhenweiError)
    assert "--seller ID or --older-than DAYS" in str(done.exception)


@pytest.mark.parametrize("told", ["3", "x:y", "3:abc", ":" + "0" * 64])
def test_a_head_is_written_as_it_was_printed(zhenwei: Run, told: str) -> None:
    assert "SEQ:DIGEST" in str(zhenwei("ledger", "verify", "--expect", told).exception)


def test_the_home_folder_is_made_for_its_owner_alone(home: Path) -> None:
    ledger = home_folder.ledger(read_settings({}))
    assert ledger
    assert (home / "ledger.sqlite3").is_file()
    assert home.stat().st_mode & 0o077 == 0
    ledger.close()


def test_a_ledger_may_be_off(home: Path) -> None:
    assert home_folder.ledger(read_settings({"ledger_url": "off"})) is None
    assert not home.exists()
    with pytest.raises(ZhenweiError, match="there is no ledger"):
        home_folder.required_ledger(read_settings({"ledger_url": "off"}))


def test_a_ledger_that_must_be_and_is_away_is_said_at_start(home: Path) -> None:
    away = "postgresql+psycopg://zhou:geheim@127.0.0.1:1/x"
    with pytest.raises(ZhenweiError, match="cannot be opened") as refused:
        home_folder.ledger(read_settings({"ledger_url": away}))
    assert "geheim" not in str(refused.value)
    opened = home_folder.ledger(read_settings({"ledger_url": away, "ledger_required": False}))
    assert opened
    opened.close()
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file, no folder", "utf-8")
    with pytest.raises(ZhenweiError, match="ZHENWEI_HOME"):
        home_folder.ledger(read_settings({}))
