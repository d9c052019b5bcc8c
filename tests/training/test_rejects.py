"""Rows that teach nothing are counted and written down, and a spreadsheet runs none of them."""

import csv
from pathlib import Path

import pytest

from features.intake import Problem
from training.errors import TrainingError
from training.rejects import Reject, RejectFile, no_rejects, reject_file

HERE = Path("t.csv")


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_problem_is_a_line_and_no_cell_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    with reject_file(path) as rejects:
        rejects(Reject(2, '=HYPERLINK("x")', (Problem("/title", "is required"), Problem("/price_cny", "是'贵'"))), HERE)
        rejects(Reject(9, None, (Problem("", "@SUM(1)"),)), HERE)
        rejects(Reject(11, "b\udce5", (Problem("/reason", "belongs to no head"),), kept=True), HERE)
    assert rows(path) == [
        ["line", "listing_id", "used", "field", "problem"],
        ["2", '\'=HYPERLINK("x")', "no", "/title", "is required"],
        ["2", '\'=HYPERLINK("x")', "no", "/price_cny", "是'贵'"],
        ["9", "", "no", "", "'@SUM(1)"],
        ["11", "b\\udce5", "says nothing", "/reason", "belongs to no head"],
    ]
    assert rejects.summary()[0].startswith("2 rows cannot be used, 1 are read and teach nothing:")


def test_what_is_wrong_in_the_same_way_is_counted_together() -> None:
    rejects = RejectFile(None)
    for line in range(100):
        rejects(Reject(line, None, (Problem("", f"lines {line} to {line + 3} cannot be split"),)), HERE)
        rejects(Reject(line, None, (Problem("/price_cny", f"'{line}元整' is not an amount"),)), HERE)
    assert sorted(rejects.reasons.values()) == [100, 100]
    assert "100 × line 0: /price_cny '0元整' is not an amount" in "\n".join(rejects.summary())


def test_many_reasons_are_shortened_and_none_forgotten() -> None:
    rejects = RejectFile(None)
    for at in range(30):
        rejects(Reject(1, None, (Problem(f"/signals/x{at}", "is not a number"),)), HERE)
    assert "and 20 other reasons" in "\n".join(rejects.summary())
    assert "--rejects FILE writes all of them" in "\n".join(rejects.summary())


def test_a_file_of_an_earlier_run_does_not_speak_for_this_one(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    with reject_file(path) as rejects:
        pass
    assert not path.exists()
    assert rejects.summary() == []
    path.write_text("old", "utf-8")
    with reject_file(path):
        pass
    assert rows(path) == [["line", "listing_id", "used", "field", "problem"]]


def test_without_anybody_to_tell_the_first_unusable_row_is_an_error() -> None:
    no_rejects(Reject(1, "1", (Problem("/reason", "belongs to no head"),), kept=True), HERE)
    with pytest.raises(TrainingError, match=r"t\.csv, line 3: /title is required"):
        no_rejects(Reject(3, None, (Problem("/title", "is required"),)), HERE)
