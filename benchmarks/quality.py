"""How well a bundle reads real Chinese titles it was never trained on.

    python -m benchmarks.quality DIR [--bundle BUNDLE]

DIR holds the sets the README describes: judged_titles/judged_dev.csv (titles labelled twice by reading) and
titles/real_titles.parquet (unlabelled; Tmall brand shops are almost surely genuine).
"""

import argparse
import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from features.listing import Listing
from models import STARTER, Screener, Screening, open_bundle

TODAY = date(2026, 11, 24)
KEYWORDS = ("高仿", "精仿", "A货", "a货", "复刻", "原单", "莆田", "减肥", "壮阳", "根治", "特效", "三无", "刷单")


def screened(screener: Screener, titles: list[str]) -> list[Screening]:
    """Screen titles alone, as a crawler would deliver them."""
    listings = [Listing(listing_id=str(i), title=title) for i, title in enumerate(titles)]
    return screener.screen(listings, explain="none", today=TODAY)


def margins(answers: list[Screening]) -> np.ndarray:
    """Probability of the counterfeit head; what is not assessed sorts as safe, which only hurts us."""
    return np.array([a.heads["counterfeit"].p if a.heads else 0.0 for a in answers])


def recall_at(scores: np.ndarray, guilty: np.ndarray, share: float) -> float:
    """Recall at the threshold that flags `share` of the innocent."""
    threshold = np.quantile(scores[~guilty], 1 - share)
    return float((scores[guilty] > threshold).mean())


def judged(screener: Screener, path: Path) -> None:
    """Print AUC, recall at 2 % false positives, and the same for the usual keywords."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    titles, guilty = [r["title"] for r in rows], np.array([r["label"] != "benign" for r in rows])
    scores = margins(screened(screener, titles))
    usual = np.array([sum(word in title for word in KEYWORDS) for title in titles], dtype=float)
    print(f"judged titles ({len(rows)}, {guilty.sum()} risky)")
    print(f"  AUC {roc_auc_score(guilty, scores):.4f}   usual keywords {roc_auc_score(guilty, usual):.4f}")
    print(f"  recall at 2 % false positives {recall_at(scores, guilty, 0.02):.3f}")
    for label in sorted({r["label"] for r in rows} - {"benign"}):
        mine = np.array([r["label"] == label for r in rows])
        print(f"  {label:14} AUC {roc_auc_score(guilty[mine | ~guilty], scores[mine | ~guilty]):.4f}  ({mine.sum()})")


def real(screener: Screener, path: Path) -> None:
    """Print the share of each level per source."""
    table = pl.read_parquet(path)
    print("levels of real titles")
    for source in sorted(table["source"].unique()):
        titles = [t[:512] for t in table.filter(pl.col("source") == source)["title"].to_list() if t and t.strip()]
        levels = Counter(a.level for a in screened(screener, titles))
        high, medium = levels["high"] / len(titles), levels["medium"] / len(titles)
        print(f"  {source:30} {len(titles):6}  high {high:.2%}  medium or higher {high + medium:.2%}")


def main() -> None:
    """Measure the bundle named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--bundle", type=Path, default=STARTER)
    args = parser.parse_args()
    screener = Screener(open_bundle(args.bundle))
    judged(screener, args.directory / "judged_titles" / "judged_dev.csv")
    real(screener, args.directory / "titles" / "real_titles.parquet")


if __name__ == "__main__":
    main()
