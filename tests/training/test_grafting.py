"""New trees on old ones: one model whose margins are the old ones, scaled and moved, plus the new ones."""

import numpy as np
import pytest

from models.booster import TITLE_TEXT, Booster
from training.errors import TrainingError
from training.grafting import columns_asked, graft, places_of
from training.growing import FEW, Examples, grow_in_turn

RANDOM = np.random.default_rng(5)
MATRIX = RANDOM.normal(size=(600, 4))
OLD_NAMES, NEW_NAMES = ["a", "b", "signal.x", TITLE_TEXT], ["b", "signal.x", "a", TITLE_TEXT]
FROM_OLD = [1, 2, 0, 3]  # a column of the new matrix -> the old one


def grown(matrix: np.ndarray, names: list[str], start: np.ndarray | None = None) -> Booster:
    guilty = matrix[:, names.index("a")] + matrix[:, -1] + np.random.default_rng(1).logistic(size=len(matrix)) > 0
    examples = Examples(
        matrix,
        guilty,
        np.arange(len(matrix)) % 3,
        np.full(len(matrix), fill_value=True),
        np.ones(len(matrix)),
        names,
        start,
    )
    return grow_in_turn(examples, FEW, seed=2, threads=1).booster


@pytest.fixture(scope="module")
def old() -> Booster:
    return grown(MATRIX, OLD_NAMES)


@pytest.fixture(scope="module")
def new() -> Booster:
    return grown(MATRIX[:, FROM_OLD], NEW_NAMES, np.zeros(600))


def test_margins_and_parts_add_up(old: Booster, new: Booster) -> None:
    places = places_of(OLD_NAMES, NEW_NAMES, columns_asked(old.text))
    both = Booster.from_text(graft(old.text, new.text, places, trust=0.7, constant=-0.4, trees=10_000))
    rows = np.ascontiguousarray(MATRIX[:, FROM_OLD])
    assert both.margins(rows) == pytest.approx(0.7 * old.margins(MATRIX) - 0.4 + new.margins(rows), abs=1e-9)
    parts = both.contributions(rows)
    assert parts.sum(axis=1) == pytest.approx(both.margins(rows), abs=1e-9)
    assert parts[:, 2] == pytest.approx(0.7 * old.contributions(MATRIX)[:, 0] + new.contributions(rows)[:, 2], abs=1e-9)


def test_no_new_trees_leave_the_old_ones(old: Booster, new: Booster) -> None:
    places = places_of(OLD_NAMES, NEW_NAMES, columns_asked(old.text))
    alone = Booster.from_text(graft(old.text, new.text, places, trust=1.0, constant=0.0, trees=0))
    rows = np.ascontiguousarray(MATRIX[:, FROM_OLD])
    assert alone.margins(rows) == pytest.approx(old.margins(MATRIX), abs=1e-9)


def test_a_graft_can_be_grafted_upon(old: Booster, new: Booster) -> None:
    places = places_of(OLD_NAMES, NEW_NAMES, columns_asked(old.text))
    once = graft(old.text, new.text, places, trust=1.0, constant=0.0, trees=10_000)
    same = {at: at for at in range(4)}
    twice = Booster.from_text(graft(once, new.text, same, trust=0.5, constant=1.0, trees=10_000))
    rows = np.ascontiguousarray(MATRIX[:, FROM_OLD])
    expected = 0.5 * Booster.from_text(once).margins(rows) + 1.0 + new.margins(rows)
    assert twice.margins(rows) == pytest.approx(expected, abs=1e-9)


def test_a_column_that_is_gone_is_named(old: Booster) -> None:
    with pytest.raises(TrainingError, match="'a'"):
        places_of(OLD_NAMES, ["b", "signal.x", TITLE_TEXT], columns_asked(old.text))
