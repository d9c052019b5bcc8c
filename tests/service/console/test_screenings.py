"""Screenings in the console: a file is looked at, corrected, followed, explored and taken away."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Screener
from service.batch.forms import outputs
from service.batch.request import Request
from service.batch.run import screen_files
from service.console import explore, mapping
from service.console.explore import Wanted
from service.ledger import jobs as records
from service.ledger.ledger import Ledger
from service.ledger.tables import EVALUATIONS
from service.rows import open_source
from service.sending import Sending

Visit = Callable[..., Any]  # see conftest
Key = Callable[..., str]
Door = Any
TABLE = """编号,品名,价格,店铺,备注,a=b
1,高仿包包,680,小鹿,现货,x
2,=高仿<b>包</b>,5,禾木,,
3,,1,无名,,
4,=高仿<b>鞋</b>,便宜,小鹿,,
5,纯棉四件套,259,小鹿,,
"""


def sent(door: Door, text: str = TABLE, name: str = "货<b>.csv", **headers: str) -> Door:
    door.look("/screenings")
    return door.post(
        "/console/screenings/upload",
        files={"file": (name, text.encode("gb18030"), "text/csv")},
        headers={"x-csrf-token": door.token, "hx-request": "true"} | headers,
    )


def written(screener: Screener, source: Path, out: Path, names: Mapping[str, str]) -> Path:
    """Write answers as `zhenwei screen` does."""
    files = outputs(out, None, sourced=False, listed=False)
    day = date(2026, 3, 2)
    screen_files(Request((open_source(source, names),), (source.name,), files, lambda: screener, "findings", day))
    return out


def done(
    door: Door, ledger: Ledger, screener: Screener, form: Mapping[str, str], text: str = TABLE
) -> tuple[str, Path]:
    """Send a file, start it, and do what the job would."""
    address = sent(door, text).headers["hx-redirect"].removeprefix("/console")
    door.look(address)
    started = door.fill(address, dict(form))
    assert started.status_code == 303
    job_id = started.headers["location"].rsplit("/", 1)[1]
    folder = door.app.state.jobs.shelf.folder(job_id).path
    with ledger.view() as view:
        job = records.job(view, job_id)
    assert job
    written(screener, folder / "upload.csv", folder / f"results.{job.order.format}", job.order.names)
    with ledger.writing() as page:
        records.start(page, job_id, who="x")
        records.end(page, job_id, "done", who="x", rows=5, rejected=2)
    return f"/screenings/{job_id}", folder


def test_a_file_is_looked_at_before_it_is_screened(visit: Visit, ledger: Ledger) -> None:
    door = visit()
    address = sent(door).headers["hx-redirect"].removeprefix("/console")
    page = door.look(address)
    assert "货&lt;b&gt;.csv" in page.text
    assert "=高仿&lt;b&gt;包" in page.text
    assert '<option value="title" selected' in page.text
    assert "GB18030" in page.text
    with ledger.view() as view:
        assert records.newest_of(view, None) == []
    started = door.fill(address, {"column-4": "brand", "column-3": "seller.name", "format": "csv"})
    job_id = started.headers["location"].rsplit("/", 1)[1]
    with ledger.view() as view:
        job = records.job(view, job_id)
    assert job
    assert (job.file_name, dict(job.order.names), job.order.format) == ("货<b>.csv", {"备注": "brand"}, "csv")
    assert "排队中" in door.look(f"/screenings/{job_id}").text
    assert "货&lt;b&gt;.csv" in door.look("/screenings").text
    part = door.look(f"/screenings/{job_id}", quiet="1", **{"hx-request": "true"})
    assert "<html" not in part.text
    assert door.fill(address).status_code == 404  # started once


def test_a_file_without_a_title_waits_for_a_person(visit: Visit) -> None:
    door = visit()
    address = sent(door, "编号,说明\n1,高仿包\n").headers["hx-redirect"].removeprefix("/console")
    assert "请选出哪一列是标题" in door.look(address).text
    refused = door.fill(address, {"column-0": "listing_id"})
    assert refused.status_code == 422
    assert door.fill(address, {"column-1": "title"}).status_code == 303


@pytest.mark.parametrize(("text", "status"), [("", 422), ("\x00\x01", 200)])  # the second has one odd column
def test_a_file_that_cannot_be_read_says_why(visit: Visit, text: str, status: int) -> None:
    door = visit()
    address = sent(door, text).headers["hx-redirect"].removeprefix("/console")
    page = door.look(address)
    assert page.status_code == status
    assert "upload.csv" not in page.text
    assert door.fill(address + "/discard").status_code == 303
    assert door.look(address).status_code == 404


def test_what_is_no_upload_is_refused(visit: Visit) -> None:
    door = visit()
    told = sent(door, name="notes.docx")
    assert (told.status_code, told.headers["hx-retarget"]) == (422, "#notice")
    assert sent(door, **{"x-csrf-token": "0"}).status_code == 403
    bare = door.post(
        "/console/screenings/upload", files={"file": ("a.csv", b"x", "text/csv")}, data={"csrf": door.token}
    )
    assert bare.status_code == 403  # nothing is read before the token is known
    assert list(door.app.state.jobs.shelf.root.glob(".*")) == []


def test_a_key_sees_its_own_files_only(visit: Visit, key: Key) -> None:
    mine, theirs, chief = key("score"), key("score"), key("admin")
    doors = {}
    for token in (mine, theirs, chief):
        doors[token] = visit()
        doors[token].enter(token)
    address = sent(doors[mine]).headers["hx-redirect"].removeprefix("/console")
    assert [doors[token].look(address).status_code for token in (mine, theirs, chief)] == [200, 404, 200]
    doors[mine].look(address)
    job = doors[mine].fill(address).headers["location"].removeprefix("/console")
    assert [doors[token].look(job).status_code for token in (mine, theirs, chief)] == [200, 404, 200]
    doors[theirs].look("/screenings")
    assert doors[theirs].fill(job + "/remove").status_code == 404


def queued(door: Door, address: str) -> list[str]:
    """Send a screening to the queue, twice; the titles that wait there."""
    jobs: list[Any] = []
    sending: Sending = door.app.state.sending
    # what it begins would end with the request's loop here
    sending.begin = jobs.append  # type: ignore[method-assign, assignment]
    door.look(address)
    for _ in range(2):
        assert door.fill(f"/queue/from/{address.rsplit('/', 1)[1]}").headers["location"] == f"/console{address}"
        asyncio.run(sending.send(jobs.pop()))
    assert "hx-trigger" not in door.look(f"{address}/sending", quiet="1").text
    return sorted(one["title"] for one in door.get("/v1/cases").json())


@pytest.mark.parametrize("form", [{"format": "jsonl"}, {"format": "csv"}])
def test_what_was_found_is_explored_and_taken_away(
    visit: Visit, ledger: Ledger, screener: Screener, form: dict[str, str]
) -> None:
    door = visit()
    address, folder = done(door, ledger, screener, form)
    page = door.look(address)
    assert page.text.index("高仿包包") < page.text.index("纯棉四件套")
    assert "便宜" in page.text  # why row 4 could not be read
    assert door.look(f"{address}?sort=row&level=rejected").text.count('scope="row"') == 2
    assert "没有符合条件" in door.look(f"{address}?q=%25").text
    assert "纯棉" not in door.look(f"{address}?finding=replica.grade").text
    assert door.look(f"{address}?page=-1&sort=x&level={'x' * 999}").status_code == 200
    row = door.look(f"{address}/rows/1")
    assert "replica.grade" in row.text
    assert "小鹿" in row.text
    assert [door.look(f"{address}/rows/{n}").status_code for n in (4, 99, 0)] == [404, 404, 422]
    taken = door.look(f"{address}/files/results")
    assert taken.content == (folder / f"results.{form['format']}").read_bytes()
    assert taken.headers["content-disposition"].startswith("attachment")
    assert door.look(f"{address}/files/leads").status_code == 409
    door.look(address)
    assert door.fill(address + "/remove").status_code == 303
    assert not folder.exists()
    assert "文件已删除" in door.look(address).text
    assert door.look(f"{address}/rows/1").status_code == 404


def test_filters_count_and_page(screener: Screener, tmp_path: Path) -> None:
    rows = "".join(f"{n},{'高仿包' if n % 3 else '四件套'},{'甲' if n % 2 else '乙'}\n" for n in range(1, 131))
    source = tmp_path / "a.csv"
    source.write_text("商品ID,标题,平台\n" + rows, "utf-8")
    results = written(screener, source, tmp_path / "results.jsonl", {})
    path = explore.build(results, source, {})
    assert explore.build(results, source, {}) == path
    seen = explore.find(path, Wanted())
    assert (seen.total, seen.pages, len(seen.rows)) == (130, 3, 50)
    assert dict(seen.facets["level"]) == {"high": 87, "low": 43}
    assert seen.scores == [43, 0, 0, 0, 0, 0, 0, 0, 0, 87]
    third = explore.find(path, Wanted(level="high", platform="甲", page=1))
    assert third.total == sum(1 for n in range(1, 131) if n % 3 and n % 2)
    assert dict(third.facets["level"]).keys() == {"high", "low"}  # what another choice would show
    assert dict(third.facets["platform"]).keys() == {"甲", "乙"}
    assert [row["number"] for row in explore.find(path, Wanted(sort="row", page=3)).rows][:2] == [101, 102]
    assert explore.find(path, Wanted(q="四件")).total == 43
    assert explore.find(path, Wanted(q="_")).total == 0
    assert explore.find(path, Wanted(finding="replica.grade")).total == 87
    assert explore.find(path, Wanted(page=99)).rows == []


@pytest.mark.parametrize("form", [{"format": "jsonl"}, {"format": "csv"}])
def test_what_is_risky_waits_once_as_it_was_answered(
    visit: Visit, ledger: Ledger, screener: Screener, form: dict[str, str]
) -> None:
    door = visit()
    address, folder = done(door, ledger, screener, form, TABLE.replace("编号", "商品ID"))
    assert queued(door, address) == ["=高仿<b>包</b>", "高仿包包"]
    assert "已送入复核队列 2 件" in door.look(address).text
    with ledger.view() as view:
        rows = view.rows(select(EVALUATIONS.c.evaluation_id, EVALUATIONS.c.listing_id))
    assert sorted(row["listing_id"] for row in rows) == ["1", "2"]
    if form["format"] == "jsonl":
        told = (folder / "results.jsonl").read_text("utf-8")
        assert all(row["evaluation_id"] in told for row in rows)


def test_the_first_rows_of_two_files_are_two_listings(visit: Visit, ledger: Ledger, screener: Screener) -> None:
    door = visit()
    for text in ("标题\n高仿包\n", "标题\n高仿表\n", "标题\n高仿鞋\n高仿表\n"):  # 表 is the same in both
        address, _ = done(door, ledger, screener, {}, text)
        waiting = queued(door, address)
    assert waiting == ["高仿包", "高仿表", "高仿鞋"]


def test_an_address_holds_the_filters() -> None:
    wanted = Wanted.of({"level": "high", "page": "3", "q": "高 仿&", "odd": "x"})
    assert Wanted.of({"page": "x"}).page == 1
    assert wanted.query(page=4) == "level=high&q=%E9%AB%98+%E4%BB%BF%26&page=4"
    assert wanted.query(level="") == "q=%E9%AB%98+%E4%BB%BF%26"


def test_a_column_keeps_its_name_as_an_attribute(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE, "utf-8")
    looked = mapping.look(path, {})
    assert [column.field for column in looked.columns][:4] == ["", "title", "price_cny", "seller.name"]
    assert [mapping.fixed(column.column) for column in looked.columns] == [False] * 5 + [True]
    form = {"column-4": "attributes.备注", "column-1": "title", "column-5": "brand"}
    assert looked.chosen(form) == {"备注": "attributes.备注"}
    again = mapping.look(path, looked.chosen(form))
    assert again.columns[4].field == "attributes.备注"


def test_lines_of_json_are_shown_with_their_names(visit: Visit) -> None:
    door = visit()
    address = sent(door, '{"title": "bag", "odd": "a"}\n', "a.jsonl").headers["hx-redirect"].removeprefix("/console")
    page = door.look(address)
    assert page.status_code == 200
    assert '<option value="title" selected' in page.text
    assert ">odd</label>" in page.text
    unlike = sent(door, '{"标题": "包"}\n', "a.jsonl").headers["hx-redirect"].removeprefix("/console")
    assert "UTF-8" in door.look(unlike).text  # the file is GB18030
