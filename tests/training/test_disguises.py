"""Disguises: a touched character is written another way, an untouched one never."""

from random import Random

import pytest

from training.disguises import DISGUISES, halves, homophones, look_alikes, styled_letters


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (homophones("高"), "糕"),
        (look_alikes("仿"), "访"),
        (halves("肿"), "月中"),
        (styled_letters("A"), "𝐀"),
    ],
)
def test_a_character_has_others_that_pass_for_it(made: tuple[str, ...], expected: str) -> None:
    assert expected in made


@pytest.mark.parametrize(
    "made", [homophones("a"), homophones("，"), look_alikes("1"), halves("a"), styled_letters("高")]
)
def test_what_has_none_is_left_alone(made: tuple[str, ...]) -> None:
    assert not made


@pytest.mark.parametrize("name", DISGUISES)
def test_nothing_touched_is_nothing_changed(name: str) -> None:
    assert DISGUISES[name]("高仿LV包包 8折", frozenset(), Random(1)) == "高仿LV包包 8折"


@pytest.mark.parametrize("name", DISGUISES)
def test_an_empty_title_stays_empty(name: str) -> None:
    assert not DISGUISES[name]("", frozenset({0}), Random(1))
