"""How good a bundle is on takedowns it has never seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import orjson

from features.reader import Reader
from models.bundle import Bundle
from models.screening import Bilingual
from training.influence import Influence, influences
from training.interval import Interval
from training.learning_curve import Point
from training.measure import HeadReport, measure_head
from training.mistakes import Mistakes, mistakes
from training.promise import promised
from training.ranking import RATES, REPLICATES
from training.scored import Labels, score
from training.settlement import settle_all
from training.since import Since, since
from training.summary import summary
from training.takedowns import Takedown


@dataclass(frozen=True, slots=True)
class Report:
    """Every head that could be measured: it needs guilty and honest takedowns."""

    bundle: str
    takedowns: int
    heads: dict[str, HeadReport]
    sellers: int = 0
    simulated: bool = False  # the bundle was trained on simulated listings only
    trained_on: bool = False  # the bundle was trained on these very takedowns: the figures flatter it
    at_random: bool = False  # sellers stand on both sides of the split: the figures flatter
    promised: dict[str, dict[str, float]] = field(default_factory=dict)  # head -> level -> false-positive rate
    influences: dict[str, tuple[Influence, ...]] = field(default_factory=dict)  # head -> features, most useful first
    mistakes: dict[str, Mistakes] = field(default_factory=dict)
    summary: dict[str, tuple[Bilingual, ...]] = field(default_factory=dict)  # head -> sentences
    names: dict[str, Bilingual] = field(default_factory=dict)  # category -> what people call it
    learning: dict[str, tuple[Point, ...]] = field(default_factory=dict)  # head -> with more and more labels
    contradicted: int = 0  # listings left out of a head: their decisions contradict each other
    since: Since | None = None  # None: the bundle does not remember what it was trained on

    def to_json(self) -> bytes:
        """The report as JSON."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)

    def table(self) -> str:
        """The report as a plain text table, one column per head."""
        rows = [("", *self.heads)]
        told = [report.numbers() | {"guilty": report.guilty, "honest": report.honest} for report in self.heads.values()]
        for name in told[0] if told else ():
            figures = zip(told, self.heads.values(), strict=True)
            rows.append((name, *(_figure(numbers[name], report.intervals.get(name)) for numbers, report in figures)))
        for head, report in self.heads.items():
            for line in report.categories:
                caught = line.recall.get(str(RATES[-1]))
                told_here = _figure(caught.value, Interval(caught.low, caught.high)) if caught else "-"
                cells = [told_here if name == head else "" for name in self.heads]
                rows.append((f"recall at 5 % FPR, {line.name} ({line.guilty})", *cells))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows)
        return "\n".join(lines)


def evaluate(
    bundle: Bundle,
    takedowns: Iterable[Takedown],
    reader: Reader | None = None,
    *,
    labels: Mapping[str, Labels] | None = None,
    replicates: int = REPLICATES,
) -> Report:
    """Measure an opened bundle on labelled takedowns, read one chunk at a time.

    `labels` of every head, (n,) each, say what they come to; without, they are read twice, first to settle them. A
    head without both labels is left out. `replicates` is how often sellers are drawn anew for the intervals.
    """
    reader = Reader(bundle.knowledge) if reader is None else reader
    settled = settle_all(takedowns) if labels is None else None
    scored = score([bundle], takedowns, settled.labels if settled else labels or {}, reader)
    opinion = scored.opinions[0]
    told = {head: measure_head(scored, opinion, head, replicates) for head in bundle.manifest.heads}
    heads = {head: report for head, report in told.items() if report}
    promises = promised(bundle.manifest)
    names = {id_: Bilingual(one.zh, one.en) for id_, one in bundle.knowledge.categories.items()}
    return Report(
        bundle.id,
        scored.count,
        heads,
        sellers=len(np.unique(scored.sellers)),
        simulated=bundle.manifest.training.simulated,
        trained_on=scored.fingerprint == bundle.manifest.training.fingerprint,
        promised=promises,
        influences={head: told for head, told in influences(bundle, scored.sample, reader).items() if head in heads},
        mistakes={head: told for head, told in mistakes(opinion, reader).items() if head in heads},
        summary={head: summary(head, report, promises[head], names) for head, report in heads.items()},
        names=names,
        contradicted=settled.contradicted if settled else 0,
        since=since(bundle, [takedown.listing for takedown in scored.sample], scored.count, reader),
    )


def _figure(value: float, interval: Interval | None) -> str:
    told = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return told + (f" ({interval.low:.3f} to {interval.high:.3f})" if interval else "")
