"""The provisions that leads cite, with what they say and what they threaten."""

from typing import TYPE_CHECKING

from service.leads.book.sheet import Column, Styles, close_table, lay_out, write
from service.leads.lead import Cited, Lead

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_COLUMNS = (
    Column("法律依据", 46),
    Column("要点", 50),
    Column("罚则（摘要）", 56),
    Column("依据状态", 10, "centre"),
    Column("线索数", 8, "number"),
    Column("商品数", 8, "number"),
)


def law(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """One row for every provision, the most cited first."""
    sheet = book.add_worksheet("法律条文")
    note = "按商品采集日有效的版本列出；要点与罚则为摘要，引用前请核对原文。状态为“待核”的条文来自转述资料。"
    row = first = lay_out(sheet, _COLUMNS, styles, title="线索所引法律条文", note=note)
    held: dict[str, Cited] = {}
    counts: dict[str, tuple[int, int]] = {}
    for lead in leads:
        for one in lead.law:
            held[one.text] = one
            before = counts.get(one.text, (0, 0))
            counts[one.text] = before[0] + 1, before[1] + one.listings
    for text in sorted(counts, key=lambda text: (-counts[text][0], text)):
        one = held[text]
        state = "已核" if one.confidence == "confirmed" else "待核"
        write(sheet, row, (text, one.title, one.penalty or "见该法罚则", state, *counts[text]), _COLUMNS, styles)
        row += 1
    close_table(sheet, first, row, _COLUMNS)
