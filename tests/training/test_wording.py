"""The text model learns words, and never sees a title it values out of fold."""

import numpy as np
import pytest

from features.tokens import Tokens
from models.grams import hash_titles
from training.counts import count
from training.wording import fit_line, out_of_fold, text_model

TITLES = [f"{'纯原' if i % 3 == 0 else '新款'}{'女包' if i % 2 else '男鞋'}{i % 7}" for i in range(300)]
TOKENS = [Tokens.joining([t[i : i + 2] for i in range(0, len(t), 2)]) for t in TITLES]
GUILTY = np.arange(300) % 3 == 0


def test_the_line_of_training_is_the_value_of_the_model() -> None:
    counts = count(hash_titles(TITLES, TOKENS))
    line = fit_line(counts, GUILTY)
    values = text_model({"counterfeit": line}).values(hash_titles(TITLES, TOKENS))["counterfeit"]
    assert values == pytest.approx(counts @ line.coefficients + line.bias, abs=0.02)
    assert values[GUILTY].min() > values[~GUILTY].max()


def test_out_of_fold_values_do_not_know_their_own_label() -> None:
    random = np.random.default_rng(2)
    noise = ["".join(chr(0x4E00 + c) for c in random.integers(0, 3000, 12)) for _ in range(400)]
    tokens = [Tokens.joining(list(t)) for t in noise]
    guilty = random.random(400) < 0.5
    counts = count(hash_titles(noise, tokens))
    seen = counts @ fit_line(counts, guilty).coefficients
    unseen = out_of_fold(counts, guilty, np.arange(400) % 5, threads=2)
    assert seen[guilty].mean() > seen[~guilty].mean()
    assert abs(unseen[guilty].mean() - unseen[~guilty].mean()) < 0.25 * (seen[guilty].mean() - seen[~guilty].mean())


def test_titles_with_nothing_in_common_leave_the_guilty_share() -> None:
    counts = count(hash_titles(["", "", "包"], [Tokens(), Tokens(), Tokens.joining(["包"])]))
    line = fit_line(counts, np.array([True, False, False]))
    assert not line.coefficients.any()
    assert line.bias == pytest.approx(np.log(0.5))


def test_a_fold_is_valued_whatever_its_own_labels_are() -> None:
    counts, folds = count(hash_titles(TITLES, TOKENS)), np.arange(300) % 5
    lied = np.where(folds == 2, ~GUILTY, GUILTY)
    true, other = (out_of_fold(counts, labels, folds, threads=2) for labels in (GUILTY, lied))
    assert true[folds == 2] == pytest.approx(other[folds == 2], abs=1e-6)
    assert np.abs(true - other)[folds != 2].max() > 0.1
