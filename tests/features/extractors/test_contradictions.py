"""A listing that says two things which cannot both be true."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from features.evidence import Evidence
from features.extractors.contradictions import ContradictionExtractor
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.normalize import Folder
from features.reading import CategoryGuess

BAGS = CategoryGuess("bags", "inferred", 0.9)
FAKE = {
    "claim": ["可降解", "生物降解"],
    "attributes": ["材质", "材料"],
    "pattern": r"\b(?:pe|pp)\b|聚乙烯|淀粉",
    "in_title": True,
    "unless": ["不可降解"],
}
THIN = {"attributes": ["厚度"], "number_below": 0.025, "unit": "mm", "in_title": True}

Find = Callable[..., list[Evidence]]


@pytest.fixture(scope="module")
def find(make_rule: Callable[..., Rule], make_knowledge: Callable[..., Knowledge], folder: Folder) -> Find:
    rules = (
        make_rule("bag.fake", contradiction=FAKE),
        make_rule("bag.thin", contradiction=THIN, categories=["bags"], severity="medium"),
    )
    extractor = ContradictionExtractor(make_knowledge(rules=rules), folder)

    def found(
        title: str, attributes: Mapping[str, str] | None = None, category: CategoryGuess = BAGS
    ) -> list[Evidence]:
        fields: dict[str, Any] = {"title": folder.fold(title)}
        fields |= {f"attributes.{name}": folder.fold(value) for name, value in (attributes or {}).items()}
        return extractor.find(fields, category)

    return found


@pytest.mark.parametrize(
    ("title", "attributes", "seen"),
    [
        (
            "可降解垃圾袋",
            {"材质": "PE"},
            [("bag.fake", "title", "可降解", 1), ("bag.fake", "attributes.材质", "PE", 3)],
        ),
        (
            "垃圾袋",
            {"卖点": "生物降解", "主要材料": "聚乙烯"},
            [("bag.fake", "attributes.卖点", "生物降解", 1), ("bag.fake", "attributes.主要材料", "聚乙烯", 3)],
        ),
        ("可降解淀粉袋", {}, [("bag.fake", "title", "可降解", 1), ("bag.fake", "title", "淀粉", 3)]),
        ("购物袋", {"厚度": "单面2丝"}, [("bag.thin", "attributes.厚度", "2丝", 2)]),
        ("购物袋 厚度0.01mm", {}, [("bag.thin", "title", "厚度0.01mm", 2)]),
        ("可降解垃圾袋", {"材质": "PBAT+PLA"}, []),
        ("可降解垃圾袋", {"颜色": "PE"}, []),
        ("可降解垃圾袋", {}, []),
        ("垃圾袋", {"材质": "PE"}, []),
        ("不可降解垃圾袋", {"材质": "PE"}, []),
        ("购物袋", {"厚度": "0.025mm"}, []),
        ("购物袋", {"厚度": "加厚"}, []),
        ("", {}, []),
    ],
)
def test_contradiction(
    find: Find, title: str, attributes: dict[str, str], seen: list[tuple[str, str, str, int]]
) -> None:
    assert [(e.rule, e.field, e.text, e.strength) for e in find(title, attributes)] == seen


def test_a_rule_about_bags_says_nothing_about_film(find: Find) -> None:
    film = CategoryGuess("film", "declared", 1.0)
    assert find("手机膜", {"厚度": "0.02mm"}, film) == []
