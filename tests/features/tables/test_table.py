"""Files of every format give the same rows; half-written, lying and oversized ones are refused with what to do."""

import gzip
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.intake import Problem
from features.tables import Entry, FileRejected, Table, files, open_table, parquet
from features.tables.entry import MOST_COLUMNS

CSV = "标题,价格\n甲,1\n\n乙,2\n"


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def told(table: Table) -> list[object]:
    return [entry.told if isinstance(entry.told, Problem) else dict(entry.told) for entry in table]


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(content)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize(("name", "pack"), [("a.csv", bytes), ("a.csv.gz", gzip.compress), ("A.CSV.ZST", zstd)])
def test_a_table_in_any_encoding_packed_or_not(tmp_path: Path, name: str, pack: object, encoding: str) -> None:
    assert callable(pack)
    table = open_table(written(tmp_path, name, pack(CSV.encode(encoding))))
    assert table.header == ("标题", "价格")
    assert told(table) == [{"标题": "甲", "价格": "1"}, {"标题": "乙", "价格": "2"}]
    assert [(entry.number, entry.line) for entry in table] == [(1, 2), (2, 4)]  # again, and lines as an editor counts
    assert bool(table.notes) is (not encoding.startswith("utf-8"))


@pytest.mark.parametrize("again", ["标题,品牌", "\ufeff标题,品牌"])
def test_column_names_that_come_again_are_no_listing(tmp_path: Path, again: str) -> None:
    path = written(tmp_path, "a.csv", f"标题,品牌\n甲,\n{again}\n标题,乙\n标题\n")
    first, second, *others = told(open_table(path))
    assert isinstance(second, Problem)
    assert "repeats the column names" in second.message
    assert [first, *others] == [{"标题": "甲", "品牌": ""}, {"标题": "标题", "品牌": "乙"}, {"标题": "标题"}]


def test_json_lines_have_no_header(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a.ndjson.gz", gzip.compress(b'\xef\xbb\xbf{"a":1}\n\n{"a":2,"a":3}\n{"a"')))
    first, second, third = table
    assert (table.header, first) == (None, Entry(1, 1, {"a": 1}))
    assert isinstance(second.told, Problem)
    assert (second.line, "written twice" in second.told.message) == (3, True)
    assert isinstance(third.told, Problem)  # half a line


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "标题": ["甲", None, "甲"],
        "seller": [{"rating": 4.5}, None, {"rating": None}],
        "attributes": pa.array([[("材质", "PE")], None, []], pa.map_(pa.string(), pa.string())),
        "采集时间": pa.array([datetime(2026, 1, 2)] * 3),  # noqa: DTZ001 - no zone is written
        "raw": [b"\xe7\x94\xb2", b"\xff", None],
    }
    pq.write_table(pa.table(columns), path)
    table = open_table(path)
    assert table.header == tuple(columns)
    first, second, _ = told(table)
    assert first == {
        "标题": "甲",
        "seller": {"rating": 4.5},
        "attributes": [("材质", "PE")],
        "采集时间": datetime(2026, 1, 2),  # noqa: DTZ001 - no zone is written
        "raw": "甲",
    }
    assert second == {"标题": None, "seller": None, "attributes": None, "采集时间": first["采集时间"], "raw": "\udcff"}
    packed = written(tmp_path, "b.parquet.gz", gzip.compress(path.read_bytes()))
    assert told(open_table(packed)) == told(table)


@pytest.mark.parametrize("way", [{"row_group_size": 2}, {"dictionary_pagesize_limit": 1}, {"use_dictionary": False}])
def test_texts_within_lists_and_objects_of_several_row_groups(tmp_path: Path, way: dict[str, Any]) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"attributes": [("材质", f"第{n}种")], "seller": {"name": f"{n}号店"}} for n in range(7)]
    columns = pa.schema({"attributes": pa.map_(pa.string(), pa.string()), "seller": pa.struct({"name": pa.string()})})
    pq.write_table(pa.Table.from_pylist(rows, columns), path, **way)
    assert told(open_table(path)) == rows


def test_a_long_text_that_stands_in_every_row_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"标题": ["甲" * 100_000] * 1_500}), path)
    assert path.stat().st_size < 1_000_000
    titles = {id(entry.told["标题"]) for entry in open_table(path) if not isinstance(entry.told, Problem)}
    assert len(titles) < 10


@pytest.mark.parametrize(
    "cells",
    [
        [["a"], ["a" * 1000] * 20_000, None],  # twenty million characters in one cell, stored as one word
        [[0], [0] * 1_200_000, []],
        [[None], [None] * 2_200_000, None],
        [{"a": [1]}, {"a": [1] * 1_200_000}, None],
        [[("a", "b")], [("a", "b" * 1000)] * 20_000, None],
    ],
    ids=["texts", "numbers", "nothing", "an object", "a map"],
)
def test_a_small_parquet_file_with_a_cell_that_fills_memory(tmp_path: Path, cells: list[object]) -> None:
    path, maps = tmp_path / "a.parquet", pa.map_(pa.string(), pa.string())
    column = pa.array(cells, maps if isinstance(cells[0], list) and isinstance(cells[0][0], tuple) else None)
    pq.write_table(pa.table({"标题": ["甲", "乙", "丙"], "more": column}), path)
    assert path.stat().st_size < 100_000
    first, second, third = told(open_table(path))
    assert isinstance(second, Problem)
    assert "holds more than 1,048,576 bytes" in second.message
    assert isinstance(first, dict)
    assert third == {"标题": "丙", "more": cells[2]}


def test_a_column_of_endless_values_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_MOST_VALUES", 100)
    pq.write_table(pa.table({"标题": ["甲"], "more": [[0] * 101]}), tmp_path / "a.parquet")
    with pytest.raises(FileRejected, match="more than 100 values in a column"):
        open_table(tmp_path / "a.parquet")


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        [],
        ["标题", "价格", "日期"],
        ["甲", 1.5, datetime(2026, 1, 2)],  # noqa: DTZ001 - no zone is written
        [None],
        ["乙", None, 3, "x"],
        ["丙", "  ", "", "  "],
    ):
        sheet.append(row)
    book.create_sheet("第二")
    book.save(path)
    table = open_table(path)
    assert table.header == ("标题", "价格", "日期")
    assert table.notes == ("only the first sheet, Sheet, is read; not 第二",)
    first, second, third = table
    assert first == Entry(1, 3, {"标题": "甲", "价格": 1.5, "日期": datetime(2026, 1, 2)})  # noqa: DTZ001
    assert isinstance(second.told, Problem)
    assert (second.line, second.told.message.startswith("has 4 cells, the header has 3")) == (5, True)
    assert third.told == {"标题": "丙"}


def test_two_cells_in_opposite_corners_are_two_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "标题"
    book.save(tmp_path / "a.xlsx")
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="60000"><c r="XFD60000"><v>2</v></c></row>'
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.namelist():
            content = old.read(part).decode()
            if part.endswith("sheet1.xml"):
                start, end = content.index("<sheetData>"), content.index("</sheetData>")
                content = f"{content[:start]}<sheetData>{rows}{content[end:]}"
            new.writestr(part, content)
    [far] = open_table(tmp_path / "b.xlsx")
    assert (far.line, isinstance(far.told, Problem)) == (60_000, True)


def test_a_workbook_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/sharedStrings.xml", b" " * 20_000_000)
    with pytest.raises(FileRejected, match="more than 100 times its size"):
        open_table(path)


def test_a_packed_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_TRUSTED", 1000)
    path = written(tmp_path, "a.csv.gz", gzip.compress(b"title\n" + b"a\n" * 5_000_000))
    with pytest.raises(FileRejected, match="more than 250 times its size"):
        list(open_table(path))


@pytest.mark.parametrize(
    ("encoding", "other", "said"),
    [("utf-8", "gbk", "not UTF-8 (GBK, it seems)"), ("gbk", "utf-8", "is UTF-8 in a file of GB18030")],
)
def test_lines_in_another_encoding_are_refused_and_only_they(
    tmp_path: Path, encoding: str, other: str, said: str
) -> None:
    good, bad = "纯棉四件套,1\n".encode(encoding), "加厚纯棉被套,1\n".encode(other)
    path = written(tmp_path, "a.csv", "标题,价格\n".encode(encoding) + good * 3 + bad + good)
    rows = list(open_table(path))
    assert [entry.line for entry in rows if isinstance(entry.told, Problem)] == [5]
    assert isinstance(rows[3].told, Problem)
    assert said in rows[3].told.message
    assert rows[4].told == {"标题": "纯棉四件套", "价格": "1"}


@pytest.mark.parametrize("text", ["联通", "涓嬫灦", "a,b", "é,ü", "纯棉四件套,1"])
def test_text_in_gbk_is_not_taken_for_utf8(tmp_path: Path, text: str) -> None:
    lines = ["标题,店铺", *["纯棉四件套,某某店铺"] * 20, text]
    path = written(tmp_path, "a.csv", "\n".join(lines), "gb18030")
    *_, last = open_table(path)
    problem = isinstance(last.told, Problem)
    assert problem is (text == "涓嬫灦")  # such words are what UTF-8 read as GBK looks like


@pytest.mark.parametrize(
    ("content", "bad"),
    [
        (f"标题,价格\n甲,1\n{'x' * 3_000_000}\n乙,2\n", "is longer than"),
        (f"标题,价格\n甲,1\n{'x' * 200_000},1\n乙,2\n", "field larger"),
        ('标题,价格\n甲,1\n"乙"x,1\n乙,2\n', "lines 3 to 3 cannot be split"),
        ("标题,价格\n甲,1\n乙,2,3\n乙,2\n", "has 3 cells"),
    ],
)
def test_a_row_that_cannot_be_split_is_one_problem(tmp_path: Path, content: str, bad: str) -> None:
    first, second, third = open_table(written(tmp_path, "a.csv", content))
    assert (first.line, second.line, third.line) == (2, 3, 4)
    assert isinstance(second.told, Problem)
    assert bad in second.told.message
    assert third.told == {"标题": "乙", "价格": "2"}


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def test_half_written_files_are_refused(tmp_path: Path) -> None:
    text = CSV.encode() + b"".join(os.urandom(8).hex().encode() + b",1\n" for _ in range(2000))
    pq.write_table(pa.table({"标题": ["甲"] * 10}), tmp_path / "whole.parquet")
    book = openpyxl.Workbook()
    book.active.append(["标题"])
    book.save(tmp_path / "whole.xlsx")
    contents = {
        "a.csv.gz": cut(gzip.compress(text)),
        "a.csv.zst": cut(zstd(text)),
        "a.jsonl.gz": cut(gzip.compress(b'{"a":1}\n' * 10)),
        "a.parquet": cut((tmp_path / "whole.parquet").read_bytes()),
        "a.xlsx": cut((tmp_path / "whole.xlsx").read_bytes()),
        "b.xlsx": b"",
    }
    for name, content in contents.items():
        path = written(tmp_path, name, content)
        with pytest.raises(FileRejected, match=r"to its end|no whole"):
            list(open_table(path))


def test_a_damaged_parquet_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"标题": ["甲"] * 10}), path)
    content = bytearray(path.read_bytes())
    content[4:40] = b"\xff" * 36
    with pytest.raises(FileRejected, match=r"to its end|no whole"):
        list(open_table(written(tmp_path, "b.parquet", bytes(content))))


@pytest.mark.parametrize("name", ["a.csv.gz", "a.parquet", "a.xlsx"])
def test_any_damaged_byte_is_refused_or_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.xlsx":
        book = openpyxl.Workbook()
        for at in range(20):
            book.active.append([f"货{at}", at])
        book.save(path)
    elif name == "a.parquet":
        inner = pa.array([[("材质", str(at))] for at in range(20)], pa.map_(pa.string(), pa.string()))
        pq.write_table(pa.table({"标题": [f"货{at % 7}" for at in range(20)], "attributes": inner}), path)
    else:
        path.write_bytes(gzip.compress("标题,价格\n货,1\n".encode() * 20))
    sound, refused = path.read_bytes(), 0
    for at in range(0, len(sound), max(len(sound) // 600, 1)):
        damaged = bytearray(sound)
        damaged[at] ^= 0x55
        try:
            list(open_table(written(tmp_path, name, bytes(damaged))))
        except FileRejected:
            refused += 1
    assert refused > 40


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx"])
def test_a_hundred_thousand_columns_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    count = 100_000 if name == "a.csv" else MOST_COLUMNS + 1
    names = [f"c{at}" for at in range(count)]
    if name == "a.csv":
        path.write_text(",".join(names) + "\n", "utf-8")
    elif name == "a.parquet":
        pq.write_table(pa.table({one: [1] for one in names}), path)
    else:
        book = openpyxl.Workbook(write_only=True)
        book.create_sheet().append(names)
        book.save(path)
    with pytest.raises(FileRejected, match=f"has {count:,} columns, and at most 4,096"):
        open_table(path)
