"""Planted wrong labels are found far oftener than by chance, and a spreadsheet runs none of what is listed."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.knowledge import load
from features.listing import Listing
from training.answers import Answers, answers
from training.lesson import read_lesson
from training.market import simulate
from training.settlement import Contradiction, settle
from training.split import folds
from training.surprise import Surprise, doubted, surprises, unseen_p, write_review
from training.takedowns import Takedown

PLANTED = 0.05


@pytest.fixture(scope="module")
def market() -> tuple[list[Takedown], set[int]]:
    """Decisions of a market on counterfeits, some of them turned round, and which."""
    made = (t for t in simulate(2500, seed=5) if t.outcome in {"confirmed", "rejected"})
    rows = [t for t in made if t.outcome == "rejected" or t.reason == "replica"]
    turned = set(np.flatnonzero(np.random.default_rng(1).random(len(rows)) < PLANTED).tolist())
    return [turn(t) if at in turned else t for at, t in enumerate(rows)], turned


def turn(takedown: Takedown) -> Takedown:
    if takedown.outcome == "confirmed":
        return replace(takedown, outcome="rejected")
    return replace(takedown, outcome="confirmed", reason="replica")


def test_planted_wrong_labels_are_found(market: tuple[list[Takedown], set[int]]) -> None:
    rows, turned = market
    lesson, told = read_lesson(rows, load()), answers(rows, settle(rows))
    found = surprises(lesson, {"counterfeit": told["counterfeit"]}, folds(rows, 5), seed=0)
    decided = np.flatnonzero(told["counterfeit"].decided)
    chance = np.isin(decided, list(turned)).mean()
    right = np.mean([one.row in turned for one in found])
    assert 0 < len(found) <= max(0.05 * len(decided), 1)
    assert right > 5 * chance
    assert all("this seller" in one.why for one in found)


@pytest.mark.parametrize(
    ("guilty", "p", "places"),
    [
        ([1, 1, 0, 0, 0, 0], [0.9, 0.02, 0.1, 0.05, 0.95, 0.1], [1, 4]),  # most surprising first
        ([1, 1, 0, 0], [0.9, 0.8, 0.1, 0.2], []),  # nothing surprises
        ([1, 1, 1], [0.9, 0.1, 0.5], []),  # one side only
        ([], [], []),
    ],
)
def test_what_is_doubted(guilty: list[int], p: list[float], places: list[int]) -> None:
    assert doubted(np.array(guilty, dtype=np.bool_), np.array(p), most=1.0).tolist() == places


def test_no_more_than_reviewers_have_time_for() -> None:
    random = np.random.default_rng(0)
    assert len(doubted(random.random(1000) < 0.3, random.random(1000))) == 50


def test_without_two_sides_in_every_fold_nothing_is_said(market: tuple[list[Takedown], set[int]]) -> None:
    rows = market[0][:20]
    told = Answers(np.zeros(20, dtype=np.int8), np.ones(20, dtype=np.float32), np.ones(20, dtype=np.bool_))
    lesson = read_lesson(rows, load())
    assert len(unseen_p(lesson, told, np.arange(20) % 5, seed=0)[0]) == 0


def test_what_is_listed_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    rows = [
        Takedown(Listing("=1+1", "@女包"), "confirmed", "假货", source="+投诉"),
        Takedown(Listing("=1+1", "包"), "rejected"),
    ]
    told = [Contradiction("=1+1", "counterfeit", (0, 1))]
    path = tmp_path / "review.csv"
    assert write_review(path, rows, told, [Surprise(1, "counterfeit", 0.98765, "looks guilty")]) == 3
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, first, second, third = csv.reader(file)
    assert header[:4] == ["listing_id", "title", "outcome", "reason"]
    assert first[:5] == ["'=1+1", "'@女包", "confirmed", "假货", "'+投诉"]
    assert "contradict" in second[-1]
    assert third[6:] == ["counterfeit", "0.9877", "looks guilty"]
