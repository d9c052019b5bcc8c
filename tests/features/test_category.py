"""Which product group a listing belongs to."""

from collections.abc import Callable

import pytest

from features.category import Categoriser
from features.knowledge import Knowledge
from features.normalize import Folder

GROUPS = (
    {
        "id": "masks",
        "zh": "口罩",
        "words": ["口罩", "医用口罩"],
        "not_words": ["口罩收纳盒"],
        "platform_words": ["防护口罩"],
    },
    {"id": "food", "zh": "食品", "words": ["饼干", "坚果"], "weak_words": ["零食"], "platform_words": ["休闲食品"]},
    {"id": "cosmetics", "zh": "化妆品", "words": ["面膜"], "weak_words": ["美白"]},
    {"id": "home", "zh": "家居", "words": ["收纳盒", "PLA"]},
)


@pytest.fixture(scope="module")
def categoriser(make_knowledge: Callable[..., Knowledge], folder: Folder) -> Categoriser:
    return Categoriser(make_knowledge(categories=GROUPS).categories, folder)


@pytest.mark.parametrize(
    ("title", "told", "group", "source"),
    [
        ("一次性医用口罩50只", "", "masks", "inferred"),
        ("口罩收纳盒便携", "", "home", "inferred"),  # the longer word is not a mask
        ("送饼干 补水面膜", "", "cosmetics", "inferred"),  # the head noun stands late
        ("送面膜 坚果饼干", "", "food", "inferred"),
        ("美白零食", "", "food", "inferred"),
        ("蓝牙耳机", "", "other", "inferred"),
        ("", "", "other", "inferred"),
        ("pla吸管", "", "home", "inferred"),
        ("persians and other plays", "", "other", "inferred"),  # a Latin word inside another is none
        ("蓝牙耳机", "masks", "masks", "declared"),
        ("蓝牙耳机", "口罩", "masks", "declared"),
        ("蓝牙耳机", "防护口罩", "masks", "declared"),
        ("蓝牙耳机", "零食>休闲食品>饼干其他", "food", "declared"),
        ("蓝牙耳机", "美妆/面膜类", "cosmetics", "inferred"),
        ("坚果饼干", "数码", "food", "inferred"),
        ("面膜", "坚果炒货", "food", "inferred"),
        ("面膜", "other", "other", "declared"),
    ],
)
def test_group(categoriser: Categoriser, title: str, told: str, group: str, source: str) -> None:
    guess = categoriser.guess(title, told)
    assert (guess.id, guess.source) == (group, source)
    assert 0.0 <= guess.p <= 1.0
    assert (guess.p == 1.0) is (source == "declared")


def test_one_weak_word_is_not_enough_to_be_sure(categoriser: Categoriser) -> None:
    assert categoriser.guess("美白").p <= 0.5 < categoriser.guess("面膜").p


def test_a_word_inside_a_longer_one_is_not_counted_twice(categoriser: Categoriser) -> None:
    assert categoriser.guess("医用口罩").p == categoriser.guess("某某口罩").p


def test_nothing_fits_is_certain_of_nothing(categoriser: Categoriser) -> None:
    assert categoriser.guess("蓝牙耳机").p == 0.0
