"""Leads as tables: in full by the authority that leads, each on pages of its own; in one line each by region."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from service.leads.book.sheet import Column, Styles, close_table, lay_out, lines, write
from service.leads.lead import Cited, Lead, Shop
from service.leads.transfer import clause

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_TITLE = 40  # characters of a title that stands as an example
_SHOPS, _PROBLEMS, _LAWS, _CHECKS, _HINTS = 8, 5, 6, 9, 3
_FULL = (
    Column("主办部门\n（协办）", 14),
    Column("风险", 7, "risk"),
    Column("序号\n线索号", 11, "centre"),
    Column("店铺（平台）、经营主体与所在地", 24),
    Column("涉嫌问题与证据原词（商品件数）", 36),
    Column("法律依据（采集日有效）", 24),
    Column("商品\n件数", 6, "number"),
    Column("展示金额\n（元）", 11, "money"),
    Column("移送提示", 17),
    Column("待核实", 27),
)
_BRIEF = (
    Column("地区", 13),
    Column("风险", 8, "risk"),
    Column("序号", 6, "centre"),
    Column("线索号", 13, "centre"),
    Column("店铺", 28),
    Column("主要问题", 50),
    Column("送交部门", 24),
    Column("商品\n件数", 7, "number"),
    Column("展示金额\n（元）", 12, "money"),
    Column("预期危害\n（元）", 12, "money"),
)
_AMOUNTS = "展示金额＝页面展示销量×标价（仅已知部分，可能含刷单）；"


def by_authority(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """Everything about a lead; one page or more for every authority."""
    note = f"按主办部门分页，其内按预期危害排列。{_AMOUNTS}移送提示不认定犯罪，{clause()}。条文全名与罚则见“法律条文”。"
    sheet = book.add_worksheet("按主管部门")
    row = first = lay_out(sheet, _FULL, styles, title="线索清单（按主管部门）", note=note)
    breaks, before = [], ""
    for lead in _gathered(leads, lambda one: one.owner.id):
        if before not in {"", lead.owner.id}:
            breaks.append(row)
        before = lead.owner.id
        write(sheet, row, _full(lead), _FULL, styles)
        row += 1
    if breaks:
        sheet.set_h_pagebreaks(breaks)
    close_table(sheet, first, row, _FULL)


def by_region(book: "Workbook", styles: Styles, leads: tuple[Lead, ...]) -> None:
    """One line for every lead."""
    note = (
        f"按所在省份排列；证据、依据、待核实事项见“按主管部门”同号线索。{_AMOUNTS}"
        "预期危害＝概率×类目权重×展示金额，缺项按最低估计。"
    )
    sheet = book.add_worksheet("按地区")
    row = first = lay_out(sheet, _BRIEF, styles, title="线索清单（按地区）", note=note)
    for lead in _gathered(leads, lambda one: one.province):
        write(sheet, row, _brief(lead), _BRIEF, styles)
        row += 1
    close_table(sheet, first, row, _BRIEF)


def _gathered(leads: Sequence[Lead], key: Callable[[Lead], str]) -> list[Lead]:
    """Leads with the same key together, the key of the most harm first."""
    weight: dict[str, float] = {}
    for lead in leads:
        weight[key(lead)] = weight.get(key(lead), 0.0) + lead.harm
    return sorted(leads, key=lambda one: (-weight[key(one)], key(one), one.rank))


def _full(lead: Lead) -> tuple[object, ...]:
    others = "、".join(one.local for one in lead.others[:3])
    return (
        lead.owner.local + (f"\n协办：{others}" if others else ""),
        lead.level,
        f"{lead.rank}\n{lead.lead_id}",
        shops(lead),
        problems(lead),
        laws(lead.law),
        lead.listings,
        lead.exposure,
        _hints(lead),
        lines(lead.to_verify, _CHECKS, "见JSON"),
    )


def _brief(lead: Lead) -> tuple[object, ...]:
    others = sorted({one.place.province for one in lead.shops} - {lead.province})
    return (
        lead.province + (f"\n另涉：{'、'.join(others)}" if others else ""),
        lead.level,
        lead.rank,
        lead.lead_id,
        first_shop(lead),
        main_problem(lead),
        lead.owner.local,
        lead.listings,
        lead.exposure,
        lead.harm,
    )


def _hints(lead: Lead) -> str:
    if lead.hints:
        return lines([hint.brief for hint in lead.hints], _HINTS, "见JSON")
    if lead.level == "low":
        return "低风险，不比对移送标准"
    return "金额未知，无法比对" if lead.exposure is None else "未见须核查移送的情形（按已知金额）"


_BY = {"uscc": "（据登记代码）", "stated": "（页面自述）", "": ""}


def first_shop(lead: Lead) -> str:
    """The largest shop, and how many belong to it."""
    more = f"\n等 {len(lead.shops)} 个关联店铺" if len(lead.shops) > 1 else ""
    return _named(lead.shops[0]) + more


def shops(lead: Lead) -> str:
    """Shops under the company and place they share, and why they are one lead."""
    held: dict[tuple[str, str], list[str]] = {}
    for one in lead.shops[:_SHOPS]:
        company = f"统一社会信用代码 {one.uscc}" if one.uscc else "未展示统一社会信用代码"
        held.setdefault((company, one.place.province + _BY[one.place.by]), []).append(_named(one))
    told = ["\n".join((*names, company, place)) for (company, place), names in held.items()]
    if len(lead.shops) > _SHOPS:
        told.append(f"（另有{len(lead.shops) - _SHOPS}家，见“寄递提示清单”）")
    if lead.ties:
        told.append("【关联】" + "；".join(f"{tie.zh}：{tie.value[:_TITLE]}" for tie in lead.ties[:3]))
    return "\n".join(told)


def _named(one: Shop) -> str:
    name = one.name or one.seller_id or "卖家不明"
    return f"{name[:_TITLE]}（{(one.platform or '平台未注明')[:_TITLE]}）"


def problems(lead: Lead) -> str:
    """What is wrong, in how many listings, and what the worst of them is called."""
    told = [f"{one.message}（{one.listings}件）" for one in lead.problems if one.severity != "low"]
    told = told or [f"{one.message}（{one.listings}件）" for one in lead.problems]
    return f"{lines(told, _PROBLEMS) or _NO_RULE}\n{_example(lead)}"


def main_problem(lead: Lead) -> str:
    """The gravest of what is wrong, in two lines."""
    more = f" 等{len(lead.problems)}类问题" if len(lead.problems) > 1 else ""
    return (lead.problems[0].message + more if lead.problems else _NO_RULE) + f"\n{_example(lead)}"


_NO_RULE = "仅综合得分较高，无单项发现"


def _example(lead: Lead) -> str:
    title = lead.offers[0].fact.title
    return f"例：{title if len(title) <= _TITLE else f'{title[:_TITLE]}…'}"


def laws(cited: Iterable[Cited]) -> str:
    """Under which articles; those of one law together, which is called by its short name."""
    held: dict[str, list[str]] = {}
    for one in cited:
        name, found, article = one.text.partition(")第")
        held.setdefault(name.replace("中华人民共和国", "") + found[:1], []).append(f"第{article}" if found else "")
    told = [name + "、".join(articles) for name, articles in held.items()]
    return lines(told, _LAWS, "见“法律条文”") or "无单项条文：仅模型判断，立案前须取得其他证据"
