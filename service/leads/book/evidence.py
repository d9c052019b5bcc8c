"""Evidence, listing by listing, with the words that tell marked in the title as it was written."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from service.leads.book.sheet import Column, Styles, close_table, lay_out, lines, printable, write
from service.leads.describing import SHOWN
from service.leads.fact import LeadFact, Paper
from service.leads.lead import Lead, Offer

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_TITLE = 3
_MOST_RUNS = 60
_FOUND, _BESIDE = 6, 4
_COLUMNS = (
    Column("线索号", 12, "centre"),
    Column("风险", 7, "risk"),
    Column("店铺", 15),
    Column("商品标题（证据文字加粗、下划线）", 38),
    Column("标价\n（元）", 8, "money"),
    Column("展示\n销量", 9, "number"),
    Column("展示金额\n（元）", 11, "money"),
    Column("发现、标题以外的证据、证照核查", 48),
    Column("采集日", 10, "centre"),
    Column("链接、商品编号、评估编号", 34),
)


def evidence(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """One row for every listing that is told."""
    sheet = book.add_worksheet("证据明细")
    note = (
        f"每条线索按危害列出最多{SHOWN}件商品；风险为“低”的，分数低但有规则证据。评估编号可在系统中重现该结论"
        "（模型、知识、登记库版本见“方法与局限”）。"
    )
    row = first = lay_out(sheet, _COLUMNS, styles, title="证据明细", note=note)
    for lead in leads:
        for offer in lead.offers:
            write(sheet, row, _cells(lead, offer), _COLUMNS, styles)
            marked(sheet, row, offer.fact, styles)
            row += 1
    close_table(sheet, first, row, _COLUMNS)


def marked(sheet: "Worksheet", row: int, fact: LeadFact, styles: Styles) -> None:
    """Write a title over its cell, its evidence marked; spans are code points of the title as written."""
    runs: list[object] = []
    kinds: list[bool] = []
    for text, told in pieces(fact):
        mark: Format = styles.mark if told else styles.run
        runs += [mark, printable(text)]
        kinds.append(told)
    if len(kinds) > 1:
        sheet.write_rich_string(row, _TITLE, *runs, styles.text)
    else:
        sheet.write_string(row, _TITLE, printable(fact.title), styles.text)


def pieces(fact: LeadFact) -> Iterable[tuple[str, bool]]:
    """A title in pieces, each with whether it is evidence; together they are the title."""
    told = bytearray(len(fact.title))
    for fault in fact.faults:
        for mark in fault.marks:
            if mark.field == "title":
                told[mark.start : mark.end] = b"\1" * (min(mark.end, len(told)) - mark.start)
    start = 0
    count = 0
    for at in range(1, len(told) + 1):
        if at == len(told) or (told[at] != told[start] and count < _MOST_RUNS):
            yield fact.title[start:at], bool(told[start])
            start, count = at, count + 1


def _cells(lead: Lead, offer: Offer) -> tuple[object, ...]:
    fact = offer.fact
    beside = [
        f"{_field(mark.field)}：{mark.text}" for one in fact.faults for mark in one.marks if mark.field != "title"
    ]
    found = [lines([one.message for one in fact.faults], _FOUND, "见JSON") or "综合得分较高"]
    found += [f"［{one}］" for one in (*list(dict.fromkeys(beside))[:_BESIDE], *map(_paper, fact.papers[:_BESIDE]))]
    return (
        lead.lead_id,
        fact.level,
        fact.seller_name or fact.seller_id or "卖家不明",
        fact.title,
        fact.price_cny,
        fact.sales,
        offer.exposure,
        "\n".join(found),
        fact.seen_on or "未提供",
        "\n".join(part for part in (fact.url, f"商品 {fact.listing_id}", fact.evaluation_id) if part),
    )


def _paper(one: Paper) -> str:
    if one.structure == "malformed":
        return f"{one.number}：结构不可能存在"
    return f"{one.number}：{_REGISTER[one.register]}" + (f"（截至{one.snapshot}）" if one.snapshot else "")


_REGISTER = {
    "match": "与登记相符",
    "mismatch": "与登记产品不符",
    "not_found": "登记库中没有",
    "not_checked": "未比对登记库",
}
_FIELDS = {
    "description": "详情",
    "brand": "品牌",
    "seller.name": "店名",
    "seller.seller_id": "卖家",
    "price_cny": "标价与参考低价（元）",
}


def _field(name: str) -> str:
    return _FIELDS.get(name, name.removeprefix("attributes."))
