"""A lesson is what the screener would see, read once and in order."""

from collections.abc import Sequence

import numpy as np
import pytest

from features.listing import Listing
from features.reader import Reader
from features.registry import CATALOGUE, matrix
from models.grams import BUCKETS
from training.labels import label
from training.lesson import read_lesson
from training.market import simulate
from training.split import moment_of, seller_of
from training.takedowns import Takedown

READER = Reader()


def takedowns(titles: Sequence[str]) -> list[Takedown]:
    return [
        Takedown(Listing(str(i), title, signals={"own": i} if i % 2 else {}), "rejected")
        for i, title in enumerate(titles)
    ]


def test_rows_are_the_numbers_of_the_listings() -> None:
    rows = takedowns(["新款女包", "医用口罩", "🔥"])
    lesson = read_lesson(rows, READER.knowledge)
    expected = matrix([READER.read(t.listing) for t in rows], ("own",))
    assert lesson.signals == ("own",)
    got = lesson.matrix(np.array([2, 0]), np.array([0.5, -0.5]))
    assert got[:, :-1] == pytest.approx(expected[[2, 0]], rel=1e-6, nan_ok=True)
    assert got[:, -1].tolist() == [0.5, -0.5]
    assert got.shape == (2, len(CATALOGUE) + 2)
    assert lesson.counts.shape == (3, BUCKETS)
    assert len(lesson.categories) == 3


def test_many_processes_read_what_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.pool.ROWS", 128)
    market = [*simulate(300, 1), *takedowns(["新款女包"] * 40)]
    one = read_lesson(market, READER.knowledge)
    many = read_lesson(iter(market), READER.knowledge, processes=2)
    assert many.takedowns == one.takedowns == market
    assert (many.signals, many.categories, many.fingerprint) == (one.signals, one.categories, one.fingerprint)
    for name in ("numbers", "own"):
        assert getattr(many, name).tobytes() == getattr(one, name).tobytes()
    for name in ("indptr", "indices", "data"):
        assert getattr(many.counts, name).tobytes() == getattr(one.counts, name).tobytes()


def test_of_many_listings_most_keep_what_training_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.lesson._WHOLE", 64)
    rows = list(simulate(700, 2))
    lesson = read_lesson(rows, READER.knowledge)
    whole = lesson.takedowns[:: lesson.stride]
    assert whole == rows[:: lesson.stride]
    assert 32 <= len(whole) <= 64
    assert [seller_of(t) for t in lesson.takedowns] == [seller_of(t) for t in rows]
    assert [moment_of(t) for t in lesson.takedowns] == [moment_of(t) for t in rows]
    assert [(t.listing.title, label(t, "counterfeit")) for t in lesson.takedowns] == [
        (t.listing.title, label(t, "counterfeit")) for t in rows
    ]
    assert lesson.takedowns[1].listing.price_cny is None


def test_no_takedowns_are_an_empty_lesson() -> None:
    lesson = read_lesson([], READER.knowledge)
    assert (len(lesson.takedowns), lesson.numbers.shape, lesson.counts.shape) == (0, (0, len(CATALOGUE)), (0, BUCKETS))


def test_a_rare_signal_is_no_column() -> None:
    rows = [Takedown(Listing(str(i), "包", signals={"rare": 1.0} if i == 7 else {}), "rejected") for i in range(300)]
    assert read_lesson(rows, READER.knowledge).signals == ()


def test_the_fingerprint_names_the_takedowns_and_their_order() -> None:
    rows = takedowns(["新款女包", "医用口罩", "纯原"])
    one = read_lesson(rows, READER.knowledge).fingerprint
    assert one == read_lesson(list(rows), READER.knowledge).fingerprint
    assert one != read_lesson(rows[::-1], READER.knowledge).fingerprint
    assert one != read_lesson(rows[:2], READER.knowledge).fingerprint


def test_progress_counts_listings() -> None:
    told: list[tuple[str, int, int]] = []
    read_lesson(takedowns(["包"] * 5), READER.knowledge, lambda *step: told.append(step), expected=8)
    assert told == [("read", 5, 8), ("read", 5, 5)]
