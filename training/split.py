"""Split takedowns by seller, look and time, so that what is measured is what will happen next."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.manifest import SplitRecord
from training.alike import alike, largest
from training.takedowns import Takedown, zoned

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Kind = Literal["time", "random"]
PARTS = ("train", "calibration", "test")
OUT = -1
"""The part of a row that is left out."""

_MOST = 0.1  # share of the rows that alike titles may bind together; beyond that sellers are told apart again
_MOST_ALIKE = 0.5  # share of the rows that may be one chain of alike titles; else more in common is asked
_MOST_GAP = 0.05  # of the time a file spans; a gap nobody asked for takes no more
_DATED = 0.5  # share of the rows that must have a time for an order in time to mean anything
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is split. `gap_days` lie between the parts, for late labels; None: the median delay of the file."""

    kind: Kind = "time"
    gap_days: float | None = None
    calibration: float = 0.2  # shares of the rows
    test: float = 0.2


BY_TIME = Plan()


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Row numbers, each ascending: `train` the oldest, `test` the newest.

    No seller is in two parts, and no two titles that are alike. `group` says which rows hang together, (n,).
    """

    train: Ints
    calibration: Ints
    test: Ints
    kind: Kind = "time"
    gap_days: float = 0.0
    alike_from: float = 1.0  # share of common character triples from which titles are alike
    left_out: dict[str, int] = field(default_factory=dict)  # why -> rows in no part
    group: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def record(self) -> SplitRecord:
        """What a bundle remembers of it."""
        return SplitRecord(
            kind=self.kind,
            gap_days=round(self.gap_days, 4),
            train=len(self.train),
            calibration=len(self.calibration),
            test=len(self.test),
            left_out=dict(self.left_out),
            alike_from=self.alike_from,
        )


def seller_of(takedown: Takedown) -> str:
    """Who the takedown is grouped by: the seller, else the shop's name, else listings of the same title."""
    seller = takedown.listing.seller
    return seller.seller_id or seller.name or f"title:{takedown.listing.title or takedown.listing.listing_id}"


def moment_of(takedown: Takedown) -> datetime | None:
    """When the decision fell, else when the listing was seen; times without a zone are read as UTC."""
    return zoned(takedown.decided_at or takedown.listing.observed_at)


def split(takedowns: Sequence[Takedown], plan: Plan = BY_TIME) -> Split:
    """Cut the rows into the oldest, younger and newest ones, with a gap between, and tell sellers apart.

    A group of rows (one seller, and whoever posts titles alike) goes whole to the part in which a row of it, drawn by
    a hash of its sellers, lies; its rows in the time of other parts are left out, and so are rows in a gap. Where
    alike titles would chain more than a tenth of the rows together, only sellers make groups there, and of alike
    titles in two parts the older are left out. A file in which fewer than half the rows have a time is cut by hash.
    """
    times = _times(takedowns)
    if plan.kind == "random":
        return _by_chance(len(takedowns), plan)
    seller, names = _numbered([seller_of(takedown) for takedown in takedowns])
    look, step = alike([takedown.listing.title for takedown in takedowns], _MOST_ALIKE)
    group, dissolved = _groups(seller, look)
    gap = _gap(takedowns, times) if plan.gap_days is None else plan.gap_days
    draw = _drawn(group, seller, names)
    window = _windows(times, plan, gap * _DAY, draw)
    part = _assigned(group, window, draw)
    left = Counter({"in a gap": int((window == OUT).sum())})
    left["in another part's time"] = int(((part != window) & (window != OUT)).sum())
    part[part != window] = OUT
    left["like a newer title"] = _apart(part, look, dissolved)
    train, calibration, test = (np.flatnonzero(part == at) for at in range(len(PARTS)))
    told = {why: count for why, count in left.items() if count}
    return Split(train, calibration, test, "time", gap, step, told, group)


def folds(takedowns: Sequence[Takedown], count: int, parts: Split | None = None) -> Ints:
    """Fold number of each of n takedowns, (n,), 0..count-1; a seller is in one fold, in any order of the rows.

    With `parts`, alike titles are in one fold too.
    """
    seller, names = _numbered([seller_of(takedown) for takedown in takedowns])
    group = seller if parts is None or not len(parts.group) else parts.group
    draw = _drawn(group, seller, names)
    return np.asarray(draw * count, dtype=np.int64)


def _by_chance(count: int, plan: Plan) -> Split:
    order = np.random.default_rng(0).permutation(count)
    ends = np.rint(np.cumsum([1 - plan.calibration - plan.test, plan.calibration]) * count).astype(np.int64)
    train, calibration, test = (np.sort(rows) for rows in np.split(order, ends))
    return Split(train, calibration, test, "random")


def _times(takedowns: Sequence[Takedown]) -> Floats:
    """Seconds since 1970, NaN where nobody knows."""
    moments = (moment_of(takedown) for takedown in takedowns)
    return np.fromiter((np.nan if m is None else m.timestamp() for m in moments), np.float64, len(takedowns))


def _gap(takedowns: Sequence[Takedown], times: Floats) -> float:
    """Days from seeing a listing to deciding on it, in the middle."""
    delays = [
        (takedown.decided_at.replace(tzinfo=None) - takedown.listing.observed_at.replace(tzinfo=None)).total_seconds()
        for takedown in takedowns
        if takedown.decided_at and takedown.listing.observed_at
    ]
    if not delays or np.isnan(times).all():
        return 0.0
    most = (np.nanmax(times) - np.nanmin(times)) * _MOST_GAP
    return float(min(max(np.median(delays), 0.0), most) / _DAY)


def _numbered(names: Sequence[str]) -> tuple[Ints, list[str]]:
    places: dict[str, int] = {}
    return np.fromiter((places.setdefault(name, len(places)) for name in names), np.int64, len(names)), list(places)


def _groups(seller: Ints, look: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Rows that hang together by seller or look, (n,), and which rows only hang together by seller, (n,)."""
    sellers = int(seller.max(initial=-1)) + 1
    size = sellers + int(look.max(initial=-1)) + 1
    links = coo_array((np.ones(len(seller), dtype=np.int8), (seller, sellers + look)), shape=(size, size))
    group = connected_components(links, directed=False)[1][seller].astype(np.int64)
    if largest(group) <= _MOST * len(group):
        return group, np.zeros(len(group), dtype=np.bool_)
    sizes = np.bincount(group)
    alone = np.zeros(len(sizes), dtype=np.int64)
    np.maximum.at(alone, group, np.bincount(seller)[seller])  # the largest seller of each group
    dissolved = ((sizes > _MOST * len(group)) & (sizes > alone))[group]
    return np.unique(np.where(dissolved, size + seller, group), return_inverse=True)[1], dissolved


def _drawn(group: Ints, seller: Ints, names: Sequence[str]) -> Floats:
    """A number 0..1 for every row, the same for a group whatever the order of the rows."""
    own = np.fromiter((_hashed(name) for name in names), np.float64, len(names))
    least = np.full(int(group.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, group, own[seller])
    spread = np.fromiter((_hashed(f"group:{value!r}") for value in least.tolist()), np.float64, len(least))
    return spread[group]


def _hashed(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:6], "big") / 2.0**48


def _windows(times: Floats, plan: Plan, gap: float, draw: Floats) -> Ints:
    """The part in whose time each row lies, OUT in a gap. Rows without a time are as old as the oldest."""
    known = times[~np.isnan(times)]
    if len(known) < _DATED * max(len(times), 1):
        times, known, gap = draw, draw, 0.0
    if not len(known):
        return np.zeros(len(times), dtype=np.int64)
    cuts = np.quantile(known, [1 - plan.calibration - plan.test, 1 - plan.test])
    window = np.full(len(times), OUT, dtype=np.int64)
    window[np.isnan(times) | (times < cuts[0])] = 0
    window[(times >= cuts[0] + gap) & (times < cuts[1])] = 1
    window[times >= cuts[1] + gap] = 2
    return window


def _assigned(group: Ints, window: Ints, draw: Floats) -> Ints:
    """The part each group goes to: the one in whose time the drawn of its rows lies."""
    count = int(group.max(initial=-1)) + 1
    table = np.zeros((count, len(PARTS)))
    inside = window != OUT
    np.add.at(table, (group[inside], window[inside]), 1)
    reached = np.cumsum(table, axis=1)
    wanted = np.zeros(count)
    wanted[group] = draw
    part = (reached <= (wanted * reached[:, -1])[:, None]).sum(axis=1)
    drawn: Ints = np.minimum(part, len(PARTS) - 1)[group]
    return drawn


def _apart(part: Ints, look: Ints, dissolved: NDArray[np.bool_]) -> int:
    """Leave out, in place, the rows alike to one of a newer part; returns how many."""
    newest = np.full(int(look.max(initial=-1)) + 1, OUT, dtype=np.int64)
    np.maximum.at(newest, look, part)
    older = dissolved & (part != OUT) & (part < newest[look])
    part[older] = OUT
    return int(older.sum())


def apart(guilty: NDArray[np.bool_], folds: Ints) -> bool:
    """Whether leaving out any one fold still leaves guilty and honest takedowns, (n,) both."""
    return all(len(np.unique(folds[guilty == side])) > 1 for side in (True, False))
