"""Training: the same takedowns give the same bundle, and what cannot teach is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.knowledge import load
from features.knowledge.brandlist import with_brands
from features.listing import Listing
from features.reader import Reader
from models import Screener, open_bundle
from models.errors import BundleBusy, BundleTampered
from training.errors import TrainingError
from training.evaluate import evaluate
from training.fit import fit
from training.labels import Label, label
from training.levels import Levels, read_budget
from training.market import simulate
from training.takedowns import Outcome, Takedown

OWN = """
source = "ours"
as_of = 2026-01-01
[[brand]]
id = "foshan"
zh = ["甄伪牌"]
confidence = "check"
"""


@pytest.fixture(scope="module")
def market() -> list[Takedown]:
    return list(simulate(2000, seed=5))


@pytest.fixture(scope="module")
def folder(market: list[Takedown], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fit") / "bundle"
    fit(market, out, seed=3, created="2026-11-24", simulated=True)
    return out


def test_the_same_takedowns_give_the_same_bytes(market: list[Takedown], folder: Path, tmp_path: Path) -> None:
    fit(iter(market), tmp_path / "again", seed=3, created="2026-11-24", simulated=True, processes=2)
    assert open_bundle(tmp_path / "again").manifest == open_bundle(folder).manifest
    assert open_bundle(tmp_path / "again").id == open_bundle(folder).id


def test_a_brand_list_of_ones_own_goes_with_the_bundle(tmp_path: Path) -> None:
    blob = OWN.encode()
    fit(simulate(1100, seed=9), tmp_path / "b", knowledge=with_brands(load(), blob, "ours.toml"), simulated=True)
    bundle = open_bundle(tmp_path / "b")
    assert list(bundle.knowledge.brands) == ["foshan"]
    assert bundle.manifest.knowledge["brands.toml"] == bundle.knowledge.digests["brands.toml"]
    reader = Reader(bundle.knowledge)
    assert reader.read(Listing("1", "甄伪牌手袋")).brands == ("foshan",)
    assert reader.read(Listing("1", "香奈儿手袋")).brands == ()
    (tmp_path / "b" / "brands.toml").write_bytes(blob.replace(b"foshan", b"lanshan"))
    with pytest.raises(BundleTampered):
        open_bundle(tmp_path / "b")


def test_it_learns(market: list[Takedown], folder: Path) -> None:
    bundle = open_bundle(folder)
    for head in bundle.manifest.heads:
        assert bundle.manifest.metrics[head]["roc_auc"] > 0.65
    assert evaluate(bundle, market[:500]).heads.keys() <= set(bundle.manifest.heads)


def test_a_head_with_too_few_takedowns_is_left_out_and_counted(market: list[Takedown], tmp_path: Path) -> None:
    rows = [t for t in market[:800] if t.outcome != "confirmed" or label(t, "fraud_order") != Label.GUILTY]
    told = fit(rows, tmp_path / "b")
    assert told.heads == ("counterfeit",)
    assert told.training.guilty["fraud_order"] == 0
    assert told.training.honest["fraud_order"] > 100


def test_a_review_budget_decides_where_level_medium_begins(market: list[Takedown], tmp_path: Path) -> None:
    told = fit(market[:800], tmp_path / "b", budget=read_budget("3%"), levels=Levels(high_fpr=0.02))
    assert told.review
    assert told.review.share == pytest.approx(0.03, abs=0.002)
    assert {at.medium for at in told.thresholds.values()} == {told.thresholds["counterfeit"].medium}
    assert all(at.medium_asked is None and at.high_asked == 0.02 for at in told.thresholds.values())


def test_the_card_says_what_it_was_trained_on(folder: Path) -> None:
    assert "Trained on simulated listings only" in (folder / "card.md").read_text("utf-8")


def test_progress_is_told_to_whoever_asks(market: list[Takedown], tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    fit(market[:500], tmp_path / "b", progress=lambda *step: told.append(step))
    assert told[0][0] == "read"
    assert told[-1] == ("train", told[-1][2], told[-1][2])


def test_a_platforms_own_numbers_become_columns(market: list[Takedown], tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [
        replace(t, listing=replace(t.listing, signals={"own.risk": (t.outcome == "confirmed") + random.random()}))
        for t in market[:500]
    ]
    manifest = fit(rows, tmp_path / "b")
    assert manifest.signals == ("own.risk",)
    assert manifest.metrics["counterfeit"]["roc_auc"] > 0.9


def test_two_trainings_into_one_folder_are_one_too_many(market: list[Takedown], tmp_path: Path) -> None:
    def second() -> Iterator[Takedown]:
        with pytest.raises(BundleBusy):
            fit([], tmp_path / "b")
        yield from market[:20]

    with pytest.raises(TrainingError, match="teach no head"):
        fit(second(), tmp_path / "b")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("outcome", ["confirmed", "pending"])
def test_what_teaches_nothing_is_refused(market: list[Takedown], tmp_path: Path, outcome: Outcome) -> None:
    rows = [replace(t, outcome=outcome) for t in market[:300]]
    with pytest.raises(TrainingError, match="teach no head"):
        fit(rows, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_reasons_no_head_knows_are_named(market: list[Takedown], tmp_path: Path) -> None:
    rows = [replace(t, outcome="confirmed", reason="迟发货") for t in market[:300]]
    with pytest.raises(TrainingError, match="迟发货"):
        fit(rows, tmp_path / "b")


@pytest.fixture(scope="module")
def few() -> list[Takedown]:
    return list(simulate(240, seed=77, part="evaluation"))


def test_few_takedowns_teach_and_the_bundle_says_how(few: list[Takedown], tmp_path: Path) -> None:
    manifest = fit(few, tmp_path / "cold")
    assert manifest.training.in_turn
    assert not manifest.training.start
    assert "sellers held out in turn" in (tmp_path / "cold" / "card.md").read_text("utf-8")


@pytest.fixture(scope="module")
def warm(few: list[Takedown], folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fit") / "warm"
    fit(few, out, start=open_bundle(folder), seed=1)
    return out


def test_an_older_bundle_helps_where_labels_are_few(
    few: list[Takedown], folder: Path, warm: Path, tmp_path: Path
) -> None:
    start, begun = open_bundle(folder), open_bundle(warm)
    assert begun.manifest.training.start == start.id
    assert begun.manifest.training.trust["counterfeit"] > 0
    assert f"begun from bundle {start.id}" in (warm / "card.md").read_text("utf-8")
    fit(few, tmp_path / "again", start=start, seed=1)
    assert open_bundle(tmp_path / "again").id == begun.id


def test_explanations_of_a_warm_bundle_add_up(few: list[Takedown], warm: Path) -> None:
    answers = Screener(open_bundle(warm)).screen(
        [t.listing for t in few[:20]], explain="full", today=date(2026, 11, 24)
    )
    assert max(head.explanation.residual for a in answers for head in a.heads.values() if head.explanation) < 1e-6
