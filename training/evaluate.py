"""How good a bundle is on takedowns it has never seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from features.reader import Reader
from models.bundle import Bundle
from models.calibration import Calibration
from models.scorer import Scorer, grams_of
from training.labels import Label, labels
from training.takedowns import Takedown

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]

RATES = (0.005, 0.02, 0.05)
"""False-positive rates at which recall is stated."""
BINS = 15
"""Bins of equal mass for the expected calibration error."""
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class CategoryReport:
    """One category: how many were guilty and honest, and the guilty share caught at 5 % FPR over all categories."""

    category: str
    guilty: int
    honest: int
    recall: float | None  # None: nobody was guilty


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One head on the takedowns that answer its question. Rates and recalls are fractions 0..1."""

    guilty: int
    honest: int
    pr_auc: float
    roc_auc: float
    ece: float  # mean distance of the probability from the observed rate
    recall: dict[str, float]  # false-positive rate as written in RATES -> recall
    fpr_high: float  # share of the honest that reach level high at the bundle's own threshold
    fpr_medium: float
    recall_high: float
    recall_medium: float
    categories: tuple[CategoryReport, ...]

    def numbers(self) -> dict[str, float]:
        """Flat metrics for a manifest."""
        flat = {"pr_auc": self.pr_auc, "roc_auc": self.roc_auc, "ece": self.ece}
        flat |= {f"recall_at_{rate}_fpr": recall for rate, recall in self.recall.items()}
        flat |= {"fpr_high": self.fpr_high, "fpr_medium": self.fpr_medium}
        return {name: round(value, 4) for name, value in flat.items()}


@dataclass(frozen=True, slots=True)
class Report:
    """Every head that could be measured: it needs guilty and honest takedowns."""

    bundle: str
    takedowns: int
    heads: dict[str, HeadReport]

    def to_json(self) -> bytes:
        """The report as JSON."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)

    def table(self) -> str:
        """The report as a plain text table, one column per head."""
        rows = [("", *self.heads)]
        told = [report.numbers() | {"guilty": report.guilty, "honest": report.honest} for report in self.heads.values()]
        names = list(told[0]) if told else []
        rows += [(name, *(f"{numbers[name]:.4g}" for numbers in told)) for name in names]
        for head, report in self.heads.items():
            for line in report.categories:
                caught = "-" if line.recall is None else f"{line.recall:.3f}"
                cells = [caught if name == head else "" for name in self.heads]
                rows.append((f"recall at 5 % FPR, {line.category} ({line.guilty})", *cells))
        wide = max(len(row[0]) for row in rows)
        return "\n".join(f"{row[0]:<{wide}}" + "".join(f"  {cell:>12}" for cell in row[1:]) for row in rows)


def evaluate(bundle: Bundle, takedowns: Sequence[Takedown], reader: Reader | None = None) -> Report:
    """Measure an opened bundle on labelled takedowns. A head without both labels is left out."""
    reader = Reader(bundle.knowledge) if reader is None else reader
    told = bundle.manifest
    scorer = Scorer(told.features, told.signals, bundle.text, bundle.boosters, bundle.calibrations)
    columns: dict[str, list[Floats]] = {head: [] for head in told.heads}
    categories: list[str] = []
    for first in range(0, len(takedowns), _CHUNK):
        readings = reader.read_many([t.listing for t in takedowns[first : first + _CHUNK]])
        categories += [r.category.id for r in readings]
        for head, logits in scorer.logits(scorer.matrix(readings), bundle.text.values(grams_of(readings))).items():
            columns[head].append(logits)
    heads = {
        head: measure(np.concatenate(parts), labels(takedowns, head), categories, bundle.calibrations[head])
        for head, parts in columns.items()
        if parts
    }
    return Report(bundle.id, len(takedowns), {head: report for head, report in heads.items() if report})


def measure(logits: Floats, label: Labels, categories: Sequence[str], calibration: Calibration) -> HeadReport | None:
    """Measure one head: (n,) calibrated log-odds, labels and categories. None when a label is missing."""
    known = label != Label.UNKNOWN
    scores, guilty = logits[known], label[known] == Label.GUILTY
    if not guilty.any() or guilty.all():
        return None
    ids = np.array(categories)[known]
    honest = scores[~guilty]
    return HeadReport(
        guilty=int(guilty.sum()),
        honest=int((~guilty).sum()),
        pr_auc=float(average_precision_score(guilty, scores)),
        roc_auc=float(roc_auc_score(guilty, scores)),
        ece=expected_calibration_error(1 / (1 + np.exp(-scores)), guilty),
        recall={str(rate): float((scores[guilty] > threshold(honest, rate)).mean()) for rate in RATES},
        fpr_high=float((honest >= calibration.high).mean()),
        fpr_medium=float((honest >= calibration.medium).mean()),
        recall_high=float((scores[guilty] >= calibration.high).mean()),
        recall_medium=float((scores[guilty] >= calibration.medium).mean()),
        categories=tuple(_by_category(scores > threshold(honest, RATES[-1]), guilty, ids)),
    )


def threshold(honest: Floats, rate: float) -> float:
    """Return the value that at most `rate` of the honest, (n,), lie above."""
    return float(np.sort(honest)[::-1][int(rate * len(honest) + 1e-9)])


def expected_calibration_error(p: Floats, guilty: NDArray[np.bool_]) -> float:
    """Mean over BINS bins of equal mass of |mean probability - observed rate|, weighted by mass."""
    order = np.argsort(p, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    return float(sum(abs(p[part].mean() - guilty[part].mean()) * len(part) for part in bins) / len(p))


def _by_category(caught: NDArray[np.bool_], guilty: NDArray[np.bool_], ids: NDArray[np.str_]) -> list[CategoryReport]:
    out = []
    for category in np.unique(ids).tolist():
        here = ids == category
        bad = here & guilty
        recall = float(caught[bad].mean()) if bad.any() else None
        out.append(CategoryReport(category, int(bad.sum()), int((here & ~guilty).sum()), recall))
    return out
