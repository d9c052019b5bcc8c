"""What a listing that gives attributes does not show."""

from collections.abc import Callable

import pytest

from features.evidence import LicenceNumber, Structure
from features.extractors.missing import MissingExtractor, standards_pattern
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.normalize import Folder
from features.reading import CategoryGuess

MASKS = CategoryGuess("masks", "inferred", 0.8)
RULE = {
    "licences": ["device"],
    "standards": ["YY 0469-2011", "YY/T 0969-2013", "GB 19083"],
    "when": ["医用"],
    "unless": ["眼罩"],
}
NUMBER = LicenceNumber(
    "device", "粤械注准20202149999", Structure.MALFORMED, "description", 0, 15, "粤械注准20202149999"
)


@pytest.fixture(scope="module")
def extractor(
    make_rule: Callable[..., Rule], make_knowledge: Callable[..., Knowledge], folder: Folder
) -> MissingExtractor:
    rule = make_rule("mask.bare", missing=RULE, categories=["masks"])
    return MissingExtractor(make_knowledge(rules=(rule,)), folder)


@pytest.mark.parametrize(
    ("title", "standard", "category", "missing"),
    [
        ("医用口罩", "蓝色", MASKS, True),
        ("醫用口罩", "蓝色", MASKS, True),
        ("医用口罩", "YY0469-2011", MASKS, False),
        ("医用口罩", "yy / t 0969", MASKS, False),
        ("医用口罩", "YYT0969-2013", MASKS, False),
        ("医用口罩", "YY 04691", MASKS, True),
        ("医用口罩 GB19083-2010", "蓝色", MASKS, False),
        ("防尘口罩", "蓝色", MASKS, False),
        ("医用口罩形眼罩", "蓝色", MASKS, False),
        ("医用口罩", "蓝色", CategoryGuess("masks", "inferred", 0.4), False),
        ("医用口罩", "蓝色", CategoryGuess("food", "declared", 1.0), False),
    ],
)
def test_missing(
    *, extractor: MissingExtractor, folder: Folder, title: str, standard: str, category: CategoryGuess, missing: bool
) -> None:
    fields = {"title": folder.fold(title), "attributes.执行标准": folder.fold(standard)}
    found = extractor.find(fields, [], category)
    assert [(e.rule, e.field, e.start, e.end, e.text) for e in found] == [("mask.bare", "title", 0, 0, "")] * missing


def test_a_number_however_false_is_not_missing(extractor: MissingExtractor, folder: Folder) -> None:
    fields = {"title": folder.fold("医用口罩"), "description": folder.fold(NUMBER.text)}
    assert extractor.find(fields, [NUMBER], MASKS) == []


@pytest.mark.parametrize(
    ("standard", "text", "same"),
    [
        ("GB/T 38082-2019", "gb/t38082", True),
        ("GB/T 38082", "gb/t 38082-2019", True),
        ("GB/T 38082", "gbt38082", True),
        ("GB 2626", "gb2626-2019", True),
        ("GB 2626", "gb26260", False),
        ("GB 2626", "gb 12626", False),
        ("GB/T 38082", "dgb/t38082", False),
        ("企业标准 Q/ABC", "企业标准q/abc", True),
    ],
)
def test_standards_are_compared_without_spaces_and_year(standard: str, text: str, same: bool) -> None:
    pattern = standards_pattern([standard])
    assert pattern is not None
    assert bool(pattern.search(text)) is same


def test_no_standards_no_pattern() -> None:
    assert standards_pattern([]) is None
