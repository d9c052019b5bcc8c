"""Active review against labels taken at random: the same budget, retrained after every round, several markets.

    python -m benchmarks.suggest [--part evaluation] [--seeds 3] [--rounds 3] [--budget 200]

Quotas are chosen with --part train; what is reported is --part evaluation, whose slang and disguises no label showed.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from models import Bundle, open_bundle
from training.drift import sampled
from training.drift.sample import SCORE
from training.errors import TrainingError
from training.fit import fit
from training.labels import labels
from training.market import simulate
from training.market.words import Part
from training.suggest import QUOTAS, suggest
from training.takedowns import Takedown

FPR = 0.02
FIRST, POOL, TEST = 1500, 12_000, 8_000
MIXES: Mapping[str, Mapping[str, float]] = {
    "random": {},
    "suggest": QUOTAS,
    "risk only": {"risk": 1.0},
    "doubt only": {"doubt": 1.0},
}


def measured(bundle: Bundle, test: Sequence[Takedown]) -> list[float]:
    """PR-AUC and recall at FPR of every head."""
    sample = sampled(bundle, [t.listing for t in test])
    out = []
    for head in ("counterfeit", "fraud_order"):
        if head not in bundle.manifest.heads:
            out += [0.0, 0.0]
            continue
        label = labels(test, head)
        scores, guilty = sample.numbers[label >= 0, sample.columns.index(SCORE + head)], label[label >= 0] == 1
        limit = np.quantile(scores[~guilty], 1 - FPR)
        out += [float(average_precision_score(guilty, scores)), float((scores[guilty] > limit).mean())]
    return out


def course(name: str, part: Part, seed: int, rounds: int, budget: int) -> list[list[float]]:
    """Label, retrain, measure: a line per round, the first before any pick."""
    known = list(simulate(FIRST, 10 * seed, part))
    pool = list(simulate(POOL, 10 * seed + 1, part))
    test = list(simulate(TEST, 10 * seed + 2, part))
    lines, dice = [], np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):
            out = Path(folder) / str(turn)
            try:
                fit(known, out)
            except TrainingError as error:
                raise SystemExit(f"{name}, seed {seed}: {error}") from error
            bundle = open_bundle(out)
            lines.append([*measured(bundle, test), float(sum(t.outcome == "confirmed" for t in known[FIRST:]))])
            if turn == rounds:
                break
            if name == "random":
                rows = dice.choice(len(pool), budget, replace=False).tolist()
            else:
                rows = [p.row for p in suggest(bundle, [t.listing for t in pool], budget, quotas=MIXES[name])]
            known += [pool[row] for row in rows]
            pool = [t for row, t in enumerate(pool) if row not in set(rows)]
    return lines


def main() -> None:
    """Print the mean over markets, and how often the mix beat the random draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("train", "evaluation"), default="evaluation")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=int, default=200)
    parser.add_argument("--mixes", default=",".join(MIXES))
    args = parser.parse_args()
    print(f"{'':14}{'labels':>7}  counterfeit PR-AUC  recall   fraud_order PR-AUC  recall  guilty picked")
    seen = {}
    for name in args.mixes.split(","):
        lines = [course(name, args.part, seed, args.rounds, args.budget) for seed in range(1, args.seeds + 1)]
        seen[name] = np.array(lines)
        for turn, mean in enumerate(seen[name].mean(axis=0)):
            count = FIRST + turn * args.budget
            print(
                f"{name:14}{count:7}{mean[0]:20.3f}{mean[1]:8.3f}{mean[2]:21.3f}{mean[3]:8.3f}{mean[4]:15.0f}",
                flush=True,
            )
    if {"random", "suggest"} <= seen.keys():
        won = (seen["suggest"][:, -1, :4] > seen["random"][:, -1, :4]).sum(axis=0)
        print(f"suggest beats random in {won.tolist()} of {args.seeds} markets, in the order of the columns")


if __name__ == "__main__":
    main()
