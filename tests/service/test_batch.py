"""Files in, files out: every row once, in order."""

import csv
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Screener
from service.answers import AnswersRejected
from service.batch import Tally, screen_file
from service.clock import today
from service.rows import FileRejected, open_source

CONTENT = "商品ID,标题,价格\nA,高仿包包,9\nB,帆布包,便宜\nC,=高仿,1\nD,帆布包,\n"


def run(source: Path, out: Path, screener: Screener) -> Tally:
    done: list[int] = []
    tally = screen_file(open_source(source), out, screener, explain="findings", today=today(), progress=done.append)
    assert done[-1:] == [tally.rows][: len(done)]
    assert tally.rows == tally.rejected + sum(tally.levels.values())
    return tally


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(CONTENT, "utf-8")
    return path


def test_json_lines_hold_one_answer_per_row(source: Path, tmp_path: Path, screener: Screener) -> None:
    out = tmp_path / "out.jsonl"
    tally = run(source, out, screener)
    lines = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert [line["listing_id"] for line in lines] == ["A", "B", "C", "D"]
    assert lines[1] == {"row": 2, "listing_id": "B", "rejected": lines[1]["rejected"]}
    assert lines[1]["rejected"][0]["pointer"] == "/price_cny"
    assert [line.get("level") for line in lines] == ["high", None, "high", "low"]
    assert (tally.rows, tally.rejected, tally.levels["high"], tally.actions["pass"]) == (4, 1, 2, 1)
    assert tally.findings == {"replica.grade": 2}


def test_a_table_is_flat_and_starts_no_formula(source: Path, tmp_path: Path, screener: Screener) -> None:
    out = tmp_path / "out.csv"
    run(source, out, screener)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["listing_id"] for row in rows] == ["A", "B", "C", "D"]
    assert rows[0] | {"level": "high", "p_counterfeit": "0.900000", "findings": "replica.grade"} == rows[0]
    assert rows[0]["laws"] == "《商标法》(2019)第57条第3项"
    assert rows[0]["evidence"] == "title[0:2]高仿"
    assert rows[1]["assessment"] == "not_screened"
    assert rows[1]["rejected"].startswith("/price_cny ")
    assert {None} not in [set(row) for row in rows]


def test_nothing_appears_when_reading_fails_midway(tmp_path: Path, screener: Screener) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_bytes("标题\n".encode("utf-16") + "帆布包\n".encode("utf-16-le") * 9000 + b"\x00")
    out.write_text("before")
    with pytest.raises(FileRejected, match="cannot be read to its end"):
        run(source, out, screener)
    assert out.read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.jsonl"}


@pytest.mark.parametrize("name", ["out.xlsx", "out", "missing/out.csv", "in.csv"])
def test_answers_need_a_place(source: Path, tmp_path: Path, screener: Screener, name: str) -> None:
    with pytest.raises(AnswersRejected):
        run(source, tmp_path / name, screener)
    assert source.read_text("utf-8") == CONTENT
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv"}


def test_memory_does_not_grow_with_rows(tmp_path: Path, screener: Screener, stand_in: object) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"".join(b'{"listing_id":"%d","title":"x"}\n' % i for i in range(2000)))
    tally = run(source, tmp_path / "out.jsonl", screener)
    assert tally.rows == 2000
    assert max(stand_in.calls) <= 512  # type: ignore[attr-defined]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=8), junk=st.binary(max_size=30))
def test_any_table_is_answered_row_by_row(
    tmp_path: Path, screener: Screener, cells: list[list[str]], junk: bytes
) -> None:
    source = tmp_path / "any.csv"
    with source.open("w", encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
        csv.writer(file).writerows([["标题", "品牌"], *cells])
    source.write_bytes(source.read_bytes() + junk)
    for name in ("out.jsonl", "out.csv"):
        tally = run(source, tmp_path / name, screener)
        assert tally.rows <= 2 * len(cells) + 40
