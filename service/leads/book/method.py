"""Method and limits: what the figures mean, and what they do not. The words are in method.toml."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from service.leads.account import Account, Input
from service.leads.book.sheet import Styles, across, height, printable
from service.leads.describing import SHOWN
from service.leads.harm import CERTAIN
from service.leads.lead import Leads
from service.leads.linking import KINDS, LARGEST

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_PATH = Path(__file__).with_name("method.toml")
_WIDTH = 115  # one column wider than the page is cut, not scaled, where fonts are wider than Excel's


def method(book: "Workbook", styles: Styles, leads: Leads, account: Account) -> None:
    """Write the page."""
    sheet = book.add_worksheet("方法与局限")
    across(sheet, styles, "方法与局限")
    sheet.set_column(0, 0, _WIDTH)
    sheet.write_string(0, 0, "方法与局限", styles.title)
    sheet.set_row(0, 26)
    told = _told(leads, account)
    row = 1
    for section in tomllib.loads(_PATH.read_text("utf-8"))["section"]:
        row += 1
        sheet.write_string(row, 0, section["heading"], styles.section)
        for text in section["texts"]:
            row += 1
            said = printable(text.format(**told))
            sheet.set_row(row, height(said, _WIDTH))
            sheet.write_string(row, 0, said, styles.note)
        row += 1
    sheet.print_area(0, 0, row, 0)


def _told(leads: Leads, account: Account) -> dict[str, str]:
    made = account.versions
    kinds = (
        f"{one.zh}（{'单独成立' if one.weight > 1 else '须有两项'}，超过{one.most}家共有则不用）"
        for one in KINDS.values()
    )
    return {
        "made_on": account.made_on,
        "bundle": made.bundle,
        "knowledge": made.knowledge,
        "code": made.code,
        "registers": "、".join(f"{kind} {name}" for kind, name in made.registers.items()) or "未导入，许可编号只查结构",
        "inputs": "\n".join(map(_input, account.inputs)),
        "rows": f"{account.rows:,}",
        "passed": f"{account.passed:,}",
        "unread": f"{account.not_assessed:,}",
        "rejected": f"{account.rejected:,}",
        "facts": f"{leads.facts:,}",
        "sellers": f"{leads.sellers:,}",
        "groups": f"{leads.groups:,}",
        "linked": f"{leads.linked:,}",
        "told": f"{len(leads.leads):,}",
        "shown": str(SHOWN),
        "kinds": "；".join(kinds),
        "common": "、".join(f"{name} {count} 个" for name, count in leads.common.items()) or "无",
        "largest": str(LARGEST),
        "loosened": str(leads.loosened),
        "certain": f"{CERTAIN:g}",
    }


def _input(one: Input) -> str:
    broken = f"；未读到末尾：{one.broken}" if one.broken else ""
    return f"文件 {one.name}：{one.rows:,} 行，其中被拒绝 {one.rejected:,} 行；sha256 {one.sha256}{broken}"
