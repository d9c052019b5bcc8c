"""A promise is the rate that was asked for; where none was, the rate that calibration showed."""

from models import Bundle
from models.manifest import Thresholds
from training.promise import promised


def test_what_was_asked_is_promised_else_what_was_shown(small_bundle: Bundle) -> None:
    asked = Thresholds(high=0.9, medium=0.4, high_fpr=0.003, medium_fpr=0.02, high_asked=0.005, medium_asked=0.05)
    budget = Thresholds(high=0.9, medium=0.4, high_fpr=0.003, medium_fpr=0.02)
    told = small_bundle.manifest.model_copy(update={"thresholds": {"a": asked, "b": budget}})
    assert promised(told) == {"a": {"high": 0.005, "medium": 0.05}, "b": {"high": 0.003, "medium": 0.02}}
