"""How a page looks: A4 across, titles repeated, page numbers, wrapped text, risk that can be told without colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from training.report.shown import visible

A4 = 9
FONT = "宋体"
RISK: Mapping[str, str] = {"high": "高 ●●●", "medium": "中 ●●○", "low": "低 ●○○"}
_SHADES = {"high": "#F4B6A6", "medium": "#FBE3B8", "low": "#E4EDE0"}
_WIDE, _NARROW = 1.75, 1.05  # characters of 9 points in units of column width
_LINE, _TALLEST = 12.2, 400.0  # points; a sheet takes no row taller than 409
_LONGEST = 32_000  # characters a cell takes, with room


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; width in characters."""

    name: str
    width: float
    kind: str = "text"  # text, number, money, centre


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook, made_on: str) -> None:
        """Make them; `made_on` is printed on every page."""
        self.made_on = made_on
        plain: dict[str, Any] = {"font_name": FONT, "font_size": 9, "valign": "top", "text_wrap": True}
        lined = plain | {"border": 1, "border_color": "#8C8C8C"}

        def make(**told: Any) -> Format:  # noqa: ANN401 - what a format takes
            return book.add_format(lined | told)

        self.title = book.add_format({"font_name": FONT, "font_size": 16, "bold": True, "valign": "vcenter"})
        self.section = book.add_format({"font_name": FONT, "font_size": 11, "bold": True, "bottom": 2})
        self.note = book.add_format(plain | {"font_color": "#404040"})
        self.bold = book.add_format(plain | {"bold": True})
        self.head = make(bold=True, bg_color="#D9D9D9", align="center", valign="vcenter")
        self.text = make()
        self.centre = make(align="center")
        self.number = make(num_format="#,##0_ ", align="right")
        self.money = make(num_format="[>=1000000000]0.0E+00_ ;#,##0_ ", align="right")  # never wider than its column
        self.figure = make(bold=True, font_size=14, align="center", num_format="#,##0")
        self.risk = {
            level: make(align="center", bold=level == "high", bg_color=shade) for level, shade in _SHADES.items()
        }
        self.mark = book.add_format(
            {"font_name": FONT, "font_size": 9, "bold": True, "underline": 1, "font_color": "#B00000"}
        )
        self.run = book.add_format({"font_name": FONT, "font_size": 9})

    def of(self, kind: str) -> Format:
        """The format of a kind of column."""
        return {"number": self.number, "money": self.money, "centre": self.centre}.get(kind, self.text)


def printable(text: str) -> str:
    """Text as a cell takes it: nothing hidden, nothing that turns the line around or a spreadsheet chokes on."""
    clean = "\n".join(map(visible, text.split("\n")))
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}…"


def lay_out(sheet: Worksheet, columns: Sequence[Column], styles: Styles, *, title: str, note: str = "") -> int:
    """Set up a page with a table; return the first row for data."""
    across(sheet, styles, title)
    last = len(columns) - 1
    sheet.merge_range(0, 0, 0, last, title, styles.title)
    sheet.set_row(0, 26)
    sheet.merge_range(1, 0, 1, last, note, styles.note)
    width = sum(column.width for column in columns)
    sheet.set_row(1, height(note, width))
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(2, at, column.name, styles.head)
    sheet.set_row(2, 28)
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(2)
    return 3


def across(sheet: Worksheet, styles: Styles, title: str, *, pages: int = 0) -> None:
    """Set up a sheet for print, one page wide and `pages` long; 0: as long as it is."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, pages)
    sheet.hide_gridlines(2)
    sheet.set_header(f"&L&9甄伪 线索&R&9{title}")
    sheet.set_footer(f"&L&9线索材料，未经核实不作为处罚依据&C&9第 &P 页，共 &N 页&R&9生成日期 {styles.made_on}")


def height(text: str, width: float) -> float:
    """Points that a wrapped text takes in a column of a width, as far as can be told without its font."""
    rows = 0
    for line in text.split("\n"):
        units = sum(_WIDE if char >= "\u1100" else _NARROW for char in line)
        rows += max(1, -(-int(units) // max(1, int(width - 0.7))))
    return min(_TALLEST, rows * _LINE + 4)


def write(sheet: Worksheet, row: int, cells: Sequence[object], columns: Sequence[Column], styles: Styles) -> None:
    """Write one row, as tall as it needs; None is 未知, a risk level is told in words, signs and shade."""
    told = [(cell, column.width) for cell, column in zip(cells, columns, strict=True) if isinstance(cell, str)]
    sheet.set_row(row, max((height(cell, width) for cell, width in told), default=_LINE))
    for at, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        if column.kind == "risk":
            sheet.write_string(row, at, RISK[str(cell)], styles.risk[str(cell)])
        elif cell is None:
            sheet.write_string(row, at, "未知", styles.of("centre"))
        elif isinstance(cell, int | float):
            sheet.write_number(row, at, cell, styles.of(column.kind))
        else:
            sheet.write_string(row, at, printable(str(cell)), styles.of(column.kind))


def close_table(sheet: Worksheet, first: int, after: int, columns: Sequence[Column]) -> None:
    """Let a table be filtered and printed, once its rows are written."""
    last = max(first, after - 1)
    sheet.autofilter(first - 1, 0, last, len(columns) - 1)
    sheet.print_area(0, 0, last, len(columns) - 1)


def lines(texts: Sequence[str], most: int, rest: str = "见“证据明细”") -> str:
    """Several texts in one cell, numbered when several; what is left out is counted, and `rest` says where it is."""
    told = [f"{place}. {text}" if len(texts) > 1 else text for place, text in enumerate(texts[:most], start=1)]
    return "\n".join((*told, *([f"（另有{len(texts) - most}项，{rest}）"] if len(texts) > most else ())))
