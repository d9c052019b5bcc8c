"""Facts as simple as a test can read."""

from collections.abc import Callable, Iterator

import pytest

from features.knowledge import Knowledge, load
from service.leads import LeadFact, Pile, Weighing
from service.leads.fact import Fault, Mark

USCC = "91330106MA2XQ7K31Q"
Make = Callable[..., LeadFact]


@pytest.fixture(scope="session")
def known() -> Knowledge:
    """The knowledge that ships."""
    return load()


@pytest.fixture
def pile(known: Knowledge) -> Iterator[Pile]:
    """An empty pile."""
    made = Pile(Weighing.of_knowledge(known))
    yield made
    made.close()


def replica(title: object = "顶级版本 名牌包", **told: object) -> LeadFact:
    """A listing that sells replicas, with whatever else is told."""
    fault = Fault(
        code="replica.grade",
        severity="high",
        message="“顶级”是仿品行内的分级。",
        source="rule",
        marks=(Mark("title", 0, 2, str(title)[:2]),),
        law=("trademark.sell_counterfeit",),
        authority=("samr", "cnipa"),
        plan="一(一)",
        confidence="confirmed",
    )
    base: dict[str, object] = {
        "evaluation_id": "e" * 32, "listing_id": "1", "law_as_of": "2026-11-20", "category": "apparel_shoes",
        "level": "high", "action": "review", "p": 0.9, "head": "counterfeit", "platform": "甲", "seller_id": "s",
        "title": title, "faults": (fault,),
    }  # fmt: skip
    return LeadFact(**(base | told))  # type: ignore[arg-type]


@pytest.fixture
def make() -> Make:
    """Make a fact."""
    return replica
