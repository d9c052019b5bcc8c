"""The first page: how much, who first, which authority and which province."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from service.leads.account import Account
from service.leads.book.sheet import Column, Styles, across, printable, write
from service.leads.book.table import problems, shop
from service.leads.lead import Lead, Leads

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Sums = Sequence[tuple[str, tuple[int, float, float]]]
_FIRST = 10
_BARS = 12
_COLUMNS = (
    Column("序号", 6, "centre"),
    Column("风险", 9, "risk"),
    Column("线索号", 13, "centre"),
    Column("主要店铺", 26),
    Column("所在地", 13),
    Column("主办部门", 20),
    Column("主要问题", 50),
    Column("件数", 7, "number"),
    Column("展示金额（元）", 13, "money"),
    Column("预期危害（元）", 13, "money"),
)


def overview(book: "Workbook", styles: Styles, leads: Leads, account: Account) -> None:
    """Write the page."""
    sheet = book.add_worksheet("概览")
    across(sheet, "概览")
    for at, column in enumerate(_COLUMNS):
        sheet.set_column(at, at, column.width)
    last = len(_COLUMNS) - 1
    sheet.merge_range(0, 0, 0, last, "网络商品侵权假冒线索　概览", styles.title)
    sheet.set_row(0, 30)
    told = f"生成日期 {account.made_on}　来源 {account.names}"
    sheet.merge_range(1, 0, 1, last, printable(told), styles.note)
    _figures(sheet, styles, leads, account)
    row = 6
    sheet.merge_range(
        row, 0, row, last, f"优先处理（预期危害最大的 {min(_FIRST, len(leads.leads))} 条）", styles.section
    )
    for at, column in enumerate(_COLUMNS):
        sheet.write_string(row + 1, at, column.name, styles.head)
    row += 2
    for lead in leads.leads[:_FIRST]:
        write(sheet, row, _cells(lead), _COLUMNS, styles)
        row += 1
    sheet.set_h_pagebreaks([row])
    for name, key in (("各主管部门", _owner), ("各地区", _province)):
        row += 1
        if counts := _summed(leads.leads, key):
            row = max(_chart(book, sheet, row, name, counts), _sums(sheet, styles, row, name, counts))
    sheet.print_area(0, 0, row, last)


def _owner(lead: Lead) -> str:
    return lead.owner.name.split("及")[0]


def _province(lead: Lead) -> str:
    return lead.province


def _figures(sheet: "Worksheet", styles: Styles, leads: Leads, account: Account) -> None:
    exposures = [lead.exposure for lead in leads.leads if lead.exposure is not None]
    figures = (
        ("筛查商品", account.rows - account.rejected),
        ("有风险", leads.facts),
        ("涉及卖家", leads.sellers),
        ("线索", leads.groups),
        ("其中关联多店", leads.linked),
        ("展示金额达移送数额标准的线索", sum(any(hint.amount_cny for hint in lead.hints) for lead in leads.leads)),
        ("已列线索的已知展示金额（元）", sum(exposures)),
    )
    places = ((0, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 9))
    for (name, value), (first, last) in zip(figures, places, strict=True):
        for row, cell, style in ((3, name, styles.head), (4, value, styles.figure)):
            if first == last:
                sheet.write(row, first, cell, style)
            else:
                sheet.merge_range(row, first, row, last, cell, style)
    sheet.set_row(4, 26)


def _cells(lead: Lead) -> tuple[object, ...]:
    more = f"\n等 {len(lead.shops)} 个关联店铺" if len(lead.shops) > 1 else ""
    return (
        lead.rank, lead.level, lead.lead_id, shop(lead.shops[0]) + more, lead.province, lead.owner.local,
        problems(lead), lead.listings, lead.exposure, lead.harm,
    )  # fmt: skip


def _sums(sheet: "Worksheet", styles: Styles, row: int, title: str, counts: Sums) -> int:
    """A small table with the most harmful first; return the row after it."""
    sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, f"{title}（已列出的线索；金额为已知部分）", styles.section)
    at = row + 1
    sheet.merge_range(at, 0, at, 2, title.removeprefix("各"), styles.head)
    for place, name in enumerate(("线索数", "展示金额（元）", "预期危害（元）"), start=3):
        sheet.write_string(at, place, name, styles.head)
    for name, figures in counts:
        at += 1
        sheet.merge_range(at, 0, at, 2, name, styles.text)
        for place, figure in enumerate(figures, start=3):
            sheet.write_number(at, place, figure, styles.money)
    return at + 1


def _summed(leads: Iterable[Lead], key: Callable[[Lead], str]) -> Sums:
    """Name -> leads, exposure, harm; the most harmful first."""
    held: dict[str, tuple[int, float, float]] = {}
    for lead in leads:
        number, exposure, harm = held.get(key(lead), (0, 0.0, 0.0))
        held[key(lead)] = number + 1, exposure + (lead.exposure or 0.0), harm + lead.harm
    return sorted(held.items(), key=lambda item: (-item[1][2], item[0]))


def _chart(book: "Workbook", sheet: "Worksheet", row: int, title: str, counts: Sums) -> int:
    """Draw the leads of a table that begins at `row` beside it; return the row after the picture."""
    bars = min(len(counts), _BARS)
    first, last = row + 2, row + 1 + bars
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": ["概览", first, 0, last, 0],
            "values": ["概览", first, 3, last, 3],
            "fill": {"color": "#595959"},
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_title({"name": f"{title}线索数", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    most = max(number for _, (number, _, _) in counts)
    chart.set_x_axis({"major_gridlines": {"visible": False}, "visible": False, "min": 0, "max": 1.15 * most})
    height = 80 + 24 * bars
    chart.set_size({"width": 640, "height": height})
    sheet.insert_chart(row + 1, 6, chart, {"x_offset": 12, "y_offset": 4})
    return row + 2 + -(-height // 20)
