"""Small knowledge for testing one mechanism at a time."""

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from features.knowledge import Knowledge
from features.knowledge.schema import Brand, Category, LicenceFormat, Rule
from features.normalize import Folder

MakeKnowledge = Callable[..., Knowledge]
MakeRule = Callable[..., Rule]
SAID = {"zh": "说明", "en": "said"}


@pytest.fixture(scope="session")
def folder() -> Folder:
    """The folder that ships, without words of rules and brands."""
    return Folder.load()


@pytest.fixture(scope="session")
def make_rule() -> MakeRule:
    """Build a rule from its code and its one trigger; everything else is filled in."""

    def make(code: str = "test.rule", **told: Any) -> Rule:  # noqa: ANN401 - the shape of a rule is the schema's business
        filled = {
            "head": "counterfeit",
            "severity": "high",
            "message": SAID,
            "authority": ["samr"],
            "source": "made up",
            "as_of": date(2024, 1, 1),
            "confidence": "confirmed",
            "examples": [{"fires": True, "title": "made up"}],
        }
        return Rule.model_validate({"code": code, **filled, **told})

    return make


@pytest.fixture(scope="session")
def make_knowledge() -> MakeKnowledge:
    """Knowledge that holds only what a test is about."""

    def make(
        *,
        rules: tuple[Rule, ...] = (),
        categories: tuple[dict[str, Any], ...] = (),
        licences: tuple[dict[str, Any], ...] = (),
        brands: tuple[dict[str, Any], ...] = (),
    ) -> Knowledge:
        common = {"source": "made up", "as_of": date(2024, 1, 1)}
        category = {"zh": "类", "en": "group", "priority": 2, "plan": ["一(一)"], "authority": ["samr"], **common}
        licence = {
            "zh": "证",
            "en": "licence",
            "legal_effect": SAID,
            "authority": [],
            "confidence": "confirmed",
            "examples": [{"text": "x", "structure": None}] * 2,
            **common,
        }
        return Knowledge(
            rules=MappingProxyType({one.code: one for one in rules}),
            categories=MappingProxyType({c["id"]: Category.model_validate({**category, **c}) for c in categories}),
            licences=MappingProxyType({x["id"]: LicenceFormat.model_validate({**licence, **x}) for x in licences}),
            citations=MappingProxyType({}),
            authorities=MappingProxyType({}),
            brands=MappingProxyType({b["id"]: Brand.model_validate({"confidence": "confirmed", **b}) for b in brands}),
            digests=MappingProxyType({}),
        )

    return make
