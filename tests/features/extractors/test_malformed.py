"""A number that cannot exist is evidence; one that can is not."""

from collections.abc import Callable

import pytest

from features.evidence import Evidence, LicenceNumber, Structure
from features.extractors.malformed import MalformedExtractor
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.reading import CategoryGuess

GOOD, BAD = Structure.WELL_FORMED, Structure.MALFORMED


@pytest.mark.parametrize(
    ("kind", "structure", "category", "fires"),
    [
        ("drug", BAD, "drugs", True),
        ("drug", GOOD, "drugs", False),
        ("sc", BAD, "drugs", False),
        ("drug", BAD, "toys", False),
    ],
)
def test_malformed(
    *,
    make_rule: Callable[..., Rule],
    make_knowledge: Callable[..., Knowledge],
    kind: str,
    structure: Structure,
    category: str,
    fires: bool,
) -> None:
    rule = make_rule("drug.malformed", malformed={"licences": ["drug"]}, categories=["drugs"])
    number = LicenceNumber(kind, "国药准字H99051234", structure, "title", 3, 16, "国药准字H 99051234")
    found = MalformedExtractor(make_knowledge(rules=(rule,))).find([number], CategoryGuess(category, "declared", 1.0))
    evidence = Evidence("drug.malformed", "title", 3, 16, number.text, number.number, strength=3)
    assert found == [evidence] * fires
