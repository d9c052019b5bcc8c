"""Prices far below what the brand or the category ever costs."""

from collections.abc import Callable

import pytest

from features.extractors.prices import PriceExtractor
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.reading import CategoryGuess

LIPSTICK = CategoryGuess("cosmetics", "inferred", 0.9)
CASE = CategoryGuess("phone_cases", "inferred", 0.9)
UNSURE = CategoryGuess("cosmetics", "inferred", 0.3)


@pytest.fixture(scope="module")
def extractor(make_rule: Callable[..., Rule], make_knowledge: Callable[..., Knowledge]) -> PriceExtractor:
    return PriceExtractor(
        make_knowledge(
            rules=(
                make_rule("price.brand", price={"ratio": 0.25, "reference": "brand"}),
                make_rule("price.group", price={"ratio": 0.1, "reference": "category"}, severity="low"),
            ),
            categories=({"id": "cosmetics", "words": ["口红"], "price_band": {"low_cny": 20, "high_cny": 500}},),
            brands=(
                {"id": "chanel", "price_low_cny": 300, "categories": ["cosmetics"]},
                {"id": "dior", "price_low_cny": 200, "categories": ["cosmetics"]},
                {"id": "nameless"},
            ),
        )
    )


@pytest.mark.parametrize(
    ("price", "brands", "category", "rules"),
    [
        (49.9, ("chanel",), LIPSTICK, ["price.brand"]),
        (75.0, ("chanel",), LIPSTICK, []),  # exactly the ratio
        (60.0, ("chanel", "dior"), LIPSTICK, []),  # the cheaper brand is the reference
        (49.9, ("nameless",), LIPSTICK, []),
        (49.9, (), LIPSTICK, []),
        (9.9, ("chanel",), CASE, []),  # a case for the phone of a brand
        (1.5, (), LIPSTICK, ["price.group"]),
        (1.5, (), UNSURE, []),
        (1.5, ("chanel",), LIPSTICK, ["price.brand", "price.group"]),
        (0.0, ("chanel",), LIPSTICK, []),  # a placeholder
    ],
)
def test_price(
    extractor: PriceExtractor, price: float, brands: tuple[str, ...], category: CategoryGuess, rules: list[str]
) -> None:
    found = extractor.find(price, brands, category)
    assert [e.rule for e in found] == rules
    assert all((e.field, e.start, e.end, e.text) == ("price_cny", 0, 0, "") for e in found)


def test_the_evidence_says_price_and_reference(extractor: PriceExtractor) -> None:
    (one,) = extractor.find(49.9, ("chanel",), LIPSTICK)
    assert one.folded == "49.9 < 300"
