"""A lesson is what the screener would see, read once and in order."""

from collections.abc import Sequence

import numpy as np

from features.listing import Listing
from features.reader import Reader
from features.registry import CATALOGUE, matrix
from models.grams import BUCKETS
from training.lesson import read_lesson, silent
from training.takedowns import Takedown

READER = Reader()


def takedowns(titles: Sequence[str]) -> list[Takedown]:
    return [
        Takedown(Listing(str(i), title, signals={"own": i} if i % 2 else {}), "rejected")
        for i, title in enumerate(titles)
    ]


def test_rows_are_the_numbers_of_the_listings() -> None:
    rows = takedowns(["新款女包", "医用口罩", "🔥"])
    lesson = read_lesson(rows, READER, silent)
    expected = matrix([READER.read(t.listing) for t in rows], ("own",))
    assert lesson.signals == ("own",)
    assert np.array_equal(lesson.numbers, expected, equal_nan=True)
    assert lesson.numbers.shape == (3, len(CATALOGUE) + 1)
    assert lesson.counts.shape == (3, BUCKETS)
    assert len(lesson.categories) == 3


def test_a_rare_signal_is_no_column() -> None:
    rows = [Takedown(Listing(str(i), "包", signals={"rare": 1.0} if i == 7 else {}), "rejected") for i in range(300)]
    assert read_lesson(rows, READER, silent).signals == ()


def test_the_fingerprint_names_the_takedowns_and_their_order() -> None:
    rows = takedowns(["新款女包", "医用口罩", "纯原"])
    one = read_lesson(rows, READER, silent).fingerprint
    assert one == read_lesson(list(rows), READER, silent).fingerprint
    assert one != read_lesson(rows[::-1], READER, silent).fingerprint
    assert one != read_lesson(rows[:2], READER, silent).fingerprint


def test_progress_counts_listings() -> None:
    told: list[tuple[str, int, int]] = []
    read_lesson(takedowns(["包"] * 5), READER, lambda *step: told.append(step))
    assert told == [("read", 5, 5)]
