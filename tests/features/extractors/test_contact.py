"""Handles and numbers count only beside a word of contact; a number alone may be a bar code."""

from collections.abc import Callable

import pytest

from features.extractors.contact import RULE, ContactExtractor
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.normalize import Folder

MakeRule = Callable[..., Rule]
MakeKnowledge = Callable[..., Knowledge]


@pytest.fixture(scope="module")
def texts(make_rule: MakeRule, make_knowledge: MakeKnowledge, folder: Folder) -> Callable[[str], list[str]]:
    """Raw texts of the evidence in a title."""
    extractor = ContactExtractor(make_knowledge(rules=(make_rule(RULE, terms=[{"words": ["加微信"]}]),)))

    def find(title: str) -> list[str]:
        found = extractor.find({"title": folder.fold(title)})
        assert all(title[e.start : e.end] == e.text for e in found)
        return [e.text for e in found]

    return find


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("加微信：abc123456", "加微信：abc123456"),
        ("薇❤信 kwy8888", "薇❤信 kwy8888"),
        ("徽信13800138000", "徽信13800138000"),
        ("VX:haoyun168", "VX:haoyun168"),
        ("+V 13800138000", "+V 13800138000"),
        ("加V：abc_12345", "加V：abc_12345"),
        ("扣扣 123456789", "扣扣 123456789"),
        ("加叩叩：123456789", "加叩叩：123456789"),
        ("q裙 12345678", "q裙 12345678"),
        ("QQ群:123456789", "QQ群:123456789"),
        ("企鹅号 34567", "企鹅号 34567"),
        ("电话 139-1234-5678", "电话 139-1234-5678"),
        ("手机同号 139 1234 5678", "手机同号 139 1234 5678"),
        ("微信同号１３８００１３８０００", "微信同号１３８００１３８０００"),
        ("十\\/：13800138000", "十\\/：13800138000"),
        ("V haoyun168", "V haoyun168"),
        ("v 13800138000", "v 13800138000"),
        ("V13800138000", "V13800138000"),
        ("v客服 haoyun168", "v客服 haoyun168"),
        ("V 1234567", "V 1234567"),
    ],
)
def test_a_handle_beside_a_contact_word(texts: Callable[[str], list[str]], title: str, text: str) -> None:
    assert texts(title) == [text]


@pytest.mark.parametrize(
    "title",
    [
        "6901234567890",
        "13800138000",
        "条码 69012345678",
        "V领T恤 2023新款",
        "QQ糖 500g",
        "微型电机 220v 12345",
        "微电脑 abcdef123",
        "手机壳 iphone13promax",
        "手机iphone14promax",
        "电话手表 4g",
        "加厚q弹 1234567",
        "微信",
        "企鹅公仔 30cm",
        "vintage复古连衣裙",
        "versace范思哲香水",
        "victory胜利之吻",
        "vitamin维生素c",
        "Valmont法儿曼面膜",
        "vintage2023春夏",
        "v领 fashion",
        "V vintage 复古",
        "V1234567型号",
        "v8发动机 123456",
        "连衣裙 123456789",
        "",
    ],
)
def test_honest_titles(texts: Callable[[str], list[str]], title: str) -> None:
    assert texts(title) == []


def test_nothing_is_found_when_the_knowledge_has_no_such_rule(make_knowledge: MakeKnowledge, folder: Folder) -> None:
    assert ContactExtractor(make_knowledge()).find({"title": folder.fold("加微信：abc123456")}) == []


def test_long_hostile_text_ends_soon(texts: Callable[[str], list[str]]) -> None:
    texts("加微信：" * 2_000 + "q裙 " * 2_000 + "v:" * 2_000)
