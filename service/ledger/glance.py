"""A glance at a seller: what else was seen of it, for whoever judges one of its listings."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from service.ledger.labels import STANDING
from service.ledger.ledger import Rows
from service.ledger.tables import EVALUATIONS, LABELS

_LOOKED_AT = 200
"""Evaluations looked at, the newest: a reviewer waits for it at every case."""
_RISKY = ("high", "medium")


@dataclass(frozen=True, slots=True)
class Glance:
    """Other listings of a seller."""

    listings: int
    risky: int  # of them, high or medium when they were seen last
    verdicts: dict[str, int]  # labels in force by verdict
    whole: bool  # False: the seller has more


def glance(ledger: Rows, seller_id: str, listing_id: str, platform: str | None) -> Glance:
    """Look at a seller's other listings. Labels of the listing itself would tell which cases have a known verdict."""
    table = EVALUATIONS.c
    told = select(table.seq, table.listing_id, table.platform, table.level).where(table.seller_id == seller_id)
    rows = ledger.rows(told.order_by(table.seq.desc()).limit(_LOOKED_AT))
    others = [row for row in rows if (row["listing_id"], row["platform"]) != (listing_id, platform)]
    newest: dict[tuple[str, str | None], str | None] = {}
    for row in others:
        newest.setdefault((row["listing_id"], row["platform"]), row["level"])
    said = select(LABELS.c.verdict, func.count().label("n")).where(STANDING).group_by(LABELS.c.verdict)
    labels = ledger.rows(said.where(LABELS.c.evaluation_seq.in_([row["seq"] for row in others]))) if others else ()
    risky = Counter(level in _RISKY for level in newest.values())[True]
    return Glance(len(newest), risky, {row["verdict"]: row["n"] for row in labels}, len(rows) < _LOOKED_AT)
