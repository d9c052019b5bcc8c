"""The bundle that ships, on real titles it was never trained on. Floors with room below what was measured."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from features.listing import Listing
from models import STARTER, Screener, Screening, open_bundle

TODAY = date(2026, 11, 24)
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(open_bundle(STARTER))


def screened(screener: Screener, titles: list[str]) -> list[Screening]:
    listings = [Listing(listing_id=str(i), title=title[:512]) for i, title in enumerate(titles)]
    return screener.screen(listings, explain="none", today=TODAY)


def test_it_is_small_and_says_what_it_was_trained_on(screener: Screener) -> None:
    assert sum(path.stat().st_size for path in STARTER.iterdir()) < 8 * MEGABYTE
    assert screener.bundle.manifest.training.simulated
    assert "simulated listings only" in (STARTER / "card.md").read_text("utf-8")


@pytest.mark.parametrize("head", ["counterfeit", "fraud_order"])
def test_probabilities_mean_what_they_say_on_the_market(screener: Screener, head: str) -> None:
    assert screener.bundle.manifest.metrics[head]["ece"] <= 0.03


def test_judged_titles(screener: Screener, shared_data: Path) -> None:
    with (shared_data / "judged_titles/judged_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    guilty = np.array([row["label"] != "benign" for row in rows])
    p = np.array([a.heads["counterfeit"].p for a in screened(screener, [row["title"] for row in rows])])
    assert roc_auc_score(guilty, p) >= 0.95
    assert (p[guilty] > np.quantile(p[~guilty], 0.98)).mean() >= 0.75


def test_genuine_brand_shops_stay_low(screener: Screener, shared_data: Path) -> None:
    table = pl.read_parquet(shared_data / "titles/real_titles.parquet")
    titles = table.filter(pl.col("source") == "tmall_double11_beauty_2016")["title"].to_list()
    levels = Counter(a.level for a in screened(screener, titles))
    assert levels["high"] <= 0.005 * len(titles)
    assert levels["high"] + levels["medium"] <= 0.03 * len(titles)
