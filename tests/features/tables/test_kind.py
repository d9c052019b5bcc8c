"""A file whose name says another format than it is: recognised, named, and told what to rename it to."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from features.tables import FileRejected, open_table

CSV = "标题,价格\n甲,1\n".encode()
JSON = '{"listing_id":"1","title":"甲"}\n'.encode()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["标题", "价格"], ["甲", 1]):
        book.active.append(row)
    book.save(made := io.BytesIO())
    return made.getvalue()


def another_workbook() -> bytes:
    with xlsxwriter.Workbook(made := io.BytesIO()) as book:
        book.add_worksheet().write_row(0, 0, ["标题"])
    return made.getvalue()


def parquet() -> bytes:
    pq.write_table(pa.table({"标题": ["甲"], "价格": [1]}), made := pa.BufferOutputStream())
    return bytes(made.getvalue())


def packed(content: bytes) -> bytes:
    return gzip.compress(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", workbook, "is an Excel workbook, whatever its name says; rename it to a.xlsx"),
        ("a.jsonl", another_workbook, "rename it to a.xlsx"),
        ("a.parquet", workbook, "rename it to a.xlsx"),
        ("a.txt", parquet, "is a Parquet file, whatever its name says; rename it to a.parquet"),
        ("a.xlsx", parquet, "rename it to a.parquet"),
        ("a.csv", lambda: packed(CSV), "is packed by gzip; rename it to a.csv.gz"),
        ("a.xlsx", lambda: packed(CSV), "is packed by gzip; rename it to a.xlsx.gz"),
        ("a.csv.zst", lambda: packed(CSV), "is packed by gzip; rename it to a.csv.gz"),
        ("a.csv.gz", lambda: CSV, "is not packed by gzip; rename it to a.csv"),
        ("a.csv.gz", workbook, "is not packed by gzip, but an Excel workbook"),
        ("a.csv.gz", lambda: packed(workbook()), "rename it to a.xlsx.gz"),
        ("a.csv.gz", lambda: packed(packed(CSV)), "is packed twice"),
        ("a.xlsx", lambda: CSV, "is text, whatever its name says; rename it to a.csv"),
        ("a.xlsx", lambda: CSV.decode().encode("gb18030"), "rename it to a.csv"),
        ("a.xlsx", lambda: CSV.decode().encode("utf-16"), "rename it to a.csv"),
        ("a.parquet", lambda: CSV, "rename it to a.csv"),
        ("a.xlsx", lambda: JSON, "rename it to a.jsonl"),
        ("a.csv", lambda: JSON, "is JSON lines, whatever its name says; rename it to a.jsonl"),
        ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "with a password; save it as .xlsx without"),
        ("a.csv", lambda: b"PK\x03\x04\x14\x00\x00\x00a.csv", "is no .csv file, but an archive; unpack it"),
        ("a.xlsx", lambda: "\n<html><table><tr><td>标题".encode("gbk"), "a web page or XML; open it in a spreadsheet"),
        ("a.csv", lambda: b"%PDF-1.7\n", "but a PDF"),
        ("a.csv", lambda: b"SQLite format 3\x00", "but an SQLite database"),
    ],
)
def test_a_wrong_ending_is_told(tmp_path: Path, name: str, content: Callable[[], bytes], said: str) -> None:
    (tmp_path / name).write_bytes(content())
    with pytest.raises(FileRejected) as told:
        open_table(tmp_path / name)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("name", "content", "header"),
    [
        ("a.csv", "PAR1,标题\n1,甲\n".encode, ("PAR1", "标题")),
        ("a.csv", "PK,标题\n1,甲\n".encode, ("PK", "标题")),
        ("a.csv", "BZh,标题\n1,甲\n".encode, ("BZh", "标题")),
        ("a.csv", "标题,价格\n<html>甲,1\n".encode, ("标题", "价格")),
        ("a.csv", "{标题},价格\n甲,1\n".encode, ("{标题}", "价格")),
        ("A.XLSX", workbook, ("标题", "价格")),
        ("a.xlsx", another_workbook, ("标题",)),
        ("a.parquet", parquet, ("标题", "价格")),
        ("a.xlsx.gz", lambda: packed(workbook()), ("标题", "价格")),
        ("a.ndjson", lambda: JSON, None),
        ("a.jsonl", lambda: b"no object\n" + JSON, None),  # one bad line is one bad row
    ],
)
def test_a_right_ending_is_read(
    tmp_path: Path, name: str, content: Callable[[], bytes], header: tuple[str, ...] | None
) -> None:
    (tmp_path / name).write_bytes(content())
    assert open_table(tmp_path / name).header == header
