"""The first page: how much, who first, which authority and which province. It prints on one sheet."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from service.leads.account import Account
from service.leads.book.sheet import Column, Styles, across, printable, write
from service.leads.book.table import first_shop, main_problem
from service.leads.lead import Lead, Leads

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Sums = Sequence[tuple[str, tuple[int, float, float]]]
_FIRST = 10
_ROWS = 12  # of a table of sums; what does not fit is one row more
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
_LAST = len(_COLUMNS) - 1
_LEFT = ((0, 2), (3, 3), (4, 4))  # columns of a name, a number of leads, an amount
_RIGHT = ((5, 5), (6, 6), (7, 9))


def overview(book: "Workbook", styles: Styles, leads: Leads, account: Account) -> None:
    """Write the page."""
    sheet = book.add_worksheet("概览")
    across(sheet, styles, "概览", pages=1)
    for at, column in enumerate(_COLUMNS):
        sheet.set_column(at, at, column.width)
    sheet.merge_range(0, 0, 0, _LAST, "网络商品侵权假冒线索　概览", styles.title)
    sheet.set_row(0, 30)
    told = f"生成日期 {account.made_on}　来源 {account.names}　需复核＝高、中风险，以及分数低但有规则证据的商品"
    sheet.merge_range(1, 0, 1, _LAST, printable(told), styles.note)
    _figures(sheet, styles, leads, account)
    row = 6
    first = leads.leads[:_FIRST]
    sheet.merge_range(row, 0, row, _LAST, f"优先处理（预期危害最大的 {len(first)} 条）", styles.section)
    for at, column in enumerate(_COLUMNS):
        sheet.write_string(row + 1, at, column.name, styles.head)
    row += 2
    for lead in first:
        write(sheet, row, _cells(lead), _COLUMNS, styles)
        row += 1
    title = f"各主管部门、各地区（已列出的 {len(leads.leads)} 条线索；金额为已知部分，横条为线索数）"
    sheet.merge_range(row + 1, 0, row + 1, _LAST, title, styles.section)
    tables = (("主办部门", _owner, _LEFT), ("地区", _province, _RIGHT))
    ends = [
        _sums(sheet, styles, row + 2, ((name, "线索数", "展示金额（元）"), places), _summed(leads.leads, key))
        for name, key, places in tables
    ]
    sheet.print_area(0, 0, max(ends), _LAST)


def _owner(lead: Lead) -> str:
    return lead.owner.name.split("及")[0]


def _province(lead: Lead) -> str:
    return lead.province


def _figures(sheet: "Worksheet", styles: Styles, leads: Leads, account: Account) -> None:
    figures = (
        ("筛查商品", account.rows - account.rejected),
        ("需复核", leads.facts),
        ("涉及卖家", leads.sellers),
        ("线索", leads.groups),
        ("其中关联多店", leads.linked),
        ("展示金额达移送数额标准的线索", leads.transfers),
        ("已列线索的已知展示金额（元）", "未知" if leads.exposure is None else leads.exposure),
    )
    places = ((0, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 9))
    for (name, value), place in zip(figures, places, strict=True):
        _across(sheet, 3, place, name, styles.head)
        _across(sheet, 4, place, value, styles.figure)
    sheet.set_row(4, 26)


def _across(sheet: "Worksheet", row: int, place: tuple[int, int], cell: object, style: "Format") -> None:
    if place[0] == place[1]:
        sheet.write(row, place[0], cell, style)
    else:
        sheet.merge_range(row, place[0], row, place[1], cell, style)


def _cells(lead: Lead) -> tuple[object, ...]:
    return (
        lead.rank, lead.level, lead.lead_id, first_shop(lead), lead.province, lead.owner.local,
        main_problem(lead), lead.listings, lead.exposure, lead.harm,
    )  # fmt: skip


def _sums(
    sheet: "Worksheet", styles: Styles, row: int, heads: tuple[Sequence[str], Sequence[tuple[int, int]]], counts: Sums
) -> int:
    """A small table with the most harmful first, bars behind the numbers of leads; return its last row."""
    names, places = heads
    for place, head in zip(places, names, strict=True):
        _across(sheet, row, place, head, styles.head)
    rest = counts[_ROWS:]
    shown = [(name, number, exposure) for name, (number, exposure, _) in counts[:_ROWS]]
    if rest:
        sums = sum(number for _, (number, _, _) in rest), sum(exposure for _, (_, exposure, _) in rest)
        shown.append((f"其余 {len(rest)} 个", *sums))
    for at, cells in enumerate(shown, start=row + 1):
        for place, cell, style in zip(places, cells, (styles.text, styles.number, styles.money), strict=True):
            _across(sheet, at, place, cell, style)
    if shown:
        bar = {"type": "data_bar", "bar_color": "#BFBFBF", "min_type": "num", "min_value": 0}
        sheet.conditional_format(row + 1, places[1][0], row + len(shown), places[1][0], bar)
    return row + len(shown)


def _summed(leads: Iterable[Lead], key: Callable[[Lead], str]) -> Sums:
    """Name -> leads, exposure, harm; the most harmful first."""
    held: dict[str, tuple[int, float, float]] = {}
    for lead in leads:
        number, exposure, harm = held.get(key(lead), (0, 0.0, 0.0))
        held[key(lead)] = number + 1, exposure + (lead.exposure or 0.0), harm + lead.harm
    return sorted(held.items(), key=lambda item: (-item[1][2], item[0]))
