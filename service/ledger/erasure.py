"""Erasure: personal data and snapshots go, the chain stays. An erasure is itself a record."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import Select, Table, null, select, update

from service import clock
from service.ledger import queue
from service.ledger.ledger import Ledger, Page, stamp
from service.ledger.tables import CASES, EVALUATIONS, KINDS, LABELS, PERSONAL, RECORDS

_OF_LISTINGS = ("label", "case", "evaluation", "job")
"""Kinds that tell of people, those that others are found by last; a job by the name of its file."""


def erase_seller(ledger: Ledger, seller_id: str, *, who: str, why: str) -> int:
    """Erase what is personal in every record about a seller; return how many records lost something."""
    evaluations = select(EVALUATIONS.c.seq).where(EVALUATIONS.c.seller_id == seller_id)
    labels = select(LABELS.c.seq).where(LABELS.c.evaluation_seq.in_(evaluations))
    cases = select(CASES.c.seq).where(CASES.c.evaluation_seq.in_(evaluations))
    about = {"label": labels, "case": cases, "evaluation": evaluations}
    return _erase(ledger, about, ("seller", hashlib.sha256(seller_id.encode()).hexdigest()), who, why)


def erase_before(ledger: Ledger, day: date, *, who: str, why: str) -> int:
    """Erase what is personal in all records about listings or files from before a day in China; return how many."""
    before = stamp(datetime.combine(day, time(), clock.CHINA))
    old = select(RECORDS.c.seq).where(RECORDS.c.kind.in_(_OF_LISTINGS), RECORDS.c.at < before)
    with ledger.view() as view:
        first = view.rows(old.where(RECORDS.c.salt.is_not(None)).order_by(RECORDS.c.seq).limit(1))
    if not first:  # what was erased before is not written anew
        return 0
    since = RECORDS.c.seq >= first[0]["seq"]
    about = {
        kind: select(RECORDS.c.seq).where(RECORDS.c.kind == kind, RECORDS.c.at < before, since) for kind in _OF_LISTINGS
    }
    return _erase(ledger, about, ("age", day.isoformat()), who, why)


def _erase(ledger: Ledger, about: Mapping[str, Select[tuple[int]]], what: tuple[str, str], who: str, why: str) -> int:
    with ledger.writing() as page:
        queue.forget(page, about["evaluation"])
        erased = sum(_empty(page, KINDS[kind], PERSONAL[kind], about[kind]) for kind in about)
        if erased:
            told = {"scope": what[0], "subject": what[1], "erased": erased, "who": who, "why": why}
            page.add("erasure", told)
    if erased:
        ledger.scrub()
    return erased


def _empty(page: Page, table: Table, columns: tuple[str, ...], seqs: Select[tuple[int]]) -> int:
    salted = RECORDS.c.salt.is_not(None)
    erased = page.erase(update(RECORDS).where(RECORDS.c.seq.in_(seqs), salted).values(salt=null()))
    page.erase(update(table).where(table.c.seq.in_(seqs)).values(dict.fromkeys(columns, null())))
    return erased
