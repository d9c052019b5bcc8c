"""How many rows a file seems to hold, and which files tell nothing before they are read."""

import gzip
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.tables.extent import extent

CSV = "标题,价格\n甲,1\n\n乙,2\n".encode()
LINES = '{"listing_id": "1", "title": "甲"}\n{"listing_id": "2", "title": "乙"}\n'.encode()


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.csv", CSV, 3),  # a blank line is counted, so that counting is fast
        ("a.csv.gz", gzip.compress(CSV, mtime=0), 3),
        ("a.jsonl", LINES, 2),
        ("a.csv", "标题".encode(), 1),
        ("a.xlsx", b"PK\x03\x04 cut off", None),
    ],
)
def test_text_is_counted_by_its_lines(tmp_path: Path, name: str, content: bytes, rows: int | None) -> None:
    (tmp_path / name).write_bytes(content)
    assert extent(tmp_path / name) == rows


def test_parquet_says_it(tmp_path: Path) -> None:
    pq.write_table(pa.table({"标题": ["甲"] * 700}), path := tmp_path / "a.parquet")
    assert extent(path) == 700
    packed = tmp_path / "a.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert extent(packed) is None


def test_a_sheet_is_counted_whatever_it_says_of_its_size(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title in ("标题", "甲", "乙", "丙"):
        book.active.append([title])
    book.active.cell(1_048_576, 1).font = openpyxl.styles.Font(bold=True)
    book.save(path := tmp_path / "a.xlsx")
    assert extent(path) == 4  # with the last row, which has a style and nothing in it
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.namelist():
            new.writestr(part.replace("sheet1", "first"), old.read(part))
    assert extent(tmp_path / "b.xlsx") is None
