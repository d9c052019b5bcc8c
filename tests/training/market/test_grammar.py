"""Sentences of the title grammar."""

from random import Random

import pytest

from training.market.grammar import expand, parse, pool

POOLS = {"noun": ("包", "鞋"), "word": ("红", "蓝", "绿"), "nested": pool("{大|小}<noun> 整_箱")}


def said(text: str, seed: int = 0) -> str:
    return "".join(expand(parse(text), POOLS, {"brand": "木棠"}, Random(seed)))


def test_a_fixed_slot_wins_and_text_stays() -> None:
    assert said("【<brand>】新款") == "【木棠】新款"


@pytest.mark.parametrize("seed", range(20))
def test_repeated_choices_differ_and_are_joined(seed: int) -> None:
    parts = said("<word*2-3/>", seed).split("/")
    assert 2 <= len(parts) <= 3
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize("seed", range(20))
def test_alternatives_nest_and_may_be_empty(seed: int) -> None:
    assert said("{a{b|c}|}", seed) in {"ab", "ac", ""}


@pytest.mark.parametrize("seed", range(20))
def test_pool_entries_may_be_templates_and_underscores_are_spaces(seed: int) -> None:
    assert said("<nested>", seed) in {"大包", "小包", "大鞋", "小鞋", "整 箱"}


def test_codes_have_random_digits_and_capitals() -> None:
    code = said("M⌗⌗⌗⍺", 3)
    assert code[1:4].isdigit()
    assert code[4].isupper()


@pytest.mark.parametrize("seed", range(5))
def test_a_chance_of_zero_never_happens(seed: int) -> None:
    assert said("<noun?0>a", seed) == "a"


@pytest.mark.parametrize("text", ["{a|b", "{a{b}"])
def test_unbalanced_braces_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unbalanced"):
        parse(text)
