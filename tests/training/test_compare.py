"""Two bundles on the same takedowns: what differs, how surely, and for which listings."""

from dataclasses import replace

import numpy as np
import orjson
import pytest

from models import Bundle
from models.calibration import Calibration
from training.compare import Comparison, better, compare
from training.errors import TrainingError
from training.evaluate import Report
from training.market import simulate
from training.moves import KINDS, levels_of
from training.paired import Difference
from training.ranking import METRICS
from training.takedowns import Takedown


def test_a_bundle_is_no_better_than_itself(small_bundle: Bundle, newest: list[Takedown], small_report: Report) -> None:
    told = compare(small_bundle, small_bundle, newest, replicates=20)
    assert told.heads.keys() == small_report.heads.keys()
    for head, one in told.heads.items():
        assert one.new.numbers() == small_report.heads[head].numbers()
        assert all(d.difference == 0 and better(name, d) is None for name, d in one.differences.items())
        assert all(not moved for moved in one.moved.values())
        counts = np.array(one.levels["guilty"])
        assert counts.sum() == np.trace(counts) == one.new.guilty


def test_differences_are_those_of_the_reports(small_comparison: Comparison) -> None:
    for one in small_comparison.heads.values():
        for name in (*METRICS, "fpr_high", "fpr_medium"):
            told = one.differences[name]
            assert told.old == pytest.approx(one.old.numbers()[name], abs=1e-4)
            assert told.new == pytest.approx(one.new.numbers()[name], abs=1e-4)
            assert told.difference == pytest.approx(told.new - told.old)
            assert told.low <= told.difference + 0.02
            assert told.high >= told.difference - 0.02
        assert sum(c.recall.count for c in one.categories) == one.new.guilty


def test_the_listings_that_moved_are_counted_and_shown(small_comparison: Comparison, newest: list[Takedown]) -> None:
    for one in small_comparison.heads.values():
        for kind in KINDS:
            outcome, way = kind.split("_")
            counts = np.array(one.levels[outcome])
            moved = (np.triu(counts, 1) if way == "up" else np.tril(counts, -1)).sum()
            assert len(one.moved[kind]) == min(moved, 8)
            for listing in one.moved[kind]:
                assert newest[listing.row - 1].listing.title == listing.title
                assert (listing.new_p > listing.old_p) == (way == "up") or listing.new_level != listing.old_level
    assert any(one.moved[kind] for one in small_comparison.heads.values() for kind in KINDS)


def test_it_prints_and_travels(small_comparison: Comparison) -> None:
    assert "recall at 5 % FPR" in small_comparison.table()
    assert "worse" in small_comparison.table() or "better" in small_comparison.table()
    assert all(" -> " in line for line in small_comparison.examples())
    assert orjson.loads(small_comparison.to_json())["new"] == small_comparison.new


def test_a_bundle_that_learned_from_the_file_is_named(small_bundle: Bundle, other_bundle: Bundle) -> None:
    assert compare(small_bundle, other_bundle, list(simulate(1600, seed=7)), replicates=2).trained_on == ("old",)


def test_heads_of_one_bundle_only_are_named(small_bundle: Bundle, newest: list[Takedown]) -> None:
    heads = small_bundle.manifest.heads
    alone = replace(
        small_bundle,
        manifest=small_bundle.manifest.model_copy(update={"heads": heads[:1]}),
        boosters={head: booster for head, booster in small_bundle.boosters.items() if head in heads[:1]},
    )
    told = compare(small_bundle, alone, newest[:300], replicates=2)
    assert (told.lost, told.gained) == (heads[1:], ())
    assert compare(alone, small_bundle, newest[:300], replicates=2).gained == heads[1:]
    other = replace(alone, manifest=alone.manifest.model_copy(update={"heads": ("other",)}))
    with pytest.raises(TrainingError, match="share no head"):
        compare(small_bundle, other, newest)


def test_of_several_decisions_on_a_listing_one_is_compared(small_bundle: Bundle, newest: list[Takedown]) -> None:
    rows = newest[:300]
    guilty = next(t for t in rows if t.outcome == "confirmed" and t.reason == "replica")
    appeal, doubt = replace(guilty, outcome="appeal_reversed"), replace(guilty, outcome="pending")
    before, reversed_, same = (
        compare(small_bundle, small_bundle, [*rows, *more], replicates=2).heads["counterfeit"]
        for more in ([], [appeal], [doubt])
    )
    counts = [sum(map(sum, one.levels["guilty"])) for one in (before, reversed_, same)]
    assert counts == [before.new.guilty, before.new.guilty - 1, before.new.guilty]
    assert reversed_.new.guilty == before.new.guilty - 1


def test_one_label_alone_compares_nothing(small_bundle: Bundle, newest: list[Takedown]) -> None:
    honest = [replace(t, outcome="rejected", reason="") for t in newest[:50]]
    told = compare(small_bundle, small_bundle, honest, replicates=2)
    assert (told.heads, told.unmeasured) == ({}, small_bundle.manifest.heads)


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("pr_auc", 0.1, 0.3, True),
        ("pr_auc", -0.3, -0.1, False),
        ("ece", 0.1, 0.3, False),
        ("fpr_high", -0.3, -0.1, True),
        ("pr_auc", -0.1, 0.3, None),
        ("pr_auc", 0.0, 0.0, None),
    ],
)
def test_better_means_more_of_most_and_less_of_some(metric: str, low: float, high: float, verdict: bool | None) -> None:
    assert better(metric, Difference(50, 0, 0, (low + high) / 2, low, high)) is verdict


def test_levels_begin_at_the_thresholds() -> None:
    table = Calibration(a=1.0, b=0.0, log_odds=(-2.0, 0.0, 1.0, 3.0), scores=(0, 60, 85, 100))
    assert levels_of(np.array([-0.1, 0.0, 0.9, 1.0]), table).tolist() == [0, 1, 1, 2]
