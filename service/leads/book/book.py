"""The whole workbook."""

import io
from datetime import datetime

from xlsxwriter import Workbook

from service.leads.account import Account
from service.leads.book.couriers import couriers
from service.leads.book.evidence import evidence
from service.leads.book.law import law
from service.leads.book.method import method
from service.leads.book.overview import overview
from service.leads.book.sheet import Styles
from service.leads.book.table import by_authority, by_region
from service.leads.lead import Leads


def workbook(leads: Leads, account: Account) -> bytes:
    """Write leads as an .xlsx file. Crawled text is written as text: no cell is a formula or a link."""
    out = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with Workbook(out, safe) as book:
        book.set_properties({"title": "网络商品侵权假冒线索", "author": "甄伪 Zhenwei", "created": _day(account)})
        styles = Styles(book, account.made_on)
        overview(book, styles, leads, account)
        by_authority(book, styles, leads.leads)
        by_region(book, styles, leads.leads)
        evidence(book, styles, leads.leads)
        couriers(book, styles, leads.leads)
        law(book, styles, leads.leads)
        method(book, styles, leads, account)
    return out.getvalue()


def _day(account: Account) -> datetime:
    """The day it was made, so that the same leads are the same bytes."""
    return datetime.fromisoformat(account.made_on)
