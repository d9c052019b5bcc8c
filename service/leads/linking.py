"""Who belongs together: sellers that share what only the same people would share.

strong  one is enough: company (统一社会信用代码), a contact handle, a whole set of titles with their prices
weak    two are needed, of one kind or several: a title that is nearly the same, a title with its price, the shop's name

What many sellers share says nothing about any two of them: a supplier's title, 官方旗舰店. Values held by more sellers
than `most` link nobody. A group that still grows beyond LARGEST loses its weak links; what holds then stays.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from stdnum.cn import uscc

from service.leads.pile import Pile
from service.shop import plain_name
from training.alike import alike, plain_title

Ints = NDArray[np.int64]
LARGEST = 60
"""Sellers of a group beyond which weak links do not count."""
_STRONG, _WEAK = 2, 1
_NEEDED = 2
_LONG = 12  # characters of a title that is not everybody's
_SHORTEST_NAME = 3
_MANY, _FEW = 0.01, 20  # share of different titles, and how many at least, that may be nearly the same at once


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to belong together."""

    zh: str
    weight: int
    most: int  # sellers that may share a value


KINDS: Mapping[str, Kind] = {
    "uscc": Kind("统一社会信用代码相同", _STRONG, 50),
    "contact": Kind("站外联系方式相同", _STRONG, 50),
    "offers": Kind("全部商品标题与价格相同", _STRONG, 20),
    "offer": Kind("商品标题与价格相同", _WEAK, 10),
    "title": Kind("商品标题基本相同", _WEAK, 10),
    "name": Kind("店铺名称相近", _WEAK, 5),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A value that sellers of one group share."""

    kind: str
    value: str
    sellers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """n sellers in groups, (n,), and what links them; `loosened` groups lost their weak links for being too large."""

    number: Ints
    links: Mapping[int, tuple[Link, ...]]  # group -> links between its sellers
    common: Counter[str]  # kind -> values that too many share
    loosened: int


def groups(pile: Pile) -> Groups:
    """Find out who belongs together. The order of facts does not matter, but for the numbers of groups."""
    common: Counter[str] = Counter()
    links = sorted(_links(pile, common), key=lambda link: (link.kind, link.value))
    number = _joined(links, len(pile.sellers))
    sizes = np.bincount(number, minlength=1)
    giant = np.flatnonzero(sizes > LARGEST)
    if len(giant):
        huge = set(giant.tolist())
        links = [one for one in links if KINDS[one.kind].weight == _STRONG or number[one.sellers[0]] not in huge]
        number = _joined(links, len(pile.sellers))
    inside: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        for group, sellers in _by_group(link, number):
            inside[group].append(Link(link.kind, link.value, sellers))
    return Groups(number, {group: tuple(found) for group, found in inside.items()}, common, len(giant))


def _by_group(link: Link, number: Ints) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Sellers that share a value and stand in one group; those who share it and nothing else stand in several."""
    found: dict[int, list[int]] = defaultdict(list)
    for seller in link.sellers:
        found[int(number[seller])].append(seller)
    return ((group, tuple(sellers)) for group, sellers in found.items() if len(sellers) > 1)


def _joined(links: Iterable[Link], count: int) -> Ints:
    """Number of the group each of `count` sellers stands in."""
    pairs: Counter[tuple[int, int]] = Counter()
    joined: list[tuple[int, int]] = []
    for link in links:
        if (weight := KINDS[link.kind].weight) >= _NEEDED:
            joined += ((link.sellers[0], other) for other in link.sellers[1:])
        else:
            for pair in combinations(link.sellers, 2):
                pairs[pair] += weight
    joined += (pair for pair, weight in pairs.items() if weight >= _NEEDED)
    ends = np.array(joined, dtype=np.int64).reshape(-1, 2).T
    matrix = coo_array((np.ones(ends.shape[1], dtype=np.int8), (ends[0], ends[1])), shape=(count, count))
    return np.asarray(connected_components(matrix, directed=False)[1], dtype=np.int64)


def _links(pile: Pile, common: Counter[str]) -> Iterator[Link]:
    """Every value that several sellers share, and not too many."""
    for kind, held in _values(pile).items():
        for value, sellers in held.items():
            if len(sellers) > KINDS[kind].most:
                common[kind] += 1
            elif len(sellers) > 1:
                yield Link(kind, value, tuple(sorted(sellers)))


def _values(pile: Pile) -> dict[str, dict[str, set[int]]]:
    """Kind -> value -> sellers that have it."""
    held: dict[str, dict[str, set[int]]] = {kind: defaultdict(set) for kind in KINDS}
    for number, seller in enumerate(pile.sellers):
        for code in seller.uscc:
            if uscc.is_valid(code):
                held["uscc"][code].add(number)
        for handle in seller.contacts:
            held["contact"][handle].add(number)
        for name in seller.names:
            if len(plain := plain_name(name)) >= _SHORTEST_NAME:
                held["name"][plain].add(number)
    held |= _offers(pile)
    return held


def _offers(pile: Pile) -> dict[str, dict[str, set[int]]]:
    """The same of titles, of titles with their prices, and of all a seller offers."""
    titles: dict[str, set[int]] = defaultdict(set)
    offers: dict[str, set[int]] = defaultdict(set)
    sets: dict[int, set[str]] = defaultdict(set)
    different = list(dict.fromkeys(pile.titles))
    numbers, _ = alike(different, max(_MANY, _FEW / max(1, len(different))))
    alike_to = dict(zip(different, numbers.tolist(), strict=True))
    first: dict[int, str] = {}
    for seller, title, price in zip(pile.seller_of, pile.titles, pile.prices, strict=True):
        if len(plain := plain_title(title)) < _LONG:
            continue
        number = alike_to[title]
        first[number] = min(first.get(number, title), title)
        titles[str(number)].add(seller)
        if not math.isnan(price):
            offers[offer := f"{plain} ￥{price:g}"].add(seller)
            sets[seller].add(offer)
    whole: dict[str, set[int]] = defaultdict(set)
    for seller, own in sets.items():
        if len(own) > 1:
            whole[f"{len(own)} 件：{'；'.join(sorted(own))}"].add(seller)
    return {"title": {first[int(number)]: held for number, held in titles.items()}, "offer": offers, "offers": whole}
