"""Kinship: sellers that are likely the same hands: one credit code, (nearly) one name, or nearly one title."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, func, select

from service.ledger.ledger import Rows
from service.ledger.tables import EVALUATIONS, QUEUE, QUEUE_BANDS
from service.shop import plain_name, stem

By = Literal["uscc", "name", "shop", "title"]
"""shop: nearly the same name, 旗舰店, 小店 or a number aside; a candidate, as leads take it."""
_MOST = 12
"""Kin of a seller, and sellers whose own kin are looked up: a picture of more shows nothing."""
_SHARED = 3
"""Keys two titles share at least; of eight, so that chance alone makes few kin."""

_SHORTEST, _COMMON, _LOOKED_AT = 3, 5, 200
"""Characters of a name that is not everybody's, sellers that may share one (as in service.leads.linking), and names
looked at that begin alike."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two sellers, and what they have in common."""

    one: str
    other: str
    by: By


def ties(ledger: Rows, seller_id: str) -> list[Tie]:
    """Ties of a seller, and of its kin among themselves and with others: two steps, each pair and kind once."""
    found: dict[tuple[str, str, By], Tie] = {}
    near = _of(ledger, seller_id)
    kin = [tie.other for tie in near][:_MOST]
    for tie in (*near, *(more for name in dict.fromkeys(kin) for more in _of(ledger, name))):
        one, other = sorted((tie.one, tie.other))
        found.setdefault((one, other, tie.by), Tie(one, other, tie.by))
    return list(found.values())


def _of(ledger: Rows, seller_id: str) -> list[Tie]:
    table = EVALUATIONS.c
    found: list[Tie] = []
    for by, column in (("uscc", table.seller_uscc), ("name", table.seller_name)):
        same = select(column).where(table.seller_id == seller_id, column.is_not(None))
        others = select(table.seller_id).where(column.in_(same), table.seller_id != seller_id)
        found += [Tie(seller_id, name, by) for name in _names(ledger, others)]  # type: ignore[arg-type] # see the pair
    found += [Tie(seller_id, name, "shop") for name in _called_alike(ledger, seller_id)]
    return found + [Tie(seller_id, name, "title") for name in _names(ledger, _sharing(seller_id))]


def _called_alike(ledger: Rows, seller_id: str) -> list[str]:
    """Sellers whose shop is called nearly the same; what more than a few are called links nobody."""
    table = EVALUATIONS.c
    own = select(table.seller_name).where(table.seller_id == seller_id, table.seller_name.is_not(None))
    found: set[str] = set()
    for name in _names(ledger, own):
        if len(plain_name(name)) < _SHORTEST:
            continue
        begin = stem(name)
        alike = table.seller_name >= begin, table.seller_name < begin + _LAST, table.seller_name != name
        told = select(table.seller_id, table.seller_name).where(*alike, table.seller_id.is_not(None))
        others = ledger.rows(told.distinct().limit(_LOOKED_AT))
        same = {row["seller_id"] for row in others if plain_name(row["seller_name"]) == plain_name(name)} - {seller_id}
        found |= same if len(same) < _COMMON else set()
    return sorted(found)[:_MOST]


def _sharing(seller_id: str) -> Select[Any]:
    """Sellers with a case whose title is nearly that of a case of this one."""
    own = select(EVALUATIONS.c.seq).where(EVALUATIONS.c.seller_id == seller_id)
    mine, theirs, other = QUEUE_BANDS.alias("mine"), QUEUE_BANDS.alias("theirs"), QUEUE.alias("other")
    cases = select(QUEUE.c.case_id).where(QUEUE.c.evaluation_seq.in_(own), QUEUE.c.golden.is_(None)).limit(200)
    pairs = select(other.c.seller_id).select_from(mine).join(theirs, theirs.c.band == mine.c.band)
    pairs = pairs.join(other, other.c.case_id == theirs.c.case_id).where(mine.c.case_id.in_(cases))
    pairs = pairs.where(other.c.seller_id.is_not(None), other.c.seller_id != seller_id, other.c.golden.is_(None))
    return pairs.group_by(mine.c.case_id, other.c.case_id, other.c.seller_id).having(func.count() >= _SHARED)


def _names(ledger: Rows, statement: Select[Any]) -> Sequence[str]:
    names = {next(iter(row.values())) for row in ledger.rows(statement.distinct().limit(_MOST))}
    return sorted(name for name in names if name is not None)
