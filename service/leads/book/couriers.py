"""The notice list for couriers, as a page that can be handed out by itself."""

from typing import TYPE_CHECKING

from service.leads.book.sheet import Column, Styles, close_table, lay_out, lines, write
from service.leads.couriers import notices, words
from service.leads.lead import Lead

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_COLUMNS = (
    Column("序号", 6, "centre"),
    Column("商家（店铺）名称", 24),
    Column("平台", 12),
    Column("统一社会信用代码", 21),
    Column("所在地", 12),
    Column("商品类别", 16),
    Column("商品特征（页面标题举例）", 44),
    Column("验视重点", 40),
    Column("线索号", 12, "centre"),
)


def couriers(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """One row for every shop."""
    sheet = book.add_worksheet("寄递提示清单")
    note = f"依据：{words().basis}\n{words().ask}"
    row = first = lay_out(sheet, _COLUMNS, styles, title="寄递企业协查提示清单", note=note)
    for number, one in enumerate(notices(leads), start=1):
        titles = lines(list(one.titles), len(one.titles))
        cells = (number, one.shop, one.platform or None, one.uscc or "未展示", one.province, one.goods, titles)
        write(sheet, row, (*cells, one.focus, one.lead_id), _COLUMNS, styles)
        row += 1
    close_table(sheet, first, row, _COLUMNS)
