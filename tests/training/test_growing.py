"""Growing trees: what more of a thing may, and may not, say."""

import numpy as np
import pytest

from models.booster import TITLE_TEXT
from training.growing import FEW, Examples, grow_in_turn

ROWS = 400
LEVELS = np.linspace(-2, 2, 21)


@pytest.mark.parametrize(
    ("column", "may_excuse"),
    [("evasion.homophone", False), ("evasion.total", False), (TITLE_TEXT, False), ("seller.rating", True)],
)
def test_a_disguise_never_excuses_even_where_honest_sellers_wear_it(column: str, *, may_excuse: bool) -> None:
    random = np.random.default_rng(3)
    guilty = random.random(ROWS) < 0.5
    matrix = random.normal(size=(ROWS, 2))
    matrix[:, 1] -= 1.5 * guilty  # the honest have more of it
    folds = np.arange(ROWS) % 5
    every = np.ones(ROWS)
    examples = Examples(matrix, guilty, folds, every.astype(bool), every, ["title.length", column])
    grown = grow_in_turn(examples, FEW, seed=0, threads=1)
    margins = grown.booster.margins(np.column_stack([np.zeros(len(LEVELS)), LEVELS]))
    assert bool((np.diff(margins) < 0).any()) is may_excuse
