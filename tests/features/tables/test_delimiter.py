"""Tables cut at comma, tab, semicolon or |; what is cut at several is refused, no row passes as one long title."""

from pathlib import Path

import pytest

from features.intake import Problem
from features.tables import FileRejected, open_table

Row = tuple[str, ...] | str
"""Cells, or what is said of a row."""


def table(folder: Path, content: str, name: str = "a.csv") -> tuple[tuple[str, ...] | None, list[Row]]:
    (folder / name).write_text(content, "utf-8")
    opened = open_table(folder / name)
    rows: list[Row] = []
    for entry in opened:
        told = entry.told
        rows.append(told.message if isinstance(told, Problem) else tuple(str(cell) for cell in told.values()))
    return opened.header, rows


@pytest.mark.parametrize("cut", [",", "\t", ";", "|"])
@pytest.mark.parametrize(
    "title", ["新款,韩版,女包", "新款;韩版;女包", "新款\t韩版\t女包", "新款|韩版|女包", "新款,韩版;女\t包|红"]
)
def test_titles_that_hold_delimiters_in_quotes_are_titles(tmp_path: Path, cut: str, title: str) -> None:
    rows = [f'"{title}"{cut}9{cut}甲', f'"{title}"{cut}9', f'"{title}"']
    header, told = table(tmp_path, "\n".join([f"标题{cut}价格{cut}店铺", *rows]))
    assert header == ("标题", "价格", "店铺")
    assert told == [(title, "9", "甲"), (title, "9"), (title,)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("甲,9,乙", "is cut at a comma, column names at a semicolon"),
        ("甲\t9\t乙", "is cut at a tab, column names at a semicolon"),
        ("甲,9", "is cut at a comma"),  # short, and one long title otherwise
        ("甲,9,乙,丙", "is cut at a comma"),
        ("甲,9\t乙", "is cut at a comma or a tab"),
        ('"甲;乙",9,丙', "cannot be split into cells (';' expected after"),
        ("新款,韩版,女包;9", "is cut at a comma"),  # as many cells as columns: which is meant, nobody knows
        ("甲;9;乙;丙", "has 4 cells, the header has 3"),
        ("新款,韩版;9;乙", ("新款,韩版", "9", "乙")),
        ("新款,韩版,女包;9;乙", ("新款,韩版,女包", "9", "乙")),
        ("新款,韩版;9", ("新款,韩版", "9")),
        ("新款，韩版、女包", ("新款，韩版、女包",)),
        ('"新款,韩版,女包"', ("新款,韩版,女包",)),
        ("新款", ("新款",)),
    ],
)
def test_a_row_cut_at_another_delimiter_is_no_long_title(tmp_path: Path, row: str, said: Row) -> None:
    _, (first, told, last) = table(tmp_path, f"标题;价格;店铺\n甲;1;乙\n{row}\n丙;2;丁\n")
    assert (first, last) == (("甲", "1", "乙"), ("丙", "2", "丁"))
    assert said in told if isinstance(said, str) else told == said


@pytest.mark.parametrize(
    ("content", "header"),
    [
        ("标题,价格;元\n甲,1\n", ("标题", "价格;元")),
        ("标题;价格,元,人民币\n甲;1\n乙;2\n丙,丁,戊\n", ("标题", "价格,元,人民币")),
        ('"标题;全称",价格\n甲;乙,1\n', ("标题;全称", "价格")),
        ('"标题\n全称";价格\n甲,乙;1\n', ("标题\n全称", "价格")),
        ("\n标题\t颜色|尺码\n甲\t红|L\n乙\t黑|XL|a\n", ("标题", "颜色|尺码")),
        ("标题\n甲;乙;丙\n", ("标题",)),  # one column is never cut
    ],
)
def test_rows_tell_what_the_header_leaves_open(tmp_path: Path, content: str, header: tuple[str, ...]) -> None:
    assert table(tmp_path, content)[0] == header


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "标题;价格,店铺\n甲;1,乙\n", "can be cut at a comma or a semicolon, and rows do not tell which"),
        ("a.csv", "标题,价格;店铺\t日期\n甲,1;乙\t3\n", "can be cut at a comma or a tab or a semicolon"),
        ("a.csv", "标题,价格;店铺,日期\n甲\t1\t2\n", "save it with one delimiter"),
        ("a.csv", "标题，价格，店铺\n甲，1，乙\n", "cut all rows at a comma"),
        ("a.tsv", "标题,价格\n甲,1\n", "are cut at a comma, not at a tab; rename it to a.csv"),
    ],
)
def test_an_ambiguous_header_is_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(FileRejected) as told:
        table(tmp_path, content, name)
    assert said in str(told.value)


def test_a_tsv_whose_names_hold_commas_is_cut_at_tabs(tmp_path: Path) -> None:
    assert table(tmp_path, "标题,全称\t价格,元\n甲,乙\t1\n", "a.tsv") == (("标题,全称", "价格,元"), [("甲,乙", "1")])


def test_a_row_of_many_lines_does_not_fill_memory(tmp_path: Path) -> None:
    _, rows = table(tmp_path, '标题,价格\n"甲\n' + '","\n' * 400_000 + '"\n乙,2\n')
    assert "is a quote never closed" in str(rows[0])
