"""A promise is the rate that was asked for; where none was, the rate that calibration showed."""

import pytest

from models import Bundle
from models.manifest import Thresholds
from training.interval import Interval
from training.promise import Kept, kept, promised


def test_what_was_asked_is_promised_else_what_was_shown(small_bundle: Bundle) -> None:
    asked = Thresholds(high=0.9, medium=0.4, high_fpr=0.003, medium_fpr=0.02, high_asked=0.005, medium_asked=0.05)
    budget = Thresholds(high=0.9, medium=0.4, high_fpr=0.003, medium_fpr=0.02)
    told = small_bundle.manifest.model_copy(update={"thresholds": {"a": asked, "b": budget}})
    assert promised(told) == {"a": {"high": 0.005, "medium": 0.05}, "b": {"high": 0.003, "medium": 0.02}}


@pytest.mark.parametrize(
    ("seen", "lies", "verdict"),
    [
        (0.005, Interval(0.001, 0.01), "kept"),
        (0.005, Interval(0.001, 0.0101), "unsure"),
        (0.0051, Interval(0.005, 0.02), "chance"),
        (0.0051, Interval(0.0051, 0.02), "broken"),
        (0.005, None, "kept"),
        (0.0051, None, "broken"),
    ],
)
def test_a_promise_is_judged_by_where_the_rate_lies(seen: float, lies: Interval | None, verdict: Kept) -> None:
    assert kept(seen, 0.005, lies) == verdict
