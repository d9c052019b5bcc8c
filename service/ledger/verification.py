"""Verification: whether the ledger still says what was written, and where it first does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.ledger.chain import GENESIS, Link, digest, personal_digest
from service.ledger.tables import ERASURES, KINDS, PERSONAL, RECORDS, Row

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `head` names the newest record and everything before it: keep it elsewhere, compare it later."""

    records: int
    erased: int
    head: str
    broken: int | None = None  # seq of the first record that is not as it was written; None: all hold
    why: str = ""


def verify(ledger: Connection, *, expected: tuple[int, str] | None = None) -> Verdict:
    """Check every record. `expected` is (seq, digest) of a head noted earlier: an end cut off is found by it alone."""
    head, last, erased = GENESIS, 0, 0
    counts: dict[str, int] = {}
    for link, row in _records(ledger):
        last += 1
        if why := _fault(head, last, link, row):
            return Verdict(last - 1, erased, head, last, why)
        head = link.digest
        if expected and expected[0] == last and expected[1] != head:
            return Verdict(last, erased, head, last, f"record {last} is not the one that was noted")
        erased += link.personal is not None and link.salt is None
        counts[link.kind] = counts.get(link.kind, 0) + 1
    why = _astray(ledger, counts, erased)
    if expected and expected[0] > last:
        why = f"record {expected[0]} was noted and is gone"
    return Verdict(last, erased, head, last + 1 if why else None, why)


def _fault(previous: str, seq: int, link: Link, row: Row | None) -> str:
    if link.seq != seq:
        return f"record {seq} is missing"
    if row is None:
        return f"record {seq} has lost its row of kind {link.kind}"
    if link.digest != digest(previous, link, row):
        return f"record {seq} ({link.kind}, {link.at}) was changed, or does not follow the one before it"
    told = [name for name in PERSONAL[link.kind] if row.get(name) is not None]
    erased = link.personal is not None and link.salt is None
    if told and (link.personal is None or erased):
        return f"record {seq} holds personal data that was not written with it: {', '.join(told)}"
    if link.salt is not None and personal_digest(link.kind, row, link.salt) != link.personal:
        return f"record {seq} ({link.kind}, {link.at}) has other personal data than it was written with"
    return ""


def _astray(ledger: Connection, counts: Mapping[str, int], erased: int) -> str:
    """Say what no single record shows: rows that belong to none, data that went without an erasure."""
    for kind, table in KINDS.items():
        if (rows := ledger.execute(select(func.count()).select_from(table)).scalar_one()) != counts.get(kind, 0):
            return f"{table.name} holds {rows} rows, but {counts.get(kind, 0)} were recorded"
    told = ledger.execute(select(func.coalesce(func.sum(ERASURES.c.erased), 0))).scalar_one()
    return "" if told == erased else f"{erased} records are without personal data, but erasures tell of {told}"


def _records(ledger: Connection) -> Iterator[tuple[Link, Row | None]]:
    last = 0
    newer = select(RECORDS).order_by(RECORDS.c.seq).limit(_CHUNK)
    while links := [Link(**row) for row in ledger.execute(newer.where(RECORDS.c.seq > last)).mappings()]:
        rows: dict[tuple[str, int], Row] = {}
        for kind in {link.kind for link in links} & KINDS.keys():
            table = KINDS[kind]
            found = ledger.execute(select(table).where(table.c.seq.between(links[0].seq, links[-1].seq))).mappings()
            rows |= {(kind, row["seq"]): dict(row) for row in found}
        yield from ((link, rows.get((link.kind, link.seq))) for link in links)
        last = links[-1].seq
