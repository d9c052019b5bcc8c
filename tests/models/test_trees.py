"""LightGBM's library called directly: the same numbers as its Python package, refusal of what is no model."""

import lightgbm
import numpy as np
import pytest

from models.trees import Trees, TreesInvalid

RANDOM = np.random.default_rng(5)
MATRIX = RANDOM.normal(size=(600, 5))
MATRIX[RANDOM.random(MATRIX.shape) < 0.2] = np.nan
LABELS = (np.nan_to_num(MATRIX[:, 1]) > 0).astype(np.float64)


@pytest.fixture(scope="module")
def model() -> lightgbm.Booster:
    params = {"objective": "binary", "num_threads": 1, "verbosity": -1}
    return lightgbm.train(params, lightgbm.Dataset(MATRIX, label=LABELS), num_boost_round=12)


def test_margins_are_those_of_the_package(model: lightgbm.Booster) -> None:
    margins = Trees(model.model_to_string()).predict(MATRIX, "margin")
    assert margins.shape == (600, 1)
    assert margins[:, 0].tolist() == np.asarray(model.predict(MATRIX, raw_score=True)).tolist()


def test_contributions_are_those_of_the_package(model: lightgbm.Booster) -> None:
    parts = Trees(model.model_to_string()).predict(MATRIX[:50], "contributions")
    assert parts.tolist() == np.asarray(model.predict(MATRIX[:50], pred_contrib=True)).tolist()


@pytest.mark.parametrize("text", ["", "tree\n", "not a model at all"])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(TreesInvalid):
        Trees(text)


def test_a_matrix_that_the_library_would_misread_is_refused(model: lightgbm.Booster) -> None:
    trees = Trees(model.model_to_string())
    with pytest.raises(Exception, match="C_CONTIGUOUS"):
        trees.predict(np.asfortranarray(MATRIX), "margin")
    with pytest.raises(Exception, match="float64"):
        trees.predict(MATRIX.astype(np.float32), "margin")


def test_too_few_columns_are_refused(model: lightgbm.Booster) -> None:
    with pytest.raises(TreesInvalid, match="number of features"):
        Trees(model.model_to_string()).predict(np.ascontiguousarray(MATRIX[:, :3]), "margin")
