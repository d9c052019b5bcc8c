"""`zhenwei drift` at the command line."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.bundle import REFERENCE
from service import cli
from training.fit import fit
from training.market import simulate
from training.takedown_files import write_takedowns

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("drift") / "bundle"
    fit(simulate(2500, 1), out, simulated=True)
    return out


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drift") / "today.jsonl"
    write_takedowns(path, simulate(700, 2))
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    decision = ("outcome", "reason", "decided_at", "reviewer", "source")
    plain = [{name: value for name, value in row.items() if name not in decision} for row in rows]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in plain), "utf-8")
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zhenwei", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return int(stopped.value.code or 0), *capfd.readouterr()

    return go


def test_the_same_market_is_steady_in_both_languages(run: Run, folder: Path, today: Path) -> None:
    code, out, _ = run("drift", folder, today)
    assert (code, "平稳" in out, "规避写法" in out) == (0, True, True)
    assert "steady" in run("drift", folder, today, "--lang", "en")[1]
    assert json.loads(run("drift", folder, today, "--json-out")[1])["state"] == "steady"


def test_a_file_can_be_the_reference(run: Run, folder: Path, today: Path) -> None:
    assert json.loads(run("drift", folder, today, "--reference", today, "--json-out")[1])["state"] == "steady"


def test_rows_that_hold_no_listing_are_counted(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("标题,处理结果,备\x1b[31m注\n帆布包,,\n\x01,,\n", "utf-8")
    code, out, err = run("drift", folder, path)
    assert code == 1
    assert "数据太少" in out
    assert "1 of 2 rows" in err
    assert "columns not used: 备\\u{1b}[31m注; map one with --map COLUMN=FIELD\n" in err
    assert "columns not needed here: 处理结果\n" in err


def test_a_file_without_listings_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("标题\n\x01\n", "utf-8")
    code, out, err = run("drift", folder, path)
    assert (code, out) == (2, "")
    assert "holds no listing" in err


def test_a_bundle_without_memory_says_what_to_do(run: Run, folder: Path, today: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for path in folder.iterdir():
        if path.name != REFERENCE:
            (old / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    del manifest["sha256"][REFERENCE]
    (old / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    code, _, err = run("drift", old, today)
    assert code == 2
    assert "--reference FILE" in err
    assert run("drift", old, today, "--reference", today)[0] == 0
    assert run("drift", old, today, "--lang", "fr")[0] == 2


def test_a_title_cannot_steer_the_terminal(run: Run, folder: Path, tmp_path: Path) -> None:
    takedowns = [
        replace(t, listing=replace(t.listing, title=f"[red]鑫鬻[/red]{t.listing.title}")) for t in simulate(600, 2)
    ]
    path = tmp_path / "in.jsonl"
    rows = [{"listing_id": t.listing.listing_id, "title": t.listing.title} for t in takedowns]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    out = run("drift", folder, path)[1]
    assert "[red]" in out


def test_a_year_can_be_simulated_month_by_month(run: Run, tmp_path: Path) -> None:
    def seen(months: str) -> list[str]:
        out = tmp_path / "year.jsonl"
        assert run("simulate", "--listings", 120, "--seed", 3, "--out", out, "--months", months)[0] == 0
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        assert len(rows) == 120
        return [row["observed_at"] for row in rows if "observed_at" in row]

    assert max(seen("1-3")) < "2024-04" < min(seen("12"))


@pytest.mark.parametrize("months", ["0", "13", "3-1", "x", "1-x", "-"])
def test_months_that_are_none_are_refused(run: Run, tmp_path: Path, months: str) -> None:
    code, _, err = run("simulate", "--listings", 1, "--seed", 1, "--out", tmp_path / "x.jsonl", f"--months={months}")
    assert (code, "such as 4 or 4-6" in err) == (2, True)


def test_a_year_has_one_part(run: Run, tmp_path: Path) -> None:
    told = ("--listings", 1, "--seed", 1, "--out", tmp_path / "x.jsonl", "--months", "1-3", "--part", "evaluation")
    assert run("simulate", *told)[0] == 2


def test_a_page_and_its_figures_are_written(run: Run, folder: Path, today: Path, tmp_path: Path) -> None:
    page = tmp_path / "drift.html"
    code, _, err = run("drift", folder, today, "--report", page)
    assert (code, "drift.json" in err) == (0, True)
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(page.with_suffix(".json").read_bytes())["state"] == "steady"
    assert run("drift", folder, today, "--report", tmp_path / "drift.pdf")[0] == 2
