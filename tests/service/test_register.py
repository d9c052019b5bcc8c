"""`zhenwei register`, and a service that follows it."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from features.errors import ZhenweiError
from features.knowledge import load
from features.tables import open_table
from models import Screener
from models.registers import Entry, Snapshot
from service import home as home_folder
from service.app import create_app
from service.cli import app
from service.ledger import registers
from service.ledger.ledger import Ledger
from service.registers.reading import Refused, RegisterReader
from service.registers.store import RegisterStore
from service.settings import Settings, read_settings
from service.watch import RegisterWatch

Run = Callable[..., Result]
SERUM = "国药准字S20063025"
CSV = f"批准文号,药品名称,上市许可持有人,状态\n{SERUM},抗狂犬病血清,某某所,有效\n国药准字Z44021940,感冒灵颗粒,,\n"


@pytest.fixture
def zhenwei(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    return lambda *words: CliRunner().invoke(app, list(words))


def file(tmp_path: Path, text: str = CSV, name: str = "register.csv") -> str:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def imported(zhenwei: Run, told: str, *words: str, kind: str = "drug_approval", as_of: str = "2026-11-01") -> Result:
    return zhenwei("register", "import", told, "--kind", kind, "--as-of", as_of, "--who", "周", *words)


def test_a_register_is_imported_asked_and_removed(zhenwei: Run, tmp_path: Path) -> None:
    done = imported(zhenwei, file(tmp_path))
    assert (done.exit_code, done.output.split()[1:]) == (
        0, ["drug_approval", "2026-11-01:", "2", "entries", "of", "2", "rows", "imported"],
    )  # fmt: skip
    register_id = done.output.split()[0]
    assert imported(zhenwei, file(tmp_path)).output.endswith("stands already\n")
    shown = zhenwei("register", "list").output
    assert shown.startswith(f"* {register_id} drug_approval 2026-11-01 2 entries, in part; register.csv, 周, ")
    answer = zhenwei("score", "--title", f"祖传风湿止痛胶囊 {SERUM}", "--json-out")
    assert "drug_approval.register.mismatch" in answer.output
    assert f'"drug_approval":"2026-11-01 {register_id}"' in answer.output
    assert zhenwei("register", "remove", register_id, "--why", "旧").exit_code == 0
    assert "no register" in zhenwei("register", "list").output
    assert "register.mismatch" not in zhenwei("score", "--title", f"风湿止痛 {SERUM}", "--json-out").output
    assert "hold" in zhenwei("ledger", "verify").output
    with pytest.raises(ZhenweiError, match="no such snapshot"):
        raise zhenwei("register", "remove", register_id, "--why", "再").exception or AssertionError


def test_the_newest_day_is_asked_whatever_came_last(ledger: Ledger) -> None:
    days = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 9, 1)]
    snapshots = [Snapshot("drug_approval", day, sha256(str(day).encode()).hexdigest(), day.month == 9) for day in days]
    with ledger.writing() as page:
        for one in snapshots:
            assert registers.add(page, one, entries=1, source="x.csv", who="周")
    with ledger.view() as view:
        found = registers.kept(view)
    assert [one.snapshot for one in found] == snapshots
    assert registers.standing(found) == {"drug_approval": snapshots[1]}
    with ledger.writing() as page:
        registers.remove(page, snapshots[1].digest[:16], who="周", why="x")
    with ledger.view() as view:
        assert registers.standing(registers.kept(view)) == {"drug_approval": snapshots[0]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("药品名称,状态\n感冒灵,有效\n", "no column holds the number"),
        ("批准文号,状态\nx,有效\n", "no column holds the product"),
        ("批准文号,药品名称\n123,感冒灵\n", "nothing was imported"),
        ("", "is empty"),
    ],
)
def test_a_file_that_is_no_register_changes_nothing(zhenwei: Run, tmp_path: Path, text: str, why: str) -> None:
    done = imported(zhenwei, file(tmp_path, text))
    assert why in str(done.exception)
    assert "no register" in zhenwei("register", "list").output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"kind": "drug"}, "no such licence; one of ccc"),
        ({"as_of": "2999-01-01"}, "still to come"),
        ({"as_of": "November"}, "write a day"),
    ],
)
def test_options_say_what_to_write(zhenwei: Run, tmp_path: Path, words: dict[str, str], why: str) -> None:
    assert why in str(imported(zhenwei, file(tmp_path), **words).exception)


@pytest.mark.parametrize(
    ("kind", "text", "entries", "refused"),
    [
        ("drug_approval", "编号,名称\n国药准字 S2006 3025,血清\n注册证号H20171268,片\n,空\n", [SERUM], 2),
        ("drug_imported", "注册证号,名称\nH20171268,片\n注册证号HC20181010,粉\n", ["H20171268", "HC20181010"], 0),
        ("health_food_registration", '{"code":"国食健注G20070158","zh":"x"}\n[1]\n', ["国食健注G20070158"], 1),
        ("health_food_old", "register_no,name\n卫食健字（2003）第0123号,酒\n", ["卫食健字2003第0123号"], 0),
        ("drug_approval", f"编号,名称,有效期至\n{SERUM},血清,某天\n国药准字S20063026,,\n", [], 2),
        ("food_sc", "许可证编号,产品名称\nSC10633010600125,牛轧糖\n", ["SC10633010600125"], 0),
    ],
)  # fmt: skip
def test_rows_are_entries_or_say_why_not(
    tmp_path: Path, kind: str, text: str, entries: list[str], refused: int
) -> None:
    name = "a.jsonl" if text.startswith("{") else "a.csv"
    rows = list(RegisterReader(load(), kind).read(open_table(Path(file(tmp_path, text, name))), {}))
    assert [row.number for row in rows if isinstance(row, Entry)] == entries
    told = [row.why for row in rows if isinstance(row, Refused)]
    assert len(told) == refused
    assert all(told)


def test_a_column_may_be_mapped(zhenwei: Run, tmp_path: Path) -> None:
    told = file(tmp_path, f"甲,乙\n{SERUM},血清\n")
    assert imported(zhenwei, told, "--map", "甲=number", "--map", "乙=product").exit_code == 0
    assert "no such field" in str(imported(zhenwei, told, "--map", "甲=numer").exception)


def test_a_snapshot_that_was_changed_or_lost_is_not_asked(zhenwei: Run, tmp_path: Path, home: Path) -> None:
    imported(zhenwei, file(tmp_path))
    (kept,) = (home / "registers").iterdir()
    kept.write_text(kept.read_text("utf-8").replace("血清", "疫苗"), "utf-8")
    with pytest.raises(ZhenweiError, match="not as it was imported"):
        home_folder.registers(read_settings({}))
    kept.unlink()
    with pytest.raises(ZhenweiError, match="is not kept"):
        home_folder.registers(read_settings({}))
    assert imported(zhenwei, file(tmp_path)).exit_code == 0  # importing it again puts it back
    assert home_folder.registers(read_settings({})).names


def test_a_running_service_follows(starter: Screener, ledger: Ledger, tmp_path: Path) -> None:
    store = RegisterStore(tmp_path / "registers")
    door = create_app(starter, Settings(), ledger=ledger, registers=RegisterWatch(ledger, store))
    told = {"listing_id": "1", "title": f"祖传风湿止痛胶囊 {SERUM}", "observed_at": "2026-11-20"}
    with TestClient(door, "http://127.0.0.1") as client:
        before = client.post("/v1/score", json=told).json()
        digest, count = store.keep([Entry(SERUM, "抗狂犬病血清")])
        with ledger.writing() as page:
            registers.add(page, Snapshot("drug_approval", date(2026, 11, 1), digest, False), entries=count, source="x", who="周")  # fmt: skip  # noqa: E501, FBT003
        until = time.monotonic() + 20
        while (after := client.post("/v1/score", json=told).json())["versions"] == before["versions"]:
            assert time.monotonic() < until
            time.sleep(0.2)
        history = client.get("/v1/listings/1").json()["evaluations"]
    assert (before["licences"][0]["register"], after["licences"][0]["register"]) == ("not_checked", "mismatch")
    assert after["evaluation_status"] == "superseding"
    assert [one["versions"]["registers"] for one in history] == [after["versions"]["registers"], {}]


def test_without_a_ledger_no_register_is_asked_and_none_is_made(home: Path) -> None:
    with closing(Ledger(f"sqlite:///{home}.x")):
        assert home_folder.registers(read_settings({"ledger_url": "off"})).names == {}
        assert home_folder.registers(read_settings({})).names == {}
    assert not home.exists()
