"""A workbook is read in memory that does not grow with it, whatever its parts say of themselves."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from features.intake import Problem
from features.tables import FileRejected, open_table, parts

ROWS = 900
LONG = 200_000


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_MOST_LAID_OUT", LONG)
    monkeypatch.setattr(parts, "_MOST_HELD", LONG * 2)


def changed(folder: Path, part: str, change: Callable[[str], str]) -> Path:
    """A workbook of which one part was changed by hand."""
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["标题", "价格"])
        for row in range(1, ROWS + 1):
            sheet.write_row(row, 0, ["高仿包包", row])
    with zipfile.ZipFile(folder / "a.xlsx") as old, zipfile.ZipFile(folder / "b.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name == part else content)
    return folder / "b.xlsx"


SHEET, TEXTS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"


def test_many_rows_are_not_much_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, SHEET, lambda sheet: re.sub("<dimension[^>]*>", "", sheet))  # as those who stream write it
    with zipfile.ZipFile(path) as book:
        assert book.getinfo(SHEET).file_size > LONG / 3  # and twelve tags a row
    assert len([entry for entry in open_table(path) if not isinstance(entry.told, Problem)]) == ROWS


@pytest.mark.parametrize("more", [f"<c><v>{'9' * 2 * LONG}</v></c>", "<c/>" * (LONG // 30), f"<!--{'9' * 2 * LONG}-->"])
def test_a_row_that_memory_cannot_hold_ends_the_file_there(tmp_path: Path, more: str) -> None:
    last = f'<row r="{ROWS + 1}"'
    path = changed(tmp_path, SHEET, lambda sheet: sheet.replace(last, f'<row r="{ROWS + 1}">{more}</row>{last}'))
    rows = iter(open_table(path))
    assert [next(rows).number for _ in range(500)] == list(range(1, 501))
    with pytest.raises(FileRejected, match="a row holds more than memory can; save the listings alone"):
        list(rows)


@pytest.mark.parametrize(
    ("part", "end", "more"),
    [
        (TEXTS, "</sst>", "<si/>" * (LONG // 30)),
        (TEXTS, "</sst>", f"<si><t>{'9' * (LONG * 3 // 2)}</t></si>"),
        (STYLES, "</cellXfs>", "<xf/>" * (LONG // 60)),
        (STYLES, "</cellXfs>", " " * LONG),
    ],
)
def test_texts_and_formats_that_memory_cannot_hold_are_refused(tmp_path: Path, part: str, end: str, more: str) -> None:
    path = changed(tmp_path, part, lambda content: content.replace(end, more + end))
    with pytest.raises(FileRejected, match="its shared texts or formats take more than memory can"):
        open_table(path)
