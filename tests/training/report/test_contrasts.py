"""Pictures of two bundles: what is surely better, surely worse, or perhaps chance."""

from typing import Any

import pytest

from training.compare import SMALLER_IS_BETTER
from training.report.contrasts import CALLED, categories, changes


def told(low: float, high: float, count: int = 100) -> dict[str, Any]:
    return {"count": count, "old": 0.5, "new": 0.5, "difference": (low + high) / 2, "low": low, "high": high}


@pytest.mark.parametrize(
    ("low", "high", "colour"), [(0.1, 0.2, "accent"), (-0.2, -0.1, "guilty"), (-0.1, 0.2, "muted")]
)
def test_colour_says_what_is_sure(low: float, high: float, colour: str) -> None:
    chart = changes({"pr_auc": told(low, high)}, "a")
    assert {name for name in ("accent", "guilty") if f"stroke: var(--{name})" in chart} == {colour} - {"muted"}


def test_less_of_a_bad_thing_is_better() -> None:
    assert "stroke: var(--accent)" in changes({"ece": told(-0.2, -0.1)}, "a")
    assert CALLED.keys() >= SMALLER_IS_BETTER


def test_few_listings_are_never_sure() -> None:
    chart = categories(
        [{"name": "masks", "recall": told(0.1, 0.2, count=3)}], {"masks": {"zh": "口罩", "en": "masks"}}, "a"
    )
    assert "口罩  n=3<" in chart
    assert "var(--accent)" not in chart
