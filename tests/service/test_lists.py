"""Lists by HTTP and by command, and that what answers follows them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from typer.testing import CliRunner, Result

from features.errors import ZhenweiError
from service.cli import app
from service.ledger.ledger import Ledger
from service.ledger.verification import verify

Serve = Callable[..., TestClient]
BAG = {"listing_id": "7", "title": "帆布包", "seller": {"seller_id": "s-1"}}
DENY = {"kind": "seller", "effect": "deny", "value": "s-1", "reason": "三次售假", "who": "周"}


@pytest.fixture
def door(serve: Serve, ledger: Ledger) -> TestClient:
    return serve({}, ledger)


def test_an_entry_decides_from_the_next_request_on(door: TestClient, ledger: Ledger) -> None:
    before = door.post("/v1/score", json=BAG).json()
    added = door.post("/v1/lists", json=DENY)
    assert added.status_code == 201
    after = door.post("/v1/score", json=BAG).json()
    assert (after["action"], after["level"], after["evaluation_status"]) == ("reject", "high", "superseding")
    assert after["reasons"][0] == "list:deny:seller"
    assert after["findings"][0]["message"]["zh"] == "该卖家在拒绝名单中：三次售假"
    assert door.post("/v1/score?dry_run=1", json=BAG | {"seller": {"seller_id": "s-2"}}).json()["action"] == "pass"
    (entry,) = door.get("/v1/lists").json()
    assert (entry["value"], entry["who"], entry["holds"]) == ("s-1", "周", True)
    assert door.delete(f"/v1/lists/{entry['entry_id']}?who=王&why=已整改").status_code == 204
    again = door.post("/v1/score", json=BAG).json()
    assert again["action"] == before["action"] == "pass"
    assert again["evaluation_id"] == before["evaluation_id"]
    assert door.get("/v1/lists").json() == []
    with ledger.reading() as connection:
        assert verify(connection).broken is None


def test_adding_again_is_safe(door: TestClient) -> None:
    first, again = door.post("/v1/lists", json=DENY), door.post("/v1/lists", json=DENY)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert again.json()["entry_id"] == first.json()["entry_id"]
    assert door.post("/v1/lists", json=DENY | {"reason": "又一次"}).status_code == 201


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"kind": "word"}, "/kind"),
        ({"effect": "hide"}, "/effect"),
        ({"value": ""}, "/value"),
        ({"reason": ""}, "/reason"),
        ({"who": None}, "/who"),
        ({"expires_on": "soon"}, "/expires_on"),
        ({"kind": "term", "value": "包"}, ""),
        ({"kind": "term", "value": "正品", "effect": "allow"}, ""),
        ({"kind": "brand", "value": "LV", "effect": "allow"}, ""),
        ({"until": "2027-01-01"}, "/until"),
    ],
)
def test_an_entry_that_cannot_be(door: TestClient, told: dict[str, object], pointer: str) -> None:
    answer = door.post("/v1/lists", json=DENY | told)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert door.get("/v1/lists").json() == []


def test_what_is_not_listed_cannot_be_removed(door: TestClient) -> None:
    assert door.delete("/v1/lists/nobody?who=x&why=y").status_code == 404
    assert door.delete("/v1/lists/nobody").status_code == 422


@pytest.fixture
def zhenwei(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", ledger_url)
    return lambda *words: CliRunner().invoke(app, ["list", *words])


def test_lists_by_command(zhenwei: Callable[..., Result]) -> None:
    words = ["--kind", "term", "--effect", "deny", "--value", "假一赔命", "--reason", "违禁用语", "--who", "周"]
    entry_id, status = zhenwei("add", *words, "--expires-on", "2020-01-01").output.split()
    assert status == "new"
    assert "假一赔命 until 2020-01-01 (expired): 违禁用语 (周)" in zhenwei("show").output
    assert zhenwei("remove", entry_id, "--why", "x").output == f"{entry_id} is off its list\n"
    assert zhenwei("show").output == ""
    assert "no list holds" in str(zhenwei("remove", entry_id, "--why", "x").exception)


def test_a_file_goes_on_whole_or_not_at_all(zhenwei: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    head = "kind,effect,value,reason,expires_on\n"
    file.write_text(
        head + 'seller,deny,s-1,售假,\nseller,deny,s-1,售假,\nlisting,allow,7,"已核, 无误",2027-01-01\n', "utf-8-sig"
    )
    assert zhenwei("import", str(file), "--who", "周").output == "3 entries, 2 of them new\n"
    file.write_text(head + "seller,deny,s-3,售假,\nseller,ban,s-4,x,\n", "utf-8")
    refused = zhenwei("import", str(file)).exception
    assert isinstance(refused, ZhenweiError)
    assert "/lines/3/effect" in str(refused)
    assert "s-3" not in zhenwei("show").output
    file.write_text(head + "seller,deny,店,售假,\n", "gbk")  # as spreadsheets in China save
    assert zhenwei("import", str(file)).output.endswith(" new\n")
    assert "店: 售假" in zhenwei("show").output


HEAD = "kind,effect,value,reason,expires_on\n"


def upload(door: TestClient, text: str | bytes, query: str = "who=周", kind: str = "text/csv") -> Response:
    raw = text.encode() if isinstance(text, str) else text
    return door.post(f"/v1/lists/csv?{query}", content=raw, headers={"content-type": kind})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_goes_on_over_http_and_decides(door: TestClient, encoding: str) -> None:
    told = f'{HEAD}seller,deny,s-1,"三次\n售假",\nseller,deny,店-9,售假,2027-01-01\n'.encode(encoding)
    assert (upload(door, told).status_code, upload(door, told).json()) == (201, {"entries": 2, "new": 0})
    assert door.post("/v1/score", json=BAG).json()["action"] == "reject"
    assert [one["value"] for one in door.get("/v1/lists").json()] == ["s-1", "店-9"]


@pytest.mark.parametrize(
    ("rows", "pointers"),
    [
        ("seller,deny,s-1,x,\nseller,ban,s-2,x,\nseller,deny,,x,\n", ["/lines/3/effect", "/lines/4/value"]),
        ("term,allow,正品,x,\n", ["/lines/2"]),
        ("seller,deny,s-1,x,soon\n", ["/lines/2/expires_on"]),
        ('seller,deny,"s-1,x,\n', ["/lines/2"]),
        ("seller,deny,s-1,x,,and,more\n", ["/lines/2"]),
        ("", [""]),
    ],
)
def test_a_table_with_a_wrong_row_names_its_line_and_leaves_nothing(
    door: TestClient, rows: str, pointers: list[str]
) -> None:
    answer = upload(door, HEAD + rows)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers
    assert door.get("/v1/lists").json() == []


def test_a_table_that_is_none(door: TestClient) -> None:
    assert upload(door, HEAD, kind="application/json").status_code == 415
    assert upload(door, HEAD, query="").status_code == 422
    assert upload(door, HEAD + "seller,deny,s-1,x,\n", query="who=").status_code == 422
    empty = upload(door, "")
    assert empty.status_code == 422
    assert "the file is empty" in empty.json()["detail"]
    assert "/tmp" not in empty.text  # noqa: S108 - where it must not say it was


def test_an_export_runs_nothing_and_reads_back(
    door: TestClient, zhenwei: Callable[..., Result], tmp_path: Path
) -> None:
    for value in ("=HYPERLINK(1)", "@店", "'quoted", "平常, 店"):
        assert door.post("/v1/lists", json=DENY | {"value": value, "reason": "+1"}).status_code == 201
    answer = door.get("/v1/lists/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbfkind,effect,value,")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in lines[1:4]] == ["'=HYPERLINK(1)", "'@店", "'quoted"]
    assert upload(door, answer.content).json() == {"entries": 4, "new": 0}
    file = tmp_path / "export.csv"
    assert zhenwei("export", str(file)).exit_code == 0
    assert file.read_bytes() == answer.content


def test_a_running_service_follows(
    door: TestClient, zhenwei: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.watch._EVERY", 0.01)
    with door:
        assert zhenwei("add", "--kind", "term", "--effect", "deny", "--value", "帆布", "--reason", "x").exit_code == 0
        asked = (door.post("/v1/score?dry_run=1", json=BAG).json()["action"] for _ in range(2000))
        assert "review" in asked


def test_a_service_starts_with_the_lists_there_are(door: TestClient, serve: Serve, ledger: Ledger) -> None:
    door.post("/v1/lists", json=DENY)
    assert serve({}, ledger).post("/v1/score", json=BAG).json()["action"] == "reject"
