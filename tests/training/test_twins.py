"""Twins: guilty titles that give themselves away, written in disguise; nobody else has anything to hide."""

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest

from features.knowledge import load
from features.listing import Listing
from training.labels import Label, labels
from training.lesson import Lesson, read_lesson
from training.split import folds
from training.takedowns import Outcome, Takedown
from training.twins import disguised, exposed, read_twins

KNOWLEDGE = load()


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    dice = Random(2)
    rows = []
    for i in range(400):
        word = dice.choice(("纯原", "过毒", "公司级")) if i % 2 else dice.choice(("新款", "韩版", "家用"))
        title = (
            f"{word}{dice.choice(('女包', '运动鞋', '面膜', '台灯'))}{dice.choice(('加厚', '防水', '便携'))}{i % 13}"
        )
        listing = Listing(listing_id=str(i), title=title, signals={"own": float(i)})
        outcome: Outcome = "confirmed" if i % 2 else "rejected"
        rows.append(Takedown(listing, outcome, "replica", datetime(2026, 1, 1, tzinfo=UTC)))
    return read_lesson(rows, KNOWLEDGE)


def test_a_disguise_changes_a_title_and_keeps_it_short() -> None:
    random = Random(3)
    worn = [disguised("纯原女包专柜无压力", random) for _ in range(50)]
    assert sum(title != "纯原女包专柜无压力" for title in worn) > 40
    assert all(len(disguised("包" * 512, random)) <= 512 for _ in range(20))
    assert disguised("", random) == ""


def test_only_guilty_titles_that_tell_are_exposed(lesson: Lesson) -> None:
    guilty = labels(lesson.takedowns, "counterfeit") == Label.GUILTY
    found = exposed(lesson, np.arange(400), guilty, folds(lesson.takedowns, 5), threads=1)
    assert guilty[found].all()
    assert len(found) > 150


def test_a_title_that_says_nothing_has_nothing_to_hide(lesson: Lesson) -> None:
    guilty = np.random.default_rng(4).random(400) < 0.1
    assert len(exposed(lesson, np.arange(400), guilty, folds(lesson.takedowns, 5), threads=1)) < 5


def test_twins_are_the_same_for_a_seed_and_stay_with_their_originals(lesson: Lesson) -> None:
    rows = np.arange(1, 100, 2)
    twins, again = (read_twins(lesson, rows, KNOWLEDGE, 7) for _ in range(2))
    assert (twins.numbers == again.numbers).all() or np.array_equal(twins.numbers, again.numbers, equal_nan=True)
    assert np.isin(twins.rows, rows).all()
    assert len(twins.rows) > 40
    assert twins.counts.shape[0] == len(twins.numbers) == len(twins.rows)


def test_no_rows_make_no_twins(lesson: Lesson) -> None:
    assert len(read_twins(lesson, np.empty(0, dtype=np.int64), KNOWLEDGE, 7).rows) == 0
