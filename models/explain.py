"""Why: exact additive log-odds per feature, the text part spread onto the title as the seller wrote it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.evidence import Evidence
from features.feature import Feature
from features.reading import Reading
from models.booster import TITLE_TEXT
from models.screening import Bilingual, Contribution, Explanation, SpanOut
from models.text_model import TextModel

Floats = NDArray[np.float64]

SHOWN = 12
"""Contributions listed one by one; the rest are summed in `other`."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of the matrix is called, and which evidence it counts, if any."""

    name: str
    label: Bilingual
    counts: str | None = None  # a rule code or the dotted beginning of several; None: counts no evidence


def columns_of(features: Sequence[Feature], signals: Sequence[str]) -> tuple[Column, ...]:
    """Columns in matrix order: features, then signals, then the wording of the title."""
    told = [Column(f.name, Bilingual(f.zh, f.en), _counts(f)) for f in features]
    own = [Column(f"signal.{name}", Bilingual(f"平台信号 {name}", f"platform signal {name}")) for name in signals]
    return (*told, *own, Column(TITLE_TEXT, Bilingual("标题用语", "wording of the title")))


def explain_row(
    head: str,
    logit: float,
    row: tuple[Floats, Floats],
    reading: Reading,
    *,
    columns: Sequence[Column],
    text: TextModel,
) -> Explanation:
    """Explain one head of one listing.

    `row` is the numbers (d,) and parts (d + 1,) of one row of Scorer.contributions. base + contributions + other
    is `sum`, and `residual` is its distance from `logit`.
    """
    numbers, parts = row
    order = np.argsort(-np.abs(parts[:-1]), kind="stable")
    shown = [int(i) for i in order[:SHOWN] if parts[i] != 0.0]
    other = math.fsum(parts[int(i)] for i in order[len(shown) :])
    contributions = tuple(
        Contribution(
            feature=columns[i].name,
            value=None if math.isnan(numbers[i]) else float(numbers[i]),
            log_odds=float(parts[i]),
            label=columns[i].label,
            spans=_spans(head, columns[i], float(parts[i]), reading, text),
        )
        for i in shown
    )
    total = math.fsum([float(parts[-1]), *(c.log_odds for c in contributions), other])
    return Explanation("log_odds", float(parts[-1]), total, abs(total - logit), contributions, other)


def _spans(head: str, column: Column, log_odds: float, reading: Reading, text: TextModel) -> tuple[SpanOut, ...]:
    if column.name == TITLE_TEXT:
        return text_spans(head, log_odds, reading, text)
    if column.counts is None:
        return ()
    return evidence_spans(log_odds, [e for e in reading.evidence if e.text and _covers(column.counts, e.rule)])


def text_spans(head: str, log_odds: float, reading: Reading, text: TextModel) -> tuple[SpanOut, ...]:
    """Divide the text's part of the decision among the words that pull its way.

    A word pulls with the sum of those of its characters whose weight has the sign of `log_odds`; it gets the
    share of `log_odds` that its pull has in all pulls. No word pulls: the whole title gets it.
    Invariant: the spans sum to `log_odds`, to rounding, and none has the other sign.
    """
    title, raw = reading.title, reading.listing.title
    pull = np.maximum(text.characters(head, title.text, reading.tokens) * math.copysign(1.0, log_odds), 0.0)
    before = [0.0, *np.cumsum(pull).tolist()]
    words = [(before[t.end] - before[t.start], t) for t in reading.tokens]
    words = [(mass, token) for mass, token in words if mass > 0.0]
    whole = math.fsum(mass for mass, _ in words)
    if not whole > 0.0:
        return (SpanOut("title", 0, len(raw), raw, log_odds),)
    spans = [(title.span(token.start, token.end), mass) for mass, token in words]
    return tuple(SpanOut("title", start, end, raw[start:end], log_odds * mass / whole) for (start, end), mass in spans)


def evidence_spans(log_odds: float, evidence: Sequence[Evidence]) -> tuple[SpanOut, ...]:
    """Divide a feature's part among the evidence it counts, by strength. No evidence: no spans."""
    whole = sum(e.strength for e in evidence)
    return tuple(SpanOut(e.field, e.start, e.end, e.text, log_odds * e.strength / whole) for e in evidence)


def _counts(feature: Feature) -> str | None:
    return feature.name.partition(".")[2] if feature.family == "evidence" else None


def _covers(counts: str, rule: str) -> bool:
    return rule == counts or rule.startswith(f"{counts}.")
