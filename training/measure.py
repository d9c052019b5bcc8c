"""What one head's log-odds are worth, given the labels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.calibration import Calibration
from training.curves import (
    Curve,
    Reliability,
    Scores,
    precision_by_recall,
    recall_by_rate,
    reliability,
    scores_by_outcome,
)
from training.groups import SIZE_ORDER, Group, Grouped, sizes
from training.interval import Interval, share
from training.labels import Label
from training.ranking import METRICS, RATES, Ranking, equal_mass, intervals, redraw
from training.scored import Opinion, Scored

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One head on the takedowns that answer its question. Rates and recalls are fractions 0..1."""

    guilty: int
    honest: int
    pr_auc: float
    roc_auc: float
    ece: float  # mean distance of the probability from the observed rate, over bins of equal mass
    recall: dict[str, float]  # false-positive rate as written in RATES -> recall
    fpr_high: float  # share of the honest that reach level high at the bundle's own threshold
    fpr_medium: float
    recall_high: float
    recall_medium: float
    categories: tuple[Group, ...]
    seller_sizes: tuple[Group, ...]
    precision: Curve  # by recall
    roc: Curve  # recall by false-positive rate
    reliability: tuple[Reliability, ...]
    scores: Scores
    intervals: dict[str, Interval] = field(default_factory=dict)  # name in numbers() -> 95 %; empty: not asked for

    def numbers(self) -> dict[str, float]:
        """Flat metrics for a manifest."""
        flat = {"pr_auc": self.pr_auc, "roc_auc": self.roc_auc, "ece": self.ece}
        flat |= {f"recall_at_{rate}_fpr": recall for rate, recall in self.recall.items()}
        flat |= {"fpr_high": self.fpr_high, "fpr_medium": self.fpr_medium}
        return {name: round(value, 4) for name, value in flat.items()}


def measure_head(scored: Scored, opinion: Opinion, head: str, replicates: int) -> HeadReport | None:
    """Measure one head of one bundle on scored takedowns. None when a label is missing."""
    return measure(
        opinion.logits[head],
        scored.labels[head],
        scored.categories,
        opinion.bundle.calibrations[head],
        sellers=scored.sellers,
        listings=scored.listings,
        replicates=replicates,
    )


def measure(
    logits: Floats,
    label: Labels,
    categories: Sequence[str] | NDArray[np.str_],
    calibration: Calibration,
    *,
    sellers: Ints | None = None,
    listings: Floats | None = None,
    replicates: int = 0,
) -> HeadReport | None:
    """Measure one head: (n,) calibrated log-odds, labels, categories, sellers and how many listings these have.

    Without `sellers` every listing stands alone. None when a label is missing.
    """
    known = label != Label.UNKNOWN
    scores, guilty = logits[known], label[known] == Label.GUILTY
    if not guilty.any() or guilty.all():
        return None
    group = np.arange(len(scores)) if sellers is None else sellers[known]
    owned = np.full(len(scores), np.nan) if listings is None else listings[known]
    honest, ranking = scores[~guilty], Ranking.of(scores, guilty)
    found = ranking.measure(np.ones(len(scores)))
    figures = dict(zip(METRICS, found.tolist(), strict=True))
    drawn = redraw([ranking], group, replicates=replicates)[0] if replicates else np.empty((0, len(METRICS)))
    grouped = Grouped(scores, guilty, group, [threshold(honest, rate) for rate in RATES])
    return HeadReport(
        guilty=int(guilty.sum()),
        honest=int((~guilty).sum()),
        pr_auc=figures["pr_auc"],
        roc_auc=figures["roc_auc"],
        ece=figures["ece"],
        recall={str(rate): figures[f"recall_at_{rate}_fpr"] for rate in RATES},
        fpr_high=float((honest >= calibration.high).mean()),
        fpr_medium=float((honest >= calibration.medium).mean()),
        recall_high=float((scores[guilty] >= calibration.high).mean()),
        recall_medium=float((scores[guilty] >= calibration.medium).mean()),
        categories=grouped.by(np.asarray(categories, dtype=np.str_)[known]),
        seller_sizes=grouped.by(sizes(owned), SIZE_ORDER),
        precision=precision_by_recall(scores, guilty),
        roc=recall_by_rate(scores, guilty),
        reliability=reliability(scores, guilty, group),
        scores=scores_by_outcome(scores, guilty, calibration),
        intervals=intervals(found, drawn) | _rates(grouped, calibration) if replicates else {},
    )


def threshold(honest: Floats, rate: float) -> float:
    """Return the value that at most `rate` of the honest, (n,), lie above."""
    return float(np.sort(honest)[::-1][int(rate * len(honest) + 1e-9)])


def expected_calibration_error(p: Floats, guilty: NDArray[np.bool_]) -> float:
    """Mean over BINS bins of equal mass of |mean probability - observed rate|, weighted by mass."""
    bins = equal_mass(p)
    return float(np.abs(np.bincount(bins, p - guilty)).sum() / len(p))


def _rates(grouped: Grouped, calibration: Calibration) -> dict[str, Interval]:
    """Intervals of the rates realised at the bundle's own thresholds."""
    out = {}
    for level, at in (("high", calibration.high), ("medium", calibration.medium)):
        for name, here in (("fpr", ~grouped.guilty), ("recall", grouped.guilty)):
            if seen := share(grouped.scores[here] >= at, grouped.sellers[here]):
                out[f"{name}_{level}"] = Interval(seen.low, seen.high)
    return out
