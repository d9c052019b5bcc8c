"""Leads as a table: by the authority that leads, by region; each on pages of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.leads.book.sheet import Column, Styles, close_table, lay_out, lines, write
from service.leads.lead import Lead, Shop

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_TITLE = 40  # characters of a title that stands as an example
_SHOPS, _PROBLEMS, _LAWS, _CHECKS = 4, 4, 4, 5
_COLUMNS = (
    Column("风险", 8, "risk"),
    Column("序号\n线索号", 11, "centre"),
    Column("店铺（平台）、经营主体与所在地", 24),
    Column("涉嫌问题（商品件数）", 34),
    Column("法律依据（采集日有效）", 30),
    Column("商品\n件数", 6, "number"),
    Column("展示金额\n（元）", 10, "money"),
    Column("预期危害\n（元）", 10, "money"),
    Column("移送提示", 20),
    Column("待核实", 26),
)
_NOTE = (
    "按{by}分页，其内按预期危害排列。展示金额＝页面展示销量×标价（仅已知部分）；预期危害＝概率×类目权重×展示金额，"
    "缺项按最低估计。"
)


@dataclass(frozen=True, slots=True)
class _Order:
    """How leads are laid out: the name of the page, and what a page break stands between."""

    title: str
    first: Column
    note: str
    key: Callable[[Lead], str]
    told: Callable[[Lead], str]  # what stands in the first column


def by_authority(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """One page or more for every authority."""
    order = _Order(
        "按主管部门", Column("主办部门", 14), _NOTE.format(by="主办部门"), lambda lead: lead.owner.id, _owners
    )
    _table(book, styles, leads, order)


def by_region(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """One page or more for every province."""
    order = _Order("按地区", Column("地区", 14), _NOTE.format(by="所在省份"), lambda lead: lead.province, _region)
    _table(book, styles, leads, order)


def _table(book: "Workbook", styles: Styles, leads: tuple[Lead, ...], order: _Order) -> None:
    sheet = book.add_worksheet(order.title)
    columns = (order.first, *_COLUMNS)
    row = first = lay_out(sheet, columns, styles, title=f"线索清单（{order.title}）", note=order.note)
    weight: dict[str, float] = {}
    for lead in leads:
        weight[order.key(lead)] = weight.get(order.key(lead), 0.0) + lead.harm
    breaks, before = [], None
    for lead in sorted(leads, key=lambda one: (-weight[order.key(one)], order.key(one), one.rank)):
        if before not in {None, order.key(lead)}:
            breaks.append(row)
        before = order.key(lead)
        write(sheet, row, (order.told(lead), *_cells(lead)), columns, styles)
        row += 1
    if breaks:
        sheet.set_h_pagebreaks(breaks)
    close_table(sheet, first, row, columns)


def _region(lead: Lead) -> str:
    others = sorted({one.place.province for one in lead.shops} - {lead.province})
    more = f"\n另涉：{'、'.join(others)}" if others else ""
    return f"{lead.province}{more}\n送：{lead.owner.local}"


def _owners(lead: Lead) -> str:
    others = "、".join(one.name.split("及")[0] for one in lead.others[:3])
    return lead.owner.local + (f"\n协办：{others}" if others else "")


def _cells(lead: Lead) -> tuple[object, ...]:
    return (
        lead.level,
        f"{lead.rank}\n{lead.lead_id}",
        lines([f"{shop(one)}\n{one.place.province}{_BY[one.place.by]}" for one in lead.shops], _SHOPS) + tied(lead),
        problems(lead),
        laws(lead),
        lead.listings,
        lead.exposure,
        lead.harm,
        lines([hint.text for hint in lead.hints], 2) or "未见达到数额标准的情形（以已知金额计）",
        lines(list(lead.to_verify), _CHECKS),
    )


_BY = {"uscc": "（据登记代码）", "stated": "（页面自述）", "": ""}


def shop(one: Shop) -> str:
    """A shop on one line or two."""
    name = one.name or one.seller_id or "卖家不明"
    code = f"\n统一社会信用代码 {one.uscc}" if one.uscc else ""
    return f"{name}（{one.platform or '平台未注明'}）{code}"


def tied(lead: Lead) -> str:
    """Why several shops are one lead."""
    if not lead.ties:
        return ""
    told = "；".join(f"{tie.zh}：{tie.value[:40]}" for tie in lead.ties[:3])
    return f"\n【关联】{told}"


def problems(lead: Lead) -> str:
    """What is wrong, in how many listings, and what the worst of them is called."""
    told = [f"{one.message}（{one.listings}件）" for one in lead.problems if one.severity != "low"]
    told = told or [f"{one.message}（{one.listings}件）" for one in lead.problems]
    title = lead.offers[0].fact.title
    shown = title if len(title) <= _TITLE else f"{title[:_TITLE]}…"
    return f"{lines(told, _PROBLEMS) or '仅综合得分较高，无单项发现'}\n例：{shown}"


def laws(lead: Lead) -> str:
    """Under which articles."""
    return lines([one.text for one in lead.law], _LAWS) or "无单项条文：仅模型判断，立案前须取得其他证据"
