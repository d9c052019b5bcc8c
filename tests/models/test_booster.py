"""Trees: deterministic, exact in their parts, safe to share."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from models.booster import TITLE_TEXT, Booster
from training.growing import MANY, Examples, grow_in_turn

RANDOM = np.random.default_rng(3)
MATRIX = RANDOM.normal(size=(1500, 6))
MATRIX[RANDOM.random(MATRIX.shape) < 0.3] = np.nan
GUILTY = np.nan_to_num(MATRIX[:, 0]) + np.nan_to_num(MATRIX[:, -1]) + RANDOM.logistic(size=1500) > 1
FOLDS = np.arange(1500) % 3
NAMES = ["a", "b", "价格", "signal.x", "e", TITLE_TEXT]


def grown(threads: int) -> Booster:
    examples = Examples(MATRIX, GUILTY, FOLDS, np.full(1500, fill_value=True), np.ones(1500), NAMES)
    return grow_in_turn(examples, MANY, seed=1, threads=threads).booster


@pytest.fixture(scope="module")
def booster() -> Booster:
    return grown(threads=2)


def test_the_parts_sum_to_the_margin(booster: Booster) -> None:
    parts = booster.contributions(MATRIX[:200])
    assert parts.shape == (200, 7)
    assert parts.sum(axis=1) == pytest.approx(booster.margins(MATRIX[:200]), abs=1e-9)


def test_a_row_has_the_same_margin_alone(booster: Booster) -> None:
    together = booster.margins(MATRIX[:50])
    assert [booster.margins(MATRIX[i : i + 1])[0] for i in range(50)] == together.tolist()


def test_saving_keeps_every_margin(booster: Booster) -> None:
    assert Booster.from_text(booster.text).margins(MATRIX).tolist() == booster.margins(MATRIX).tolist()


def test_the_same_seed_gives_the_same_trees_on_one_core_and_two(booster: Booster) -> None:
    assert grown(threads=2).text == booster.text
    again = grown(threads=1)
    assert again.margins(MATRIX).tolist() == booster.margins(MATRIX).tolist()


def test_more_of_the_text_never_means_less_risk(booster: Booster) -> None:
    rows = np.repeat(MATRIX[:1], 50, axis=0)
    rows[:, -1] = np.linspace(-5, 5, 50)
    assert (np.diff(booster.margins(rows)) >= 0).all()


def test_threads_share_one_booster(booster: Booster) -> None:
    expected = booster.contributions(MATRIX[:64])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: booster.contributions(MATRIX[:64]), range(200)))
    assert all((answer == expected).all() for answer in answers)
