"""An older model is trusted as far as the labels bear it out."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from training.trust import correct, surely_better, weigh

Drawn = np.random.Generator


@pytest.fixture
def drawn() -> Drawn:
    """Anew for each test: what one draws does not depend on which ran before it, in whatever process."""
    return np.random.default_rng(8)


def labelled(drawn: Drawn, count: int, slope: float) -> tuple[np.ndarray, np.ndarray]:
    told = drawn.normal(scale=2, size=count)
    return told, slope * told + 0.5 + drawn.logistic(size=count) > 0


def test_with_many_labels_the_trust_is_what_they_say(drawn: Drawn) -> None:
    trust, constant = weigh(*labelled(drawn, 40_000, 0.6), np.ones(40_000))
    assert trust == pytest.approx(0.6, abs=0.05)
    assert constant == pytest.approx(0.5, abs=0.1)


def test_with_hardly_any_labels_the_older_model_is_believed() -> None:
    trust, _ = weigh(np.array([1.0, -1.0]), np.array([True, False]), np.ones(2))
    assert trust == pytest.approx(1.0, abs=0.2)


def test_a_model_that_is_wrong_has_no_say(drawn: Drawn) -> None:
    told, guilty = labelled(drawn, 5_000, -1.0)
    trust, constant = weigh(told, guilty, np.ones(5_000))
    assert trust == 0
    assert constant == pytest.approx(np.log(guilty.mean() / (1 - guilty.mean())))


def test_corrections_say_what_the_older_model_does_not_know(drawn: Drawn) -> None:
    told, _ = labelled(drawn, 20_000, 1.0)
    word = drawn.random(20_000) < 0.1
    guilty = told + 3.0 * word + drawn.logistic(size=20_000) > 0
    found, trust, _ = correct(csr_array(word[:, None].astype(float)), told, guilty, np.ones(20_000), penalty=1.0)
    assert trust == pytest.approx(1.0, abs=0.1)
    assert found == pytest.approx([3.0], abs=0.3)


def test_a_label_of_weight_two_counts_as_two(drawn: Drawn) -> None:
    told, guilty = labelled(drawn, 500, 0.8)
    twice = weigh(told, guilty, np.where(guilty, 2.0, 1.0))
    more, again = np.concatenate([told, told[guilty]]), np.concatenate([guilty, guilty[guilty]])
    assert twice == pytest.approx(weigh(more, again, np.ones(len(more))), abs=1e-3)


def test_a_hair_better_is_not_surely_better(drawn: Drawn) -> None:
    told, guilty = labelled(drawn, 400, 1.0)
    assert not surely_better(told, told, guilty)
    assert surely_better(told, drawn.normal(size=400), guilty)
    # By one standard error, noise passes for knowledge one time in six.
    noisy = [surely_better(told + drawn.normal(scale=0.05, size=400), told, guilty) for _ in range(30)]
    assert np.mean(noisy) < 1 / 3


def test_loudness_is_no_knowledge(drawn: Drawn) -> None:
    told, guilty = labelled(drawn, 400, 1.0)
    assert not surely_better(told, 1.5 * told + 0.3, guilty)
