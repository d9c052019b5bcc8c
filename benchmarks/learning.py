"""What the training command makes of other people's labels. Prints every figure of learning that the README names.

    python -m benchmarks.learning DIR [--only cloaked|buyers|judged|warm] [--start BUNDLE]

DIR holds the sets the README describes. Each is written as a takedown file and given to `zhenwei train`; nothing
made here ships.
"""

import argparse
import csv
import gzip
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, recall_score, roc_auc_score

from benchmarks.quality import recall_at
from features.listing import Listing
from features.reader import Reader
from models import STARTER, Bundle, open_bundle
from models.scorer import Scorer, grams_of
from service.cli import app
from training.labels import Label, labels
from training.market import simulate
from training.split import seller_of
from training.takedown_files import write_takedowns
from training.takedowns import Takedown

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LONGEST = 512  # code points of a title
SIZES = (200, 1_000, 5_000, 50_000)
TESTED = 20_000  # listings of the market that only measure
SPLITS = 5
FOLDS = 5
CHUNK = 2048
REASONS = {"replica": "replica", "illegal_claim": "illegal_claim", "prohibited": "banned_goods"}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the data is, where bundles are made, and the bundle that warm training begins from."""

    data: Path
    folder: Path
    start: Path

    def trained(self, takedowns: Sequence[Takedown], *options: str) -> Bundle:
        """Run `zhenwei train` on these takedowns."""
        file, out = self.folder / "takedowns.jsonl", self.folder / "bundle"
        write_takedowns(file, takedowns)
        app(["train", str(file), "--out", str(out), "--processes", "1", *options], standalone_mode=False)
        return open_bundle(out)


def logits(bundle: Bundle, takedowns: Sequence[Takedown], head: str) -> Floats:
    """Calibrated log-odds of n takedowns, (n,)."""
    reader, told = Reader(bundle.knowledge), bundle.manifest
    scorer = Scorer(told.features, told.signals, bundle.text, bundle.boosters, bundle.calibrations)
    out = []
    for first in range(0, len(takedowns), CHUNK):
        readings = reader.read_many([t.listing for t in takedowns[first : first + CHUNK]])
        out.append(scorer.logits(scorer.matrix(readings), bundle.text.values(grams_of(readings)))[head])
    return np.concatenate(out)


def guilty_of(takedowns: Sequence[Takedown]) -> Bools:
    """Which takedowns were confirmed, (n,)."""
    return np.array([t.outcome == "confirmed" for t in takedowns])


def takedown(listing: Listing, reason: str, *, guilty: bool) -> Takedown:
    """One labelled listing."""
    return Takedown(listing, "confirmed" if guilty else "rejected", reason)


def reviews(path: Path) -> list[Takedown]:
    """Read reviews, spam or not, as titles. The longest lose what a title cannot hold."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        takedown(Listing(str(at), row["text"][:LONGEST]), "fake_reviews", guilty=row["spam"] == "1")
        for at, row in enumerate(rows)
        if row["text"].strip()
    ]


def cloaked(bench: Bench) -> None:
    """Print F1 and recall on cloaked reviews at p >= 0.5, and at a threshold chosen on a quarter of the plain ones."""
    train, test = (reviews(bench.data / "cloaked_reviews" / f"{part}.csv.gz") for part in ("train", "test_dev"))
    order = np.random.default_rng(0).permutation(len(train))
    shown, taught = order[: len(train) // 4], order[len(train) // 4 :]
    aside = [train[at] for at in shown]
    held = logits(bench.trained([train[at] for at in taught]), aside, "fraud_order")
    chosen = max(np.quantile(held, np.linspace(0.3, 0.9, 301)), key=lambda t: f1_score(guilty_of(aside), held >= t))
    found, guilty = logits(bench.trained(train), test, "fraud_order"), guilty_of(test)
    print(f"cloaked reviews: trained on {len(train)}, measured on {len(test)}, {guilty.sum()} of them spam")
    print(f"  AUC {roc_auc_score(guilty, found):.4f}")
    for name, threshold in (("p >= 0.5", 0.0), (f"log-odds >= {chosen:.2f}, chosen on plain reviews", chosen)):
        flagged = found >= threshold
        print(f"  {name}: F1 {f1_score(guilty, flagged):.4f}, recall {recall_score(guilty, flagged):.4f}")


def buyers(bench: Bench) -> None:
    """Print AUC on products that bought fake reviews, over several random splits by product, 70 to 30."""
    with gzip.open(bench.data / "fake_review_buyers" / "products.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in {"fake", "product_ID"}]
    every = [
        takedown(
            Listing(row["product_ID"], "", signals={name: float(row[name]) for name in names}),
            "fake_reviews",
            guilty=row["fake"] == "1",
        )
        for row in rows
    ]
    found = []
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(every))
        taught, shown = np.split(order, [int(0.7 * len(every))])
        bundle = bench.trained([every[at] for at in taught])
        test = [every[at] for at in shown]
        found.append(float(roc_auc_score(guilty_of(test), logits(bundle, test, "fraud_order"))))
    told = ", ".join(f"{one:.4f}" for one in found)
    print(f"buyers of fake reviews: {len(every)} products, {len(names)} signals, no titles")
    print(f"  AUC {np.mean(found):.4f}, mean of {SPLITS} splits ({told})")


def judged(bench: Bench) -> None:
    """Print AUC on judged titles as takedowns, in folds, warm and cold, and of a text model on the same folds."""
    with (bench.data / "judged_titles" / "judged_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    every = [
        takedown(Listing(str(at), row["title"]), REASONS.get(row["label"], ""), guilty=row["label"] in REASONS)
        for at, row in enumerate(rows)
    ]
    guilty = guilty_of(every)
    fold = np.random.default_rng(0).permutation(len(every)) % FOLDS
    found = {name: np.empty(len(every)) for name in ("text only", "cold", "warm")}
    for one in range(FOLDS):
        out = np.flatnonzero(fold == one)
        taught, shown = [every[at] for at in np.flatnonzero(fold != one)], [every[at] for at in out]
        found["text only"][out] = text_only(taught, shown)
        found["cold"][out] = logits(bench.trained(taught), shown, "counterfeit")
        found["warm"][out] = logits(bench.trained(taught, "--from", str(bench.start)), shown, "counterfeit")
    print(f"judged titles as takedowns: {len(every)}, {guilty.sum()} of them guilty, {FOLDS} folds")
    for name, values in found.items():
        print(f"  {name:10} AUC {roc_auc_score(guilty, values):.4f}, ", end="")
        print(f"recall at 2 % false positives {recall_at(values, guilty, 0.02):.3f}")


def text_only(taught: Sequence[Takedown], shown: Sequence[Takedown]) -> Floats:
    """Log-odds by logistic regression over characters, pairs and triples, TF-IDF: what an afternoon would bring."""
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    matrix = words.fit_transform([t.listing.title for t in taught])
    model = LogisticRegression(C=10, max_iter=1000).fit(matrix, guilty_of(taught))
    values: Floats = model.decision_function(words.transform([t.listing.title for t in shown]))
    return values


def warm(bench: Bench, sizes: Sequence[int]) -> None:
    """Print cold against warm on the market's evaluation part, sellers apart, for growing numbers of labels."""
    every = list(simulate(max(sizes) + TESTED + CHUNK, 41, "evaluation"))
    test = every[:TESTED]
    known = {seller_of(t) for t in test}
    rest = [t for t in every[TESTED:] if seller_of(t) not in known]
    print(f"market, evaluation part: measured on {TESTED} listings of other sellers (ROC-AUC / PR-AUC)")
    print(f"  {'labels':>7}  {'head':12} {'start alone':>15} {'cold':>15} {'warm':>15}  trust")
    start = open_bundle(bench.start)
    for size in sizes:
        cold = bench.trained(rest[:size])
        scores = {head: [logits(start, test, head), logits(cold, test, head)] for head in cold.boosters}
        begun = bench.trained(rest[:size], "--from", str(bench.start))
        for head, told in scores.items():
            label = labels(test, head)
            known_here, guilty = label != Label.UNKNOWN, label == Label.GUILTY
            cells = [
                f"{roc_auc_score(guilty[known_here], one[known_here]):.4f} / "
                f"{average_precision_score(guilty[known_here], one[known_here]):.4f}"
                for one in (*told, logits(begun, test, head))
            ]
            trust = begun.manifest.training.trust.get(head)
            print(f"  {size:>7}  {head:12} " + " ".join(f"{cell:>15}" for cell in cells), end="")
            print(f"  {'began anew' if trust is None else f'{trust:.2f}'}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", choices=("cloaked", "buyers", "judged", "warm"))
    parser.add_argument("--start", type=Path, default=STARTER)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="labels, for warm")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args.directory, Path(folder), args.start)
        for name, measure in (("cloaked", cloaked), ("buyers", buyers), ("judged", judged)):
            if args.only in (None, name):
                measure(bench)
        if args.only in (None, "warm"):
            warm(bench, args.sizes)


if __name__ == "__main__":
    main()
