"""Files in, files out: every row once, in order, and nothing that stands is harmed."""

import csv
import os
import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.tables import FileRejected
from service.answers import AnswersRejected, Stopped
from service.batch import reading
from service.batch.journal import held
from service.batch.outcome import Outcome
from service.batch.progress import Progress, ProgressFile

Screen = Callable[..., Outcome]
CONTENT = "商品ID,标题,价格\nA,高仿包包,9\nB,帆布包,便宜\nC,=高仿,1\nD,帆布包,\n"
ENDINGS = [".jsonl", ".csv", ".csv.gz", ".jsonl.zst", ".parquet", ".xlsx"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(CONTENT, "utf-8")
    return path


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """Three files of 1,300 rows each, some of which are wrong."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    for name in ("b.csv", "a.csv", "c.csv"):
        rows = [f"{name}{i},{'高仿' if i % 7 == 0 else '帆布'}包,{'便宜' if i % 50 == 0 else i}" for i in range(1300)]
        (folder / name).write_text("\n".join(["商品ID,标题,价格", *rows, ""]), "utf-8")
    return folder


def test_json_lines_hold_one_answer_per_row(source: Path, tmp_path: Path, screen: Screen) -> None:
    out = tmp_path / "out.jsonl"
    tally = screen(out, source).tally
    lines = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert [line["listing_id"] for line in lines] == ["A", "B", "C", "D"]
    assert lines[1] == {"row": 2, "listing_id": "B", "rejected": lines[1]["rejected"]}
    assert lines[1]["rejected"][0]["pointer"] == "/price_cny"
    assert [line.get("level") for line in lines] == ["high", None, "high", "low"]
    assert (tally.rows, tally.rejected, tally.levels["high"], tally.actions["pass"]) == (4, 1, 2, 1)
    assert tally.findings == {"replica.grade": 2}


def test_rejected_rows_are_written_with_place_reason_and_cells(source: Path, tmp_path: Path, screen: Screen) -> None:
    screen(tmp_path / "out.csv", source)
    with (tmp_path / "out.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row.pop("problem").startswith("(column 价格): '便宜' is not an amount")
    assert row == {
        "source": "in.csv", "line": "3", "row": "2", "listing_id": "B", "field": "/price_cny",
        "cells": '{"商品ID":"B","标题":"帆布包","价格":"便宜"}',
    }  # fmt: skip


def test_a_summary_counts_every_row_of_every_file(crawl: Path, tmp_path: Path, screen: Screen) -> None:
    screen(out := tmp_path / "out.jsonl", crawl)
    told = orjson.loads((tmp_path / "out.jsonl.summary.json").read_bytes())
    assert [(file["name"], file["rows"], file["screened"], file["rejected"]) for file in told["files"]] == [
        (name, 1300, 1274, 26) for name in ("a.csv", "b.csv", "c.csv")
    ]
    assert len(out.read_bytes().splitlines()) == told["tally"]["rows"] == 3900
    assert told["tally"]["problems"] == {"/price_cny": 78}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_screening_cut_off_anywhere_goes_on_to_the_same_bytes(
    crawl: Path, tmp_path: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(reading, "COMMIT_SECONDS", 0)
    whole, parts = tmp_path / f"whole{ending}", tmp_path / f"parts{ending}"
    screen(whole, crawl)
    cuts = 0
    while True:
        seen: list[int] = []
        try:
            outcome = screen(parts, crawl, watch=lambda told: seen.append(told.rows), stop=lambda: any(seen))  # noqa: B023
            break
        except Stopped:
            cuts += 1
            assert not parts.exists()
    assert cuts == 9
    assert outcome.resumed == 3900
    assert parts.read_bytes() == whole.read_bytes()
    beside = [Path(f"{one}{more}").read_bytes() for more in (".rejects.csv", ".summary.json") for one in (whole, parts)]
    assert beside[::2] == beside[1::2]
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_only_what_is_committed_counts(crawl: Path, tmp_path: Path, screen: Screen) -> None:
    """As after kill -9: parts hold more than the journal says."""
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    screen(whole, crawl)
    seen: list[int] = []
    with pytest.raises(Stopped):
        screen(out, crawl, watch=lambda told: seen.append(told.rows), stop=lambda: max(seen, default=0) > 1000)
    for part in (tmp_path / ".out.jsonl.partial").glob("*.part"):
        part.write_bytes(part.read_bytes() + b'{"half of a li')
    assert screen(out, crawl).resumed == 1024
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("change", ["an input", "an option", "the listing"])
def test_a_screening_goes_on_only_with_what_it_began_with(
    crawl: Path, tmp_path: Path, screen: Screen, change: str
) -> None:
    out, seen = tmp_path / "out.jsonl", list[int]()
    with pytest.raises(Stopped):
        screen(out, crawl, watch=lambda told: seen.append(told.rows), stop=lambda: any(seen))
    asked: dict[str, Any] = {}
    if change == "an input":
        (crawl / "c.csv").write_text(CONTENT, "utf-8")
    elif change == "an option":
        asked = {"explain": "none"}
    else:
        asked = {"options": {"listing": "True"}}
    with pytest.raises(AnswersRejected, match="the inputs changed" if change == "an input" else "the options changed"):
        screen(out, crawl, **asked)
    assert screen(out, crawl, force=True, **asked).resumed == 0


def test_going_on_another_day_cites_the_law_of_the_first(crawl: Path, tmp_path: Path, screen: Screen) -> None:
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    screen(whole, crawl, today=date(2026, 3, 2))
    seen: list[int] = []
    with pytest.raises(Stopped):
        screen(out, crawl, watch=lambda t: seen.append(t.rows), stop=lambda: any(seen), today=date(2026, 3, 2))
    screen(out, crawl, today=date(2026, 3, 3))
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.rejects.csv", "out.jsonl.summary.json"])
def test_what_stands_is_not_replaced_unless_asked(source: Path, tmp_path: Path, screen: Screen, name: str) -> None:
    (tmp_path / name).write_text("before")
    with pytest.raises(AnswersRejected, match="is there already"):
        screen(tmp_path / "out.jsonl", source)
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", name}
    assert (tmp_path / name).read_text() == "before"
    screen(tmp_path / "out.jsonl", source, force=True)
    assert (tmp_path / name).read_text() != "before"


def test_a_second_screening_into_one_file_is_refused(source: Path, tmp_path: Path, screen: Screen) -> None:
    out = tmp_path / "out.jsonl"
    with held(out), pytest.raises(AnswersRejected, match="another screening is writing"):
        screen(out, source)
    screen(out, source)


def test_a_full_disk_stops_it_and_it_goes_on(crawl: Path, tmp_path: Path, screen: Screen) -> None:
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    screen(whole, crawl)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        with pytest.raises(Stopped, match="make room and run the same command again"):
            screen(out, crawl)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not out.exists()
    screen(out, crawl)
    assert out.read_bytes() == whole.read_bytes()


def test_a_file_that_changes_meanwhile_is_noticed(crawl: Path, tmp_path: Path, screen: Screen) -> None:
    def touch(told: Progress) -> None:
        if told.rows:
            with (crawl / "a.csv").open("a") as file:
                file.write("\nx,帆布包,1")

    with pytest.raises(FileRejected, match="changed while it was read"):
        screen(tmp_path / "out.jsonl", crawl, watch=touch)


def test_a_file_that_breaks_off_is_told_and_the_others_are_read(tmp_path: Path, screen: Screen) -> None:
    broken, fine, out = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "out.jsonl"
    broken.write_bytes("标题\n".encode("utf-16") + "帆布包\n".encode("utf-16-le") * 900 + b"\x00")
    fine.write_text(CONTENT, "utf-8")
    outcome = screen(out, broken, fine)
    assert [(file.name, file.rows, file.rejected) for file in outcome.files] == [("a.csv", 901, 1), ("b.csv", 4, 1)]
    assert "cannot be read to its end" in (outcome.files[0].broken or "")
    assert outcome.files[1].broken is None
    line = orjson.loads(out.read_bytes().splitlines()[900])
    assert (line["row"], "all after it are not read" in line["rejected"][0]["message"]) == (901, True)


@pytest.mark.parametrize("name", ["out.pdf", "out", "missing/out.csv", "in.csv", "out.parquet.gz"])
def test_answers_need_a_place(source: Path, tmp_path: Path, screen: Screen, name: str) -> None:
    with pytest.raises((AnswersRejected, FileRejected)):
        screen(tmp_path / name, source)
    assert source.read_text("utf-8") == CONTENT
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv"}


def test_memory_does_not_grow_with_rows(tmp_path: Path, screen: Screen, stand_in: SimpleNamespace) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"".join(b'{"listing_id":"%d","title":"x"}\n' % i for i in range(2000)))
    assert screen(tmp_path / "out.jsonl", source).tally.rows == 2000
    assert max(stand_in.calls) <= 512


def test_progress_is_told_to_people_and_programs(crawl: Path, tmp_path: Path, screen: Screen) -> None:
    told: list[Progress] = []
    keep = ProgressFile(tmp_path / "progress.json")

    def watch(progress: Progress) -> None:
        told.append(progress)
        keep(progress)

    screen(tmp_path / "out.jsonl", crawl, watch=watch)
    assert list(dict.fromkeys(one.state for one in told)) == ["looking", "screening", "writing", "done"]
    assert [one.rows for one in told] == sorted(one.rows for one in told)
    assert {one.total for one in told[1:]} == {3900}
    kept = orjson.loads((tmp_path / "progress.json").read_bytes())
    assert (kept["state"], kept["rows"], kept["rejected"], kept["file"], kept["pid"]) == (
        "done",
        3900,
        78,
        3,
        os.getpid(),
    )
    assert kept["levels"] == {"high": 546, "low": 3276}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=8), junk=st.binary(max_size=30))
def test_any_table_is_answered_row_by_row(tmp_path: Path, screen: Screen, cells: list[list[str]], junk: bytes) -> None:
    source = tmp_path / "any.csv"
    with source.open("w", encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
        csv.writer(file).writerows([["标题", "品牌"], *cells])
    source.write_bytes(source.read_bytes() + junk)
    for ending in ENDINGS[:2]:
        assert screen(tmp_path / f"out{ending}", source, force=True).tally.rows <= 2 * len(cells) + 40
