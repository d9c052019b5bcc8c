"""The queue: which listings wait for a reviewer, derived from the chain behind a cursor.

Scoring does nothing for it: whoever looks at the queue first files what was answered since. An evaluation that asks for
review (or rejects) opens a case; there is one per listing and platform, the newest evaluation refreshes it, and only a
verdict closes it, so that an edit never hides a listing from review. A closed one opens anew when what was judged has
changed, its level has risen or its price has halved.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, delete, exists, func, or_, select

from service.ledger.labels import SOURCE, STANDING
from service.ledger.ledger import Ledger, Page, Rows
from service.ledger.likeness import bands
from service.ledger.tables import EVALUATIONS, LABELS, QUEUE, QUEUE_BANDS, QUEUE_CURSOR, RECORDS, Row

_ASKING = ("review", "reject")
_SCANNED, _FILED = 5000, 200
"""Records looked at, and evaluations filed, in one transaction: others wait for it at most some tens of ms."""
_UNMOVED = 500
"""Records without news that are looked at again, so that a reviewer's own steps cost no second commit."""
_LAST = 4
"""Priority of what is in no category of the work plan."""
_JUDGED = ("title", "description", "brand", "attributes", "category", "url")
"""Fields of a listing that a reviewer judges; a change in them asks for a new look."""
_UNKNOWN_RISK = 60
"""Where what could not be assessed stands: there may be anything in it."""
_STEP, _MOST = 5, 10**11 - 1  # points of risk that count as equal, so that exposure decides between them; CNY
_LEVELS: Mapping[str | None, int] = {None: 1, "low": 0, "medium": 1, "high": 2}
_SAME = ("risk_score", "level", "action", "category", "listing_id", "platform", "seller_id")
"""What a case says of its evaluation."""
_Subject = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Filing:
    """What the queue needs to know: priority by category, 1 is first, and how titles are folded."""

    priorities: Mapping[str, int]
    fold: Callable[[Sequence[str]], Sequence[str]]

    def rank(self, category: str, risk_score: int | None, exposure_cny: int) -> int:
        """Order: priority, then risk in steps of five, then exposure. Smaller is looked at sooner."""
        risk = (_UNKNOWN_RISK if risk_score is None else risk_score) // _STEP
        return (self.priorities.get(category, _LAST) * 100 + 100 // _STEP - risk) * (_MOST + 1) + _MOST - exposure_cny


@dataclass(frozen=True, slots=True)
class News:
    """What the chain tells behind the cursor `start`, up to and with `end`."""

    start: int
    end: int
    entries: Sequence[Row]  # rows of the queue, not placed yet, oldest first
    bands: Mapping[int, Sequence[int]]  # evaluation_seq -> keys of its title
    labels: Sequence[Row]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to file, in so few records that the cursor may stay."""
        return not self.entries and not self.labels and self.end - self.start < _UNMOVED


def follow(ledger: Ledger, filing: Filing, pages: int | None = None) -> bool:
    """File what is new, at most so many pages of it; say whether nothing is left. Raises LedgerAway."""
    while pages is None or pages > 0:
        with ledger.view() as view:
            told = news(view, filing)
        if told is None or told.nothing:
            return True
        with ledger.writing() as page:
            file(page, told)
        pages = None if pages is None else pages - 1
    return False


def news(ledger: Rows, filing: Filing) -> News | None:
    """Read what was not filed yet; None when there is nothing."""
    start = _cursor(ledger)
    last = int(ledger.rows(select(func.coalesce(func.max(RECORDS.c.seq), 0).label("seq")))[0]["seq"])
    if start >= last:
        return None
    end = min(last, start + _SCANNED)
    table = EVALUATIONS.c
    waiting = exists().where(
        QUEUE.c.listing_id == table.listing_id,
        QUEUE.c.platform.is_not_distinct_from(table.platform),
        QUEUE.c.state == "open",
    )
    refreshing = and_(table.evaluation_status == "superseding", waiting)
    told = select(*(table[name] for name in (*_SAME, "seq", "snapshot")), RECORDS.c.at).join(
        RECORDS, RECORDS.c.seq == table.seq
    )
    told = told.where(table.seq > start, table.seq <= end, table.snapshot.is_not(None))
    asked = ledger.rows(told.where(or_(table.action.in_(_ASKING), refreshing)).order_by(table.seq).limit(_FILED))
    if len(asked) == _FILED:
        end = asked[-1]["seq"]
    labels = select(LABELS.c.seq, LABELS.c.listing_id, LABELS.c.platform)
    labels = labels.where(LABELS.c.seq > start, LABELS.c.seq <= end, LABELS.c.listing_id.is_not(None), STANDING)
    said = ledger.rows(labels.where(LABELS.c.source.is_distinct_from(SOURCE)).order_by(LABELS.c.seq))
    read = [(row, orjson.loads(row["snapshot"])) for row in asked]
    titles = filing.fold([listing["title"] for _, listing in read])
    keys = {row["seq"]: bands(title) for (row, _), title in zip(read, titles, strict=True)}
    return News(start, end, [_entry(row, listing, filing) for row, listing in read], keys, said)


def file(page: Page, told: News) -> None:
    """Put news into the queue; nothing happens when somebody else did meanwhile."""
    if _cursor(page) != told.start:
        return
    subjects = {one["listing_id"] for one in (*told.entries, *told.labels)}
    known = _newest(page, subjects)
    opened: dict[str, Row] = {}
    refreshed: dict[str, Row] = {}
    for one in _still_told(page, told.entries):
        subject = (one["listing_id"], one["platform"])
        before = known.get(subject)
        if before is not None and before["state"] == "open":
            known[subject] = now = {**one, **{name: before[name] for name in _KEPT}}
            (opened if now["case_id"] in opened else refreshed)[now["case_id"]] = now
        elif one["action"] in _ASKING and (before is None or _asks_anew(before, one)):
            known[subject] = now = {**one, "case_id": secrets.token_hex(8)}
            opened[now["case_id"]] = now
    closed = [
        {"which": row["case_id"]}
        for label in told.labels
        if (row := known.get((label["listing_id"], label["platform"]))) and label["seq"] > row["evaluation_seq"]
    ]
    _write(page, opened, refreshed, told.bands)
    if closed:
        page.derive(QUEUE.update().where(QUEUE.c.case_id == bindparam("which")).values(state="closed"), closed)
    page.derive(QUEUE_CURSOR.delete())
    page.derive(QUEUE_CURSOR.insert(), [{"id": 1, "seq": told.end}])


def forget(page: Page, evaluations: Any) -> None:  # noqa: ANN401 - any SELECT of seqs
    """Take cases about these evaluations out of the queue: what they show was erased."""
    gone = select(QUEUE.c.case_id).where(QUEUE.c.evaluation_seq.in_(evaluations))
    page.derive(delete(QUEUE_BANDS).where(QUEUE_BANDS.c.case_id.in_(gone)))
    page.derive(delete(QUEUE).where(QUEUE.c.evaluation_seq.in_(evaluations)))


def content_of(listing: Mapping[str, Any]) -> str:
    """Digest of what a reviewer judges in a listing."""
    told = {name: listing.get(name) for name in _JUDGED} | {"seller": (listing.get("seller") or {}).get("name")}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _entry(row: Row, listing: Mapping[str, Any], filing: Filing) -> Row:
    trade = listing.get("trade") or {}
    orders = trade.get("orders_30d") or trade.get("orders_total") or 0
    exposure = min(int((listing.get("price_cny") or 0) * orders), _MOST)
    return {name: row[name] for name in _SAME} | {
        "state": "open",
        "rank": filing.rank(row["category"], row["risk_score"], exposure),
        "evaluation_seq": row["seq"],
        "opened_at": row["at"],
        "priority": filing.priorities.get(row["category"], _LAST),
        "exposure_cny": exposure,
        "price_cny": listing.get("price_cny"),
        "content": content_of(listing),
        "holder": None,
        "until": None,
        "unsure": 0,
        "golden": None,
    }


_KEPT = ("case_id", "opened_at", "holder", "until", "unsure", "golden")
"""What a refreshed case keeps."""


def _asks_anew(before: Row, now: Row) -> bool:
    """Whether a listing that was decided needs another look."""
    risen = _LEVELS[now["level"]] > _LEVELS[before["level"]]
    halved = None not in (now["price_cny"], before["price_cny"]) and now["price_cny"] < before["price_cny"] / 2
    return now["content"] != before["content"] or risen or halved


def _write(
    page: Page, opened: Mapping[str, Row], refreshed: Mapping[str, Row], keys: Mapping[int, Sequence[int]]
) -> None:
    page.fill(QUEUE, list(opened.values()))
    for name, one in refreshed.items():
        changed = {column: value for column, value in one.items() if column not in _KEPT}
        page.derive(QUEUE.update().where(QUEUE.c.case_id == name).values(changed))
        page.derive(delete(QUEUE_BANDS).where(QUEUE_BANDS.c.case_id == name))
    many = [
        {"case_id": name, "band": band}
        for name, one in (*opened.items(), *refreshed.items())
        for band in dict.fromkeys(keys[one["evaluation_seq"]])
    ]
    page.fill(QUEUE_BANDS, many)


def _still_told(page: Page, entries: Sequence[Row]) -> Sequence[Row]:
    """Leave out what was erased since it was read."""
    seqs = [one["evaluation_seq"] for one in entries]
    told = select(EVALUATIONS.c.seq).where(EVALUATIONS.c.seq.in_(seqs), EVALUATIONS.c.snapshot.is_not(None))
    there = {row["seq"] for row in page.rows(told)} if seqs else set()
    return [one for one in entries if one["evaluation_seq"] in there]


def _newest(page: Page, listing_ids: set[str]) -> dict[_Subject, Row]:
    """The newest case of each listing with one of these ids; golden ones are shown again and do not count."""
    told = select(QUEUE).where(QUEUE.c.listing_id.in_(listing_ids), QUEUE.c.golden.is_(None))
    return {(row["listing_id"], row["platform"]): row for row in page.rows(told.order_by(QUEUE.c.opened_at))}


def _cursor(ledger: Rows) -> int:
    rows = ledger.rows(select(QUEUE_CURSOR.c.seq))
    return int(rows[0]["seq"]) if rows else 0
