"""A year of simulated drift: what a bundle of its first months loses, what drift says, what retraining repairs.

    python -m benchmarks.drift [--listings 60000] [--seed 1]

Training, thresholds and measuring take other sellers each. The threshold is fixed where 2 % of the honest listings of
the training months are flagged. Then, on draws of the same months and of later ones: how often drift cries wolf, and
how often it calls.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from features.reader import Reader
from models import Bundle, open_bundle
from training.drift import compare, reference_of, sampled
from training.drift.sample import SCORE
from training.fit import fit
from training.labels import labels
from training.market.season import age
from training.market.year import simulate_year
from training.takedowns import Takedown

FPR = 0.02
SIZES = (300, 1000, 3000)
Months = dict[int, list[Takedown]]
Scores = dict[str, tuple[np.ndarray, np.ndarray]]


def year(listings: int, seed: int) -> Months:
    """The listings of every month."""
    months: Months = {month: [] for month in range(1, 13)}
    for month, takedown in simulate_year(listings, seed):
        months[month].append(takedown)
    return months


def of(months: Months, first: int, last: int) -> list[Takedown]:
    """The listings of some months."""
    return [takedown for month in range(first, last + 1) for takedown in months[month]]


def scored(bundle: Bundle, reader: Reader, rows: list[Takedown]) -> Scores:
    """Log-odds and guilt of the rows that answer the question of each head."""
    sample = sampled(bundle, [row.listing for row in rows], reader)
    out = {}
    for head in bundle.manifest.heads:
        label = labels(rows, head)
        scores = sample.numbers[:, sample.columns.index(SCORE + head)]
        out[head] = (scores[label >= 0], label[label >= 0] == 1)
    return out


def limits(scores: Scores) -> dict[str, float]:
    """Threshold of each head that FPR of the honest reach."""
    return {head: float(np.quantile(values[~guilty], 1 - FPR)) for head, (values, guilty) in scores.items()}


def told(scores: Scores, limit: dict[str, float]) -> str:
    """Recall, realised false-positive rate and ROC-AUC of every head."""
    return "  ".join(
        f"{(v[g] > limit[head]).mean():6.3f} {(v[~g] > limit[head]).mean():6.3f} {roc_auc_score(g, v):6.3f}"
        for head, (v, g) in scores.items()
    )


def months_of(bundle: Bundle, reader: Reader, known: list[Takedown], measured: Months, first: int) -> None:
    """Print a line per month."""
    profile, limit = reference_of(bundle), limits(scored(bundle, reader, known))
    heads = "  ".join(f"{head[:20]:^20}" for head in bundle.manifest.heads)
    print(f"  month  {heads}  drift\n         " + "  ".join(["recall   fpr    auc"] * len(bundle.manifest.heads)))
    for month in range(first, 13):
        rows = measured[month]
        report = compare(bundle, profile, sampled(bundle, [row.listing for row in rows], reader))
        parts = ", ".join(f"{p.name} {p.called.en}" for p in report.parts if p.state)
        print(f"  {month:5}  {told(scored(bundle, reader, rows), limit)}  {report.verdict.en}: {parts}", flush=True)
        if month in {6, 9, 12}:
            print("         rising: " + " ".join(t.text.strip() for t in report.terms[:12]), flush=True)


def last_still(span: tuple[int, int]) -> bool:
    """Whether nothing has changed yet in these months."""
    return age(span[1]) == 0


def alarms(bundle: Bundle, reader: Reader, listings: int, draws: int) -> None:
    """Print how often each verdict falls, by the number of listings, on draws of sellers nobody has seen."""
    profile = reference_of(bundle)
    print("  verdicts        " + "".join(f"{f'{size} listings':^26}" for size in SIZES))
    print("  months          " + "".join(f"{'steady watch retrain':^26}" for _ in SIZES))
    seen: dict[tuple[str, int], Counter[str]] = {}
    for seed in range(100, 100 + draws):
        months = year(listings, seed)
        for span in ((1, 3), (5, 6), (7, 8), (9, 10), (11, 12)):
            rows = of(months, *span)
            for size in SIZES:
                listings_ = [row.listing for row in rows[:size]]
                report = compare(bundle, profile, sampled(bundle, listings_, reader))
                seen.setdefault((f"{span[0]}-{span[1]}", size), Counter())[report.verdict.en] += 1
                if last_still(span) and report.state:
                    moved = "; ".join(f"{p.name}: {p.message.en}" for p in report.parts if p.state)
                    print(f"  false alarm, {size} listings: {moved[:400]}", flush=True)
    for span_ in dict.fromkeys(name for name, _ in seen):
        counts = [seen[span_, size] for size in SIZES]
        cells = "".join(f"{c['steady']:>8} {c['watch']:>6} {c['retrain']:>7}   " for c in counts)
        print(f"  {span_:<16}{cells}", flush=True)


def main() -> None:
    """Measure one year."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=60_000, help="a year of the market has so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=20, help="samples per cell of the table of alarms")
    args = parser.parse_args()
    taught, measured, known = (year(args.listings, 3 * args.seed + i) for i in range(3))
    with tempfile.TemporaryDirectory() as folder:
        for name, first, last in (("months 1-3", 1, 3), ("months 1-9", 1, 9)):
            out = Path(folder) / name
            fit(of(taught, first, last), out)
            bundle = open_bundle(out)
            reader = Reader(bundle.knowledge)
            print(f"trained on {name}, {bundle.manifest.training.takedowns} takedowns", flush=True)
            months_of(bundle, reader, of(known, max(last - 2, first), last), measured, max(last - 2, first))
            if last == 3:
                alarms(bundle, reader, args.listings // 4, args.draws)


if __name__ == "__main__":
    main()
