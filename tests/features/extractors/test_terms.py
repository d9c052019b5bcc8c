"""Words of rules, with the conditions that keep honest listings honest."""

from collections.abc import Callable
from typing import Any

import pytest

from features.evidence import Evidence
from features.extractors.terms import TermExtractor
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.normalize import Folder

MakeRule = Callable[..., Rule]
MakeKnowledge = Callable[..., Knowledge]

GRADE = {"words": ["高仿", "A货", "顶级版本", "顶级"], "within": ["提高仿皮"], "unless": ["翡翠", "玉"], "strength": 3}
ZP = {"words": ["ZP"], "match": "latin"}
DRUG = {"words": ["大麻"], "within": ["大麻烦", "大麻花"]}
CARRIER = {"words": ["鱼油"], "needs": ["降血压", "降三高"]}
BAG = {"words": ["垃圾袋"], "needs_categories": ["apparel_shoes"]}
HINT = {"words": ["识货者选购"], "needs_rules": ["test.grade"]}
CHAIN = {"words": ["懂的来"], "needs_rules": ["test.hint"]}
CIRCLE = {"words": ["你懂的"], "needs_rules": ["test.circle"]}


@pytest.fixture(scope="module")
def extractor(make_rule: MakeRule, make_knowledge: MakeKnowledge) -> Callable[..., list[Evidence]]:
    """Evidence of one title (and further fields) under a handful of rules."""
    rules: list[Rule] = []
    for code, terms in {
        "test.grade": GRADE,
        "test.zp": ZP,
        "test.drug": DRUG,
        "test.carrier": CARRIER,
        "test.bag": BAG,
        "test.hint": HINT,
        "test.chain": CHAIN,
        "test.circle": CIRCLE,
    }.items():
        rules.append(make_rule(code, terms=[terms]))
    rules.append(make_rule("test.food", terms=[{"words": ["排毒"]}], categories=["food"]))
    knowledge = make_knowledge(rules=tuple(rules))
    folder = Folder.load(knowledge)
    terms = TermExtractor(knowledge, folder)

    def find(title: str, category: str = "other", fired: frozenset[str] = frozenset(), **more: str) -> list[Evidence]:
        fields = {name: folder.fold(text) for name, text in {"title": title, **more}.items()}
        return terms.find(fields, category, fired)

    return find


Find = Callable[..., list[Evidence]]


@pytest.mark.parametrize(
    ("title", "category", "found"),
    [
        ("高仿女包", "other", ["test.grade:高仿"]),
        ("A货包包", "other", ["test.grade:A货"]),
        ("A货翡翠手镯", "other", []),  # untreated jade
        ("提高仿皮质感", "other", []),  # lies inside 提高仿皮
        ("提高仿皮质感 高仿", "other", ["test.grade:高仿"]),
        ("顶级版本复刻", "other", ["test.grade:顶级版本"]),  # the longest of one rule
        ("ZP级皮具", "other", ["test.zp:ZP"]),
        ("只做zp开发", "other", ["test.zp:zp"]),
        ("打火机XZP防风", "other", []),
        ("型号ZP200", "other", []),
        ("大麻籽", "other", ["test.drug:大麻"]),
        ("惹大麻烦", "other", []),
        ("天津大麻花", "other", []),
        ("深海鱼油", "food", []),
        ("深海鱼油降血压", "food", ["test.carrier:鱼油"]),
        ("22bag垃圾袋", "apparel_shoes", ["test.bag:垃圾袋"]),
        ("厨房垃圾袋", "home", []),
        ("识货者选购", "other", []),
        ("识货者选购 高仿", "other", ["test.hint:识货者选购", "test.grade:高仿"]),
        ("懂的来 识货者选购 高仿", "other", ["test.chain:懂的来", "test.hint:识货者选购", "test.grade:高仿"]),
        ("你懂的", "other", []),  # a rule cannot vouch for itself
        ("排毒茶", "food", ["test.food:排毒"]),
        ("排毒茶", "other", []),
        ("高仿高仿高仿", "other", ["test.grade:高仿"]),  # each word once
        ("", "other", []),
    ],
)
def test_terms(extractor: Find, title: str, category: str, found: list[str]) -> None:
    assert [f"{evidence.rule}:{evidence.text}" for evidence in extractor(title, category)] == found


@pytest.mark.parametrize(
    ("title", "text", "folded", "transforms"),
    [
        ("正品 高.仿包", "高.仿", "高仿", ("separator",)),
        ("Ａ货", "Ａ货", "a货", ("fullwidth",)),
        ("顶 级 版 本", "顶 级 版 本", "顶级版本", ("separator",)),
        ("🔥GAO仿🔥", "GAO仿", "高仿", ("pinyin",)),
        ("大\u200b麻", "大\u200b麻", "大麻", ("invisible",)),
    ],
)
def test_evidence_points_into_the_raw_title(
    extractor: Find, title: str, text: str, folded: str, transforms: tuple[str, ...]
) -> None:
    (evidence,) = extractor(title)
    assert (evidence.text, evidence.folded, evidence.transforms) == (text, folded, transforms)
    assert title[evidence.start : evidence.end] == text


def test_every_field_is_searched_and_named(extractor: Find) -> None:
    found = extractor("女包", description="其实是高仿", brand="A货")
    assert [(evidence.field, evidence.text) for evidence in found] == [("description", "高仿"), ("brand", "A货")]


def test_conditions_look_at_their_own_field_only(extractor: Find) -> None:
    assert extractor("A货", description="翡翠")


def test_rules_that_fire_by_other_means_satisfy_needs_rules(extractor: Find) -> None:
    assert extractor("识货者选购", fired=frozenset({"test.grade"}))


def test_strength_comes_from_the_knowledge(extractor: Find) -> None:
    assert [evidence.strength for evidence in extractor("高仿 大麻籽")] == [3, 2]


def test_no_terms_at_all(make_knowledge: MakeKnowledge, folder: Folder) -> None:
    terms = TermExtractor(make_knowledge(), folder)
    assert terms.find({"title": folder.fold("高仿")}, "other") == []


def test_two_rules_may_share_a_word(make_rule: MakeRule, make_knowledge: MakeKnowledge, folder: Folder) -> None:
    shared: dict[str, Any] = {"terms": [{"words": ["特效药"]}]}
    knowledge = make_knowledge(rules=(make_rule("test.a", **shared), make_rule("test.b", **shared)))
    found = TermExtractor(knowledge, folder).find({"title": folder.fold("特效药")}, "other")
    assert [evidence.rule for evidence in found] == ["test.a", "test.b"]
