"""The chain: what was written holds, what was changed is named, what was erased is gone and accounted for."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from features.intake import read_listing
from models import Screener
from service.examples import RISKY
from service.ledger import evaluations
from service.ledger.chain import GENESIS, Link, canonical, digest, personal_digest
from service.ledger.erasure import erase_before, erase_seller
from service.ledger.ledger import Ledger, stamp
from service.ledger.tables import EVALUATIONS
from service.ledger.verification import Verdict, verify

DAY = date(2026, 3, 2)
SELLER = {"seller_id": "s-1", "name": "小鹿轻奢馆", "uscc": "91350100M000100Y43"}


def fill(ledger: Ledger, screener: Screener, count: int, seller_id: str = "s-1") -> None:
    told = [
        dict(RISKY) | {"listing_id": f"{seller_id}-{i}", "seller": SELLER | {"seller_id": seller_id}}
        for i in range(count)
    ]
    listings = [read_listing(one) for one in told]
    pairs = zip(listings, screener.screen(listings, explain="full", today=DAY), strict=True)
    with ledger.writing() as page:
        evaluations.record(page, evaluations.prepare([evaluations.Evaluation(*pair) for pair in pairs]))


def check(ledger: Ledger, expected: tuple[int, str] | None = None) -> Verdict:
    with ledger.reading() as connection:
        return verify(connection, expected=expected)


def edit(ledger: Ledger, statement: str) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text(statement))


def forge(ledger: Ledger, statements: list[str]) -> None:
    """As somebody does who may write to the database, its constraints included."""
    if ledger.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(ledger.engine.url.database))) as connection:
            connection.executescript(";".join(statements))
        return
    for one in ("ALTER TABLE evaluations DROP CONSTRAINT evaluations_seq_fkey", *statements):
        edit(ledger, one)


def test_an_empty_ledger_holds(ledger: Ledger) -> None:
    assert check(ledger) == Verdict(0, 0, GENESIS)


def test_what_was_written_holds(ledger: Ledger, screener: Screener) -> None:
    fill(ledger, screener, 3)
    fill(ledger, screener, 2, "s-2")
    found = check(ledger)
    assert (found.records, found.erased, found.broken) == (5, 0, None)
    assert check(ledger, (5, found.head)).broken is None


@pytest.mark.parametrize(
    ("statement", "broken", "why"),
    [
        ("UPDATE evaluations SET action = 'reject' WHERE seq = 3", 3, "was changed"),
        ("UPDATE evaluations SET risk_score = NULL WHERE seq = 3", 3, "was changed"),
        ("UPDATE evaluations SET snapshot = '{}' WHERE seq = 4", 4, "other personal data"),
        ("UPDATE evaluations SET seller_id = 's-9' WHERE seq = 1", 1, "other personal data"),
        ("UPDATE evaluations SET snapshot = NULL WHERE seq = 2", 2, "other personal data"),
        ("UPDATE records SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2", 2, "was changed"),
        ("UPDATE records SET digest = 'x' WHERE seq = 2", 2, "was changed"),
        ("UPDATE records SET personal = NULL, salt = NULL WHERE seq = 2", 2, "was changed"),
        ("UPDATE records SET salt = NULL WHERE seq = 2", 2, "holds personal data"),
        ("UPDATE records SET kind = 'erasure' WHERE seq = 5", 5, "has lost its row"),
        ("UPDATE records SET kind = 'other' WHERE seq = 5", 5, "has lost its row"),
        ("DELETE FROM evaluations WHERE seq = 2", 2, "has lost its row"),
        ("DELETE FROM evaluations WHERE seq = 2; DELETE FROM records WHERE seq = 2", 2, "is missing"),
        ("DELETE FROM evaluations WHERE seq = 1; DELETE FROM records WHERE seq = 1", 1, "is missing"),
    ],
)  # fmt: skip
def test_a_changed_record_is_named(ledger: Ledger, screener: Screener, statement: str, broken: int, why: str) -> None:
    fill(ledger, screener, 5)
    for one in statement.split(";"):
        edit(ledger, one)
    found = check(ledger)
    assert found.broken == broken
    assert why in found.why


@pytest.mark.parametrize(
    ("statements", "broken", "why"),
    [
        (["INSERT INTO {r} SELECT 6, at, kind, salt, personal, digest FROM {r} WHERE seq = 2"], 6, "has lost its row"),
        (
            [
                "INSERT INTO {r} SELECT 6, at, kind, salt, personal, digest FROM {r} WHERE seq = 2",
                "INSERT INTO {e} ({columns}, seq) SELECT {columns}, 6 FROM {e} WHERE seq = 2",
            ],
            6,
            "does not follow the one before it",
        ),
        (["INSERT INTO {e} ({columns}, seq) SELECT {columns}, 6 FROM {e} WHERE seq = 2"], 6, "6 rows, but 5 were"),
        (["UPDATE {e} SET seq = seq - 5 WHERE seq IN (2, 3)", "UPDATE {e} SET seq = -seq WHERE seq < 0"],
         2, "was changed"),
        (["DELETE FROM {e} WHERE seq = 3", "DELETE FROM {r} WHERE seq = 3",
          "UPDATE {r} SET seq = seq - 1 WHERE seq = 4", "UPDATE {e} SET seq = seq - 1 WHERE seq = 4",
          "UPDATE {r} SET seq = seq - 1 WHERE seq = 5", "UPDATE {e} SET seq = seq - 1 WHERE seq = 5"],
         3, "does not follow the one before it"),
    ],
    ids=["replayed, its row not", "replayed whole", "a row alone", "two swapped", "one removed, the rest moved up"],
)  # fmt: skip
def test_a_replayed_removed_or_reordered_record_is_named(
    ledger: Ledger, screener: Screener, statements: list[str], broken: int, why: str
) -> None:
    fill(ledger, screener, 5)
    columns = ", ".join(column.name for column in EVALUATIONS.c if column.name != "seq")
    forge(ledger, [one.format(r="records", e="evaluations", columns=columns) for one in statements])
    found = check(ledger)
    assert (found.broken, why in found.why) == (broken, True), found.why


def test_a_clock_set_back_reverses_no_order(ledger_url: str, screener: Screener) -> None:
    now = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    ledger = Ledger(ledger_url, lambda: now[0])
    fill(ledger, screener, 1)
    now[0] = datetime(2026, 3, 1, 9, tzinfo=UTC)
    fill(ledger, screener, 1, "s-2")
    now[0] = datetime(2026, 3, 3, 9, tzinfo=UTC)
    fill(ledger, screener, 1, "s-3")
    with ledger.reading() as connection:
        told = connection.execute(text("SELECT at FROM records ORDER BY seq")).scalars().all()
    assert told == ["2026-03-02T09:00:00.000000Z"] * 2 + ["2026-03-03T09:00:00.000000Z"]
    assert check(ledger).broken is None
    ledger.close()


def test_an_edit_that_forges_its_own_digest_breaks_the_next_record(ledger: Ledger, screener: Screener) -> None:
    fill(ledger, screener, 3)
    edit(ledger, "UPDATE records SET digest = (SELECT digest FROM records WHERE seq = 1) WHERE seq = 2")
    assert check(ledger).broken == 2


def test_personal_data_that_went_without_an_erasure_is_told(ledger: Ledger, screener: Screener) -> None:
    fill(ledger, screener, 2)
    personal = ", ".join(f"{c.name} = NULL" for c in EVALUATIONS.c if c.info)
    edit(ledger, f"UPDATE evaluations SET {personal} WHERE seq = 1")  # noqa: S608 - our own column names
    edit(ledger, "UPDATE records SET salt = NULL WHERE seq = 1")
    found = check(ledger)
    assert (found.broken, found.why) == (3, "1 records are without personal data, but erasures tell of 0")


def test_an_end_that_was_cut_off_is_found_by_a_noted_head(ledger: Ledger, screener: Screener) -> None:
    fill(ledger, screener, 3)
    noted = check(ledger)
    edit(ledger, "DELETE FROM evaluations WHERE seq = 3")
    edit(ledger, "DELETE FROM records WHERE seq = 3")
    assert check(ledger).broken is None  # nothing inside tells
    assert check(ledger, (3, noted.head)).why == "record 3 was noted and is gone"
    fill(ledger, screener, 1, "s-3")
    assert check(ledger, (3, noted.head)).why == "record 3 is not the one that was noted"


def test_a_seller_is_erased_and_the_chain_holds(ledger: Ledger, screener: Screener) -> None:
    fill(ledger, screener, 3)
    fill(ledger, screener, 2, "s-2")
    assert erase_seller(ledger, "s-1", who="周", why="申请删除") == 3
    found = check(ledger)
    assert (found.records, found.erased, found.broken) == (6, 3, None)
    with ledger.reading() as connection:
        left = connection.execute(EVALUATIONS.select().order_by(EVALUATIONS.c.seq)).mappings().all()
    assert [row["seller_id"] for row in left] == [None, None, None, "s-2", "s-2"]
    assert [row["snapshot"] is None for row in left] == [True, True, True, False, False]
    assert all(row["risk_score"] == 3 for row in left)  # the facts stay
    assert erase_seller(ledger, "s-1", who="周", why="again") == 0
    assert check(ledger).records == 6  # nothing was erased, so nothing is told


def test_nothing_erased_is_left_in_the_files(tmp_path: Path, screener: Screener) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/l.sqlite3")
    fill(ledger, screener, 40, "s-secret")
    erase_seller(ledger, "s-secret", who="周", why="申请删除")
    left = b"".join(path.read_bytes() for path in tmp_path.glob("l.sqlite3*"))
    assert b"s-secret" not in left
    assert "小鹿轻奢馆".encode() not in left
    ledger.close()


def test_what_is_old_is_erased(ledger_url: str, screener: Screener) -> None:
    now = [datetime(2026, 1, 31, 15, 59, tzinfo=UTC)]
    ledger = Ledger(ledger_url, lambda: now[0])
    fill(ledger, screener, 2)
    now[0] = datetime(2026, 1, 31, 16, 0, tzinfo=UTC)  # the first of February in China
    fill(ledger, screener, 1, "s-2")
    assert erase_before(ledger, date(2026, 2, 1), who="周", why="retention") == 2
    assert erase_before(ledger, date(2026, 2, 1), who="周", why="retention") == 0
    assert check(ledger).broken is None
    ledger.close()


def test_a_clock_that_goes_back_does_not_break_the_order(ledger_url: str, screener: Screener) -> None:
    now = [datetime(2026, 1, 31, tzinfo=UTC)]
    ledger = Ledger(ledger_url, lambda: now[0])
    fill(ledger, screener, 1)
    now[0] = datetime(2020, 1, 1, tzinfo=UTC)
    fill(ledger, screener, 1, "s-2")
    assert check(ledger).broken is None
    ledger.close()


def test_a_page_that_fails_leaves_nothing(ledger: Ledger, screener: Screener) -> None:
    def fail() -> None:
        with ledger.writing() as page:
            page.add("erasure", {"scope": "age", "subject": "x", "erased": 0, "who": "a", "why": "b"})
            page.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert check(ledger).records == 0
    fill(ledger, screener, 1)
    assert check(ledger).records == 1


def test_times_sort_as_text() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert stamp(early) == "2026-01-01T00:00:00.000000Z"
    assert stamp(early) < stamp(late)


def test_one_content_has_one_form_whatever_columns_come_later() -> None:
    assert canonical({"b": 1, "a": "假"}) == canonical({"a": "假", "b": 1, "later": None})
    assert canonical({"a": 1}) != canonical({"a": 2})
    assert personal_digest("erasure", {"who": "x"}, "salt") is None
    told = {"listing_id": "1"}
    assert personal_digest("evaluation", told, "a") != personal_digest("evaluation", told, "b")


def test_a_column_that_came_later_changes_no_older_digest() -> None:
    link = Link(1, "2026-03-02T00:00:00.000000Z", "list", None, None, "")
    row = {"event": "add", "entry_id": "e", "who": "周"}
    assert digest(GENESIS, link, row) == digest(GENESIS, link, row | {"key_id": None})
    assert digest(GENESIS, link, row) != digest(GENESIS, link, row | {"key_id": "0123456789ab"})
