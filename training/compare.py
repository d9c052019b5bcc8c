"""Whether a new bundle is really better than an old one: both on the same labelled takedowns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from features.reader import Reader
from models.bundle import Bundle
from models.screening import Bilingual
from training.errors import TrainingError
from training.labels import Label
from training.measure import HeadReport, measure_head, threshold
from training.moves import KINDS, Moved, Moves
from training.paired import Difference, difference
from training.promise import promised
from training.ranking import METRICS, RATES, REPLICATES, Ranking, redraw
from training.scored import Scored, score
from training.settlement import settle_all
from training.takedowns import Takedown

SMALLER_IS_BETTER = frozenset({"ece", "fpr_high", "fpr_medium"})
"""Metrics that a better bundle has less of."""
_EXAMPLES = 3  # listings of each kind told in a terminal


@dataclass(frozen=True, slots=True)
class Category:
    """Recall of one category, each bundle at its own threshold for 5 % false positives over all categories."""

    name: str
    recall: Difference


@dataclass(frozen=True, slots=True)
class HeadComparison:
    """One head under both bundles."""

    old: HeadReport
    new: HeadReport
    differences: dict[str, Difference]  # metric -> both values; METRICS, then rates at the bundles' own levels
    categories: tuple[Category, ...]  # with guilty listings, the most first
    levels: dict[str, tuple[tuple[int, ...], ...]]  # outcome -> counts by old level, by new level, low first
    moved: dict[str, tuple[Moved, ...]]  # kind of KINDS -> listings, furthest first
    guilty_sellers: int  # sellers with a guilty listing: what the intervals really stand on


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two bundles on one file of takedowns that, to be fair, neither has learned from."""

    old: str
    new: str
    takedowns: int
    sellers: int
    heads: dict[str, HeadComparison]
    unmeasured: tuple[str, ...]  # heads of both bundles for which the file has not both labels
    lost: tuple[str, ...]  # heads that only the old bundle has
    gained: tuple[str, ...]
    trained_on: tuple[str, ...]  # "old", "new": bundles that learned from these very takedowns
    promised: dict[str, dict[str, float]]  # head -> level -> false-positive rate the new bundle promises
    names: dict[str, Bilingual] = field(default_factory=dict)  # category -> what people call it
    contradicted: int = 0  # listings left out of a head: their decisions contradict each other

    def to_json(self) -> bytes:
        """The comparison as JSON."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)

    def table(self) -> str:
        """The comparison as a plain text table."""
        rows = [("", "old", "new", "new - old (95 %)", "")]
        for head, told in self.heads.items():
            rows.append((f"{head}: {told.new.guilty} guilty, {told.new.honest} honest", "", "", "", ""))
            rows += [_row(f"  {name}", one, name) for name, one in told.differences.items()]
            rows += [
                _row(f"  recall at 5 % FPR, {one.name} ({one.recall.count})", one.recall) for one in told.categories
            ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows)
        return "\n".join(lines)

    def examples(self) -> Iterator[str]:
        """Listings that changed level, a line each; titles are raw."""
        for head, told in self.heads.items():
            for kind, moved in told.moved.items():
                for one in moved[:_EXAMPLES]:
                    way = f"{one.old_level} {one.old_p:.3f} -> {one.new_level} {one.new_p:.3f}"
                    yield f"{head}, {kind.replace('_', ' ')}: {way}  row {one.row}  {one.title}"


def compare(
    old: Bundle,
    new: Bundle,
    takedowns: Iterable[Takedown],
    reader: Reader | None = None,
    *,
    replicates: int = REPLICATES,
) -> Comparison:
    """Score every takedown with both bundles and measure what changed; differences are paired, sellers drawn whole.

    The takedowns are read twice, first to settle them. Raises TrainingError when the bundles have no head in common.
    """
    heads = [head for head in new.manifest.heads if head in old.manifest.heads]
    if not heads:
        raise TrainingError(
            f"the bundles share no head: {old.manifest.heads} and {new.manifest.heads}; nothing compares"
        )
    moves = Moves(old, new)
    settled = settle_all(takedowns)
    scored = score([old, new], takedowns, settled.labels, reader, moves)
    told = {head: _head(scored, head, moves, replicates) for head in heads}
    return Comparison(
        old=old.id,
        new=new.id,
        takedowns=scored.count,
        sellers=len(np.unique(scored.sellers)),
        heads={head: one for head, one in told.items() if one},
        unmeasured=tuple(head for head, one in told.items() if not one),
        lost=tuple(head for head in old.manifest.heads if head not in heads),
        gained=tuple(head for head in new.manifest.heads if head not in heads),
        trained_on=tuple(
            name
            for name, bundle in (("old", old), ("new", new))
            if bundle.manifest.training.fingerprint == scored.fingerprint
        ),
        promised=promised(new.manifest),
        names={id_: Bilingual(one.zh, one.en) for id_, one in new.knowledge.categories.items()},
        contradicted=settled.contradicted,
    )


def better(metric: str, told: Difference) -> bool | None:
    """Say whether a difference is surely better, surely worse, or (None) no larger than chance."""
    if told.low <= 0 <= told.high:
        return None
    return (told.difference > 0) != (metric in SMALLER_IS_BETTER)


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """n takedowns whose label is known, under both bundles."""

    scores: tuple[NDArray[np.float64], NDArray[np.float64]]
    guilty: NDArray[np.bool_]
    sellers: NDArray[np.int64]
    categories: NDArray[np.str_]

    def flagged(self, at: tuple[float, float], *, inclusive: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        old, new = (s >= t if inclusive else s > t for s, t in zip(self.scores, at, strict=True))
        return old, new

    def differ(self, flags: tuple[NDArray[np.bool_], NDArray[np.bool_]], here: NDArray[np.bool_]) -> Difference | None:
        return difference(flags[0][here], flags[1][here], self.sellers[here])


def _head(scored: Scored, head: str, moves: Moves, replicates: int) -> HeadComparison | None:
    old, new = (measure_head(scored, opinion, head, replicates) for opinion in scored.opinions)
    if not (old and new):
        return None
    known = scored.labels[head] != Label.UNKNOWN
    before, after = (opinion.logits[head][known] for opinion in scored.opinions)
    guilty = scored.labels[head][known] == Label.GUILTY
    pair = _Pair((before, after), guilty, scored.sellers[known], scored.categories[known])
    return HeadComparison(
        old=old,
        new=new,
        differences=_metrics(pair, replicates) | _rates(pair, head, scored),
        categories=_categories(pair),
        levels={outcome: tuple(map(tuple, c.tolist())) for outcome, c in moves.counts[head].items()},
        moved={kind: tuple(one for _, one in moves.examples[head][kind]) for kind in KINDS},
        guilty_sellers=len(np.unique(pair.sellers[guilty])),
    )


def _metrics(pair: _Pair, replicates: int) -> dict[str, Difference]:
    rankings = [Ranking.of(scores, pair.guilty) for scores in pair.scores]
    ones = np.ones(len(pair.guilty))
    old, new = (ranking.measure(ones) for ranking in rankings)
    draws = redraw(rankings, pair.sellers, replicates=replicates)
    moved = draws[1] - draws[0]
    moved = moved[~np.isnan(moved).any(axis=1)]
    # Without draws nothing is sure: the interval is everything there is.
    low, high = np.percentile(moved, [2.5, 97.5], axis=0) if len(moved) else (np.full_like(old, -1), np.ones_like(old))
    figures = zip(METRICS, old.tolist(), new.tolist(), low.tolist(), high.tolist(), strict=True)
    return {name: Difference(len(ones), was, is_, is_ - was, least, most) for name, was, is_, least, most in figures}


def _rates(pair: _Pair, head: str, scored: Scored) -> dict[str, Difference]:
    """What the bundles' own levels catch and flag."""
    old, new = (opinion.bundle.calibrations[head] for opinion in scored.opinions)
    out = {}
    for level, at in (("high", (old.high, new.high)), ("medium", (old.medium, new.medium))):
        flags = pair.flagged(at, inclusive=True)
        for name, here in (("fpr", ~pair.guilty), ("recall", pair.guilty)):
            if told := pair.differ(flags, here):
                out[f"{name}_{level}"] = told
    return out


def _categories(pair: _Pair) -> tuple[Category, ...]:
    old, new = (threshold(scores[~pair.guilty], RATES[-1]) for scores in pair.scores)
    flags = pair.flagged((old, new), inclusive=False)
    found = (
        Category(name, told)
        for name in np.unique(pair.categories).tolist()
        if (told := pair.differ(flags, pair.guilty & (pair.categories == name)))
    )
    return tuple(sorted(found, key=lambda one: (-one.recall.count, one.name)))


def _row(name: str, told: Difference, metric: str = "") -> tuple[str, str, str, str, str]:
    verdict = {True: "better", False: "worse", None: ""}[better(metric, told)]
    few = "few listings" if told.few else verdict
    interval = f"{told.difference:+.4f} ({told.low:+.4f} to {told.high:+.4f})"
    return name, f"{told.old:.4f}", f"{told.new:.4f}", interval, few
