"""Whether a bundle keeps what it promises: false-positive rates and probabilities on sellers it has never seen.

    python -m benchmarks.rates [--listings 100000] [--seed 1] [--starter]

Trains on a simulated market, split by seller and time, and compares the rates that its calibration slice showed with
those of the newest sellers. Level medium is by rate alone here, so that the rate asked for is the one compared.
"""

import argparse
import os
import tempfile
from pathlib import Path

from training.fit import fit
from training.levels import Levels
from training.market import simulate

_ASKED = Levels(high_fpr=0.005, medium_fpr=0.05, lift=0)
_ECE, _FACTOR = 0.02, 1.5


def main() -> None:
    """Print a line per head; exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--starter", action="store_true", help="believe words as little as the starter does")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = fit(
            simulate(args.listings, args.seed),
            Path(folder) / "bundle",
            simulated=args.starter,
            levels=_ASKED,
            processes=os.cpu_count() or 1,
        )
    broken = False
    for head, metrics in told.metrics.items():
        at = told.thresholds[head]
        print(f"{head}: ECE {metrics['ece']:.4f}")
        broken |= metrics["ece"] > _ECE
        for level, promised in (("high", at.high_fpr), ("medium", at.medium_fpr)):
            given = metrics[f"fpr_{level}"]
            print(f"{head}: level {level} promised {promised:.2%}, given {given:.2%}, factor {given / promised:.2f}")
            broken |= not promised / _FACTOR <= given <= promised * _FACTOR
    raise SystemExit(broken)


if __name__ == "__main__":
    main()
