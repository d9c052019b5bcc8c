"""Disguises of words and brands."""

from random import Random

import pytest

from training.market.evasion import disguise, mask, recipes


def shapes(part: str) -> set[str]:
    return {disguise("消炎", part, Random(seed)) for seed in range(400)}  # type: ignore[arg-type]


def test_disguised_words_read_as_before() -> None:
    assert {"消/炎", "消*炎", "消YAN", "消焱", "消火火", "氵肖炎"} <= shapes("train")


def test_evaluation_has_recipes_training_never_uses() -> None:
    for train, evaluation in zip(recipes("train"), recipes("evaluation"), strict=True):
        assert set(train[0]) < set(evaluation[0])
    assert not any("\u200b" in shape or "//" in shape for shape in shapes("train"))
    assert any("//" in shape for shape in shapes("evaluation"))


@pytest.mark.parametrize("seed", range(100))
def test_a_masked_brand_is_never_the_name_itself(seed: int) -> None:
    masked = mask("香奈儿", "Chanel", "train", Random(seed))
    assert masked.lower() not in {"chanel", "香奈儿"}
    assert masked
