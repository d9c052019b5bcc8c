"""Groups: open cases whose titles may be nearly the same, found by the keys they share."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, union_all

from service.ledger.ledger import Rows
from service.ledger.tables import QUEUE, QUEUE_BANDS, Row

_OF_KEY, _NEAR = 200, 60
"""Cases looked at that share one key with a title, and of all those the ones compared with it."""


def near_rows(ledger: Rows, row: Row) -> Sequence[Row]:
    """Other open cases whose titles share keys with this one, of many those that share most, by their place."""
    keys = select(QUEUE_BANDS.c.band).where(QUEUE_BANDS.c.case_id == (row["golden"] or row["case_id"]))
    # a query of its own for each, or a planner that has no statistics yet begins with all that is open
    state = select(QUEUE.c.state).where(QUEUE.c.case_id == QUEUE_BANDS.c.case_id, QUEUE.c.golden.is_(None))
    mates = select(QUEUE_BANDS.c.case_id).where(QUEUE_BANDS.c.case_id != row["case_id"])
    mates = mates.where(state.scalar_subquery() == "open")
    of_each = [
        select(mates.where(QUEUE_BANDS.c.band == key["band"]).limit(_OF_KEY).subquery()) for key in ledger.rows(keys)
    ]
    found = ledger.rows(select(union_all(*of_each).subquery())) if of_each else ()
    shared = Counter(one["case_id"] for one in found)
    chosen = sorted(shared, key=lambda name: (-shared[name], name))[:_NEAR]
    return ledger.rows(select(QUEUE).where(QUEUE.c.case_id.in_(chosen)).order_by(QUEUE.c.rank, QUEUE.c.case_id))
