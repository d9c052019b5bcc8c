"""The text model: one value per title, the same alone and in a batch, split exactly onto characters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.tokens import Tokens
from models.grams import BUCKETS, hash_titles
from models.text_model import TextModel

titles = st.lists(st.text(max_size=30), min_size=1, max_size=8)


def words(text: str, size: int = 2) -> Tokens:
    """Cut a text into pieces of `size`: a stand-in for jieba."""
    return Tokens.joining([text[i : i + size] for i in range(0, len(text), size)])


@pytest.fixture(scope="module")
def model() -> TextModel:
    random = np.random.default_rng(7)
    return TextModel.from_coefficients(
        {"counterfeit": random.normal(size=BUCKETS), "fraud_order": random.normal(size=BUCKETS)},
        {"counterfeit": -1.0, "fraud_order": 0.5},
    )


@given(titles)
def test_a_title_has_the_same_value_alone_and_in_a_batch(model: TextModel, texts: list[str]) -> None:
    tokens = [words(t) for t in texts]
    together = model.values(hash_titles(texts, tokens))
    for row, (text, cut) in enumerate(zip(texts, tokens, strict=True)):
        alone = model.values(hash_titles([text], [cut]))
        assert {head: values[0] for head, values in alone.items()} == {h: v[row] for h, v in together.items()}


@given(st.text(max_size=60), st.integers(1, 4))
def test_the_value_splits_exactly_onto_characters(model: TextModel, text: str, size: int) -> None:
    cut = words(text, size)
    parts = model.characters("counterfeit", hash_titles(["前一个", text], [words("前一个"), cut]).title(1))
    assert parts.shape == (len(text),)
    assert parts.sum() + model.bias["counterfeit"] == pytest.approx(
        model.values(hash_titles([text], [cut]))["counterfeit"][0]
    )


@given(titles)
def test_the_sizes_count_every_gram(texts: list[str]) -> None:
    texts = [t.replace("\0", "") for t in texts]
    tokens = [words(t) for t in texts]
    expected = [
        sum(max(len(t) - k, 0) for k in range(3)) + max(2 * len(w) - 1, 0) for t, w in zip(texts, tokens, strict=True)
    ]
    assert hash_titles(texts, tokens).sizes.tolist() == expected


def test_equal_words_hash_equally_wherever_they_stand() -> None:
    grams = hash_titles(["高仿包包高仿", "高仿"], [words("高仿包包高仿"), words("高仿")])
    first, _, third, alone = grams.words[0].tolist()
    assert first == third == alone
    assert grams.characters[1, 0] == grams.characters[1, 4]


def test_order_matters() -> None:
    grams = hash_titles(["仿高", "高仿"], [words("仿高"), words("高仿")])
    assert grams.words[0, 0] != grams.words[0, 1]


def test_an_empty_title_has_the_bias_as_its_value(model: TextModel) -> None:
    assert model.values(hash_titles([""], [Tokens()]))["counterfeit"][0] == model.bias["counterfeit"]


def test_saving_keeps_every_weight(model: TextModel) -> None:
    again = TextModel.from_bytes(model.to_bytes())
    assert again.bias == model.bias
    assert all((again.weights[head] == model.weights[head]).all() for head in model.weights)
