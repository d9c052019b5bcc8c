"""What moved since training, in the words of the drift verdict."""

from dataclasses import replace

from features.reader import Reader
from models import Bundle
from training.evaluate import Report
from training.since import since
from training.takedowns import Takedown


def test_takedowns_are_compared_with_what_the_bundle_remembers(small_report: Report, newest: list[Takedown]) -> None:
    told = small_report.since
    assert told is not None
    assert told.state in {"steady", "watch", "retrain"}
    assert told.listings == len(newest)
    assert {side.state for side in told.sides} <= {"steady", "watch", "retrain", "unknown"}
    assert all(0 <= share <= 1 for one in told.shifts for share in (one.before, one.after))


def test_a_bundle_that_remembers_nothing_compares_nothing(small_bundle: Bundle, newest: list[Takedown]) -> None:
    listings, reader = [takedown.listing for takedown in newest[:400]], Reader(small_bundle.knowledge)
    assert since(small_bundle, listings, 400, reader) is not None
    assert since(replace(small_bundle, reference=None), listings, 400, reader) is None
    assert since(small_bundle, [], 0, reader) is None
