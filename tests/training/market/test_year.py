"""A year that drifts: still at first, then slang, disguises, prices, goods and tactics move on, honest ones too."""

from collections import Counter

import numpy as np
import pytest

from features.listing import Listing
from features.reader import Reader
from training.labels import words_of
from training.market.evasion import recipes
from training.market.season import MONTHS, STILL, age, born, copy_price, demand, disguised, kept, known_honest, tactics
from training.market.words import _toml, vocabulary
from training.market.year import simulate_year
from training.takedowns import Takedown

COINED = [word for text in _toml("year")["coined"].values() for word in text.split()]


@pytest.fixture(scope="module")
def year() -> list[tuple[int, Takedown]]:
    return list(simulate_year(4000, 1))


def test_the_same_seed_gives_the_same_year(year: list[tuple[int, Takedown]]) -> None:
    assert list(simulate_year(200, 1)) == year[:200]
    assert list(simulate_year(200, 2)) != year[:200]


def test_every_month_has_listings_seen_in_it(year: list[tuple[int, Takedown]]) -> None:
    months = Counter(month for month, _ in year)
    assert set(months) == set(range(1, MONTHS + 1))
    seen: dict[int, list[float]] = {}
    for month, takedown in year:
        if takedown.listing.observed_at:
            seen.setdefault(month, []).append(takedown.listing.observed_at.timestamp())
    assert all(max(seen[m]) <= min(seen[m + 1]) for m in range(1, MONTHS))


def test_new_slang_comes_up_and_is_unknown_to_the_knowledge(year: list[tuple[int, Takedown]]) -> None:
    def share(first: int, last: int) -> float:
        guilty = [t for m, t in year if first <= m <= last and t.outcome == "confirmed" and words_of(t.reason)]
        return sum(any(word in t.listing.title for word in COINED) for t in guilty) / len(guilty)

    assert share(1, 3) < 0.03  # by accident
    assert share(10, 12) > 0.2
    readings = Reader().read_many([Listing(str(i), f"家居用品 {word}") for i, word in enumerate(COINED)])
    known = [r.listing.title for r in readings if sum(r.strengths.values()) > 1]
    assert len(known) < 0.12 * len(COINED), known


def test_the_year_is_still_until_april() -> None:
    assert [age(month) for month in (1, 2, 3)] == [0, 0, 0]
    assert age(MONTHS) == 1
    assert vocabulary("train", 1).products[0].weight == vocabulary("train", 3).products[0].weight
    assert {born(word) for word in COINED} <= set(range(4, MONTHS + 1))


def test_everything_moves_by_december() -> None:
    assert kept(10, "纯原", MONTHS) < kept(10, "纯原", 1) == 10
    assert copy_price((0.02, 0.35), MONTHS)[1] > 0.6
    assert disguised(0.2, MONTHS) > disguised(0.2, 1) == 0.2
    assert tactics({"careful": 1.0, "crude": 1.0}, MONTHS) == pytest.approx({"careful": 4.0, "crude": 0.1})
    assert demand("bag", STILL) == 1.0
    assert len({round(demand(group, MONTHS), 3) for group in ("bag", "shoes", "clothes", "mask")}) > 2
    words = [f"词{i}" for i in range(200)]
    assert 0.7 < np.mean([known_honest(word, 1) for word in words]) < 0.9
    assert all(known_honest(word, MONTHS) for word in words)


def test_disguises_kept_for_evaluation_come_into_use() -> None:
    def weight(month: int, name: str) -> float:
        names, sums = recipes("train", month)[0]
        return float(np.diff(sums, prepend=0)[names.index(name)]) if name in names else 0.0

    assert weight(1, "invisible") == 0 < weight(12, "invisible")
    assert weight(12, "slash") < weight(1, "slash")
