"""The forms of answers: the same cells in each, and nothing a spreadsheet would run."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.tables import open_table
from service.batch import workbook
from service.batch.outcome import Outcome

Screen = Callable[..., Outcome]
ROWS = ["A,高仿包包,9,张三的店,1.2万", "B,帆布包,便宜,,", "C,=高仿,1.5,@店,5万+", '"=1+1",帆布包,,,']


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("\n".join(["商品ID,标题,价格,店铺,月销量", *ROWS]), "utf-8")
    return path


def flat(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_is_flat_and_starts_no_formula(source: Path, tmp_path: Path, screen: Screen) -> None:
    screen(out := tmp_path / "out.csv", source)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = flat(out)
    assert [row["listing_id"] for row in rows] == ["A", "B", "C", "'=1+1"]
    assert rows[0] | {"level": "high", "p_counterfeit": "0.900000", "findings": "replica.grade"} == rows[0]
    assert rows[0]["laws"] == "《商标法》(2019)第57条第3项"
    assert rows[0]["evidence"] == "title[0:2]高仿"
    assert rows[1]["assessment"] == "not_screened"
    assert rows[1]["rejected"].startswith("/price_cny ")
    assert {None} not in [set(row) for row in rows]


def test_a_listing_can_stand_beside_its_answer(source: Path, tmp_path: Path, screen: Screen) -> None:
    screen(out := tmp_path / "out.csv", source, listed=True)
    told = [(r["source"], r["title"], r["price_cny"], r["seller_name"], r["orders_30d"]) for r in flat(out)]
    assert told == [
        ("in.csv", "高仿包包", "9", "张三的店", "12000"),
        ("in.csv", "", "", "", ""),
        ("in.csv", "'=高仿", "1.5", "'@店", "50000"),
        ("in.csv", "帆布包", "", "", ""),
    ]
    screen(lines := tmp_path / "out.jsonl", source, listed=True)
    one, two, *_ = map(orjson.loads, lines.read_bytes().splitlines())
    assert (one["source"], one["row"], one["level"]) == ("in.csv", 1, "high")
    assert one["listing"]["seller"] == {"name": "张三的店"}
    assert set(two) == {"source", "row", "listing_id", "rejected"}


@pytest.mark.parametrize("listed", [False, True])
def test_every_form_holds_the_same_cells(source: Path, tmp_path: Path, screen: Screen, listed: bool) -> None:
    for ending in (".csv", ".csv.gz", ".csv.zst", ".parquet", ".xlsx"):
        screen(tmp_path / f"out{ending}", source, listed=listed)
    table = flat(tmp_path / "out.csv")
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()) == (tmp_path / "out.csv").read_bytes()
    assert pa.input_stream(str(tmp_path / "out.csv.zst")).read() == (tmp_path / "out.csv").read_bytes()
    columnar = pq.read_table(tmp_path / "out.parquet").to_pylist()
    book = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    header, *sheet = book.iter_rows(values_only=True)
    assert list(header) == list(table[0]) == list(columnar[0])
    for text, typed, cells in zip(table, columnar, sheet, strict=True):
        assert [plain(cell) for cell in cells] == [plain(cell) for cell in typed.values()]
        assert [plain(cell).lstrip("'") for cell in text.values()] == [plain(cell) for cell in typed.values()]


def plain(cell: object) -> str:
    if cell is None or cell == "":
        return ""
    return f"{float(str(cell)):g}" if str(cell).replace(".", "", 1).isdigit() else str(cell)


def test_a_workbook_holds_text_that_stays_text(source: Path, tmp_path: Path, screen: Screen) -> None:
    screen(out := tmp_path / "out.xlsx", source)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert (sheet["B5"].value, sheet["B5"].quotePrefix) == ("=1+1", True)
    assert not sheet["B2"].quotePrefix


def test_what_does_not_fit_a_sheet_goes_on_in_the_next(
    source: Path, tmp_path: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    screen(out := tmp_path / "out.xlsx", source)
    book = openpyxl.load_workbook(out)
    assert [[row[1] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets] == [
        ["listing_id", "A", "B"],
        ["listing_id", "C", "=1+1"],
    ]


def test_a_cell_no_sheet_can_hold_is_cut(tmp_path: Path, screen: Screen) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.xlsx"
    wrong = {f"k{i}": 1 for i in range(900)}
    source.write_bytes(orjson.dumps({"listing_id": "1", "title": "包"} | wrong) + b"\n")
    screen(out, source)
    cell = openpyxl.load_workbook(out).worksheets[0].cell(2, 15).value
    assert len(str(cell)) == 32_767


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst", ".csv.gz"])
def test_packed_answers_are_read_again_as_one_file(tmp_path: Path, screen: Screen, ending: str) -> None:
    source, out = tmp_path / "in.csv", tmp_path / f"out{ending}"
    source.write_text("标题\n" + "\n".join(f"包{i}" for i in range(1500)), "utf-8")
    screen(out, source)
    assert sum(1 for _ in open_table(out)) == 1500


def test_an_empty_file_gives_an_empty_table(tmp_path: Path, screen: Screen) -> None:
    source = tmp_path / "in.csv"
    source.write_text("标题\n", "utf-8")
    for ending in (".csv", ".jsonl", ".parquet", ".xlsx"):
        assert screen(tmp_path / f"out{ending}", source).tally.rows == 0
    assert flat(tmp_path / "out.csv") == pq.read_table(tmp_path / "out.parquet").to_pylist() == []
    assert len(list(openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0].rows)) == 1
