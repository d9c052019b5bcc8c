"""How features are declared, and how a block fills its columns."""

import math

import numpy as np

from features.feature import Block, number, ratio
from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.tokens import Tokens


def reading(title: str) -> Reading:
    return Reading(
        Listing("1", title), Folded(title, title), Tokens(), CategoryGuess("other", "inferred", 0.0), (), (), (), {}
    )


def block(absent: float) -> Block[str]:
    """Two features of titles; a title of one character has no part."""
    made: Block[str] = Block("title", lambda each: each.title.text if len(each.title.text) > 1 else None, absent)
    made.feature("length", unit="characters", zh="长度", en="length")(len)

    @made.feature("half", unit="ratio", zh="一半", en="half", counted=lambda: ("a.b",))
    def half(text: str) -> float | None:
        """Half the length of titles in Chinese."""
        return len(text) / 2 if text >= "一" else None

    return made


def test_a_declaration_makes_a_feature() -> None:
    length, half = block(math.nan).features
    assert (length.name, length.unit, length.family, length.zh, length.en) == (
        "title.length",
        "characters",
        "title",
        "长度",
        "length",
    )
    assert (length.rules, half.rules) == ((), ("a.b",))
    assert length.compute(reading("口罩")) == 2.0


def test_absent_part_fills_the_row_in_one_go() -> None:
    for absent in (math.nan, 0.0):
        out = np.full((4, 2), 7.0)
        block(absent).fill([reading("口罩"), reading("x"), reading("ab"), reading("")], out)
        expected = [[2.0, 1.0], [absent, absent], [2.0, math.nan], [absent, absent]]
        assert np.array_equal(out, np.array(expected), equal_nan=True)


def test_no_readings() -> None:
    block(0.0).fill([], np.empty((0, 2)))


def test_absent_is_never_zero() -> None:
    assert math.isnan(number(None))
    assert number(0) == 0.0
    assert ratio(None, 3.0) is None
    assert ratio(3.0, None) is None
    assert ratio(3.0, 0.0) is None
    assert ratio(0.0, 3.0) == 0.0
