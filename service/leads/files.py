"""The files of a package: the workbook for people, the same as JSON for programs, the courier list by itself."""

import csv
import io

import orjson

from features.tables.formula import unformula
from service.leads.account import Account
from service.leads.book.book import workbook
from service.leads.couriers import notices
from service.leads.lead import Leads
from training.report.shown import visible

_HEADER = ("商家名称", "平台", "统一社会信用代码", "所在地", "商品类别", "商品特征", "验视重点", "线索号")


def files(leads: Leads, account: Account) -> dict[str, bytes]:
    """Name -> bytes."""
    told = {"format": 1, "account": account, "leads": leads}
    return {
        "leads.xlsx": workbook(leads, account),
        "leads.json": orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        "couriers.csv": _couriers(leads),
    }


def _couriers(leads: Leads) -> bytes:
    """UTF-8 with the mark spreadsheets need; no cell can start a formula."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(_HEADER)
    for one in notices(leads.leads):
        titles = "；".join(one.titles)
        row = (one.shop, one.platform, one.uscc, one.province, one.goods, titles, one.focus, one.lead_id)
        table.writerow([unformula(visible(cell)) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
