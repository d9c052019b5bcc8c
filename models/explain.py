"""Why: exact additive log-odds per feature, the text part spread onto the title as the seller wrote it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.evidence import Evidence
from features.feature import Feature
from features.reading import Reading
from models.booster import TITLE_TEXT
from models.grams import Grams
from models.screening import Bilingual, Contribution, Explanation, SpanOut
from models.text_model import TextModel

SHOWN = 12
"""Contributions listed one by one; the rest are summed in `other`."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of the matrix is called, and which evidence it counts, if any."""

    name: str
    label: Bilingual
    rules: tuple[str, ...] = ()  # codes it counts, or the dotted beginnings of them; (): counts no evidence


def columns_of(features: Sequence[Feature], signals: Sequence[str]) -> tuple[Column, ...]:
    """Columns in matrix order: features, then signals, then the wording of the title."""
    told = [Column(f.name, Bilingual(f.zh, f.en), f.rules) for f in features]
    own = [Column(f"signal.{name}", Bilingual(f"平台信号 {name}", f"platform signal {name}")) for name in signals]
    return (*told, *own, Column(TITLE_TEXT, Bilingual("标题用语", "wording of the title")))


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained: a reading, its hashed title, and the columns and text model of the bundle."""

    reading: Reading
    grams: Grams  # of this title alone
    columns: Sequence[Column]
    text: TextModel


def explain_row(head: str, logit: float, numbers: list[float], parts: list[float], subject: Subject) -> Explanation:
    """Explain one head of one listing.

    `numbers` (d) and `parts` (d + 1) are a row of Scorer.contributions. base + contributions + other is `sum`,
    and `residual` is its distance from `logit`.
    """
    *parts, base = parts
    smallness = [-abs(part) for part in parts]
    order = sorted(range(len(parts)), key=smallness.__getitem__)
    shown = [i for i in order[:SHOWN] if parts[i] != 0.0]
    other = math.fsum(parts[i] for i in order[len(shown) :])
    contributions = tuple(_contribution(head, i, numbers[i], parts[i], subject) for i in shown)
    total = math.fsum([base, *(parts[i] for i in shown), other])
    return Explanation("log_odds", base, total, abs(total - logit), contributions, other)


def _contribution(head: str, place: int, number: float, log_odds: float, subject: Subject) -> Contribution:
    column = subject.columns[place]
    spans: tuple[SpanOut, ...] = ()
    if column.name == TITLE_TEXT:
        spans = text_spans(head, log_odds, subject)
    elif column.rules:
        seen = [e for e in subject.reading.evidence if e.text and _covers(column.rules, e.rule)]
        spans = evidence_spans(log_odds, seen)
    return Contribution(column.name, None if math.isnan(number) else number, log_odds, column.label, spans)


def text_spans(head: str, log_odds: float, subject: Subject) -> tuple[SpanOut, ...]:
    """Divide the text's part of the decision among the words that pull its way.

    A word pulls with the sum of those of its characters whose weight has the sign of `log_odds`; it gets the
    share of `log_odds` that its pull has in all pulls. No word pulls: the whole title gets it.
    Invariant: the spans sum to `log_odds`, to rounding, and none has the other sign.
    """
    reading = subject.reading
    title, raw = reading.title, reading.listing.title
    pull = np.maximum(subject.text.characters(head, subject.grams) * math.copysign(1.0, log_odds), 0.0)
    before = [0.0, *np.cumsum(pull).tolist()]
    words = [(mass, t) for t in reading.tokens if (mass := before[t.end] - before[t.start]) > 0.0]
    whole = math.fsum(mass for mass, _ in words)
    if not whole > 0.0:
        return (SpanOut("title", 0, len(raw), raw, log_odds),)
    spans = [(title.span(token.start, token.end), mass) for mass, token in words]
    return tuple(SpanOut("title", start, end, raw[start:end], log_odds * mass / whole) for (start, end), mass in spans)


def evidence_spans(log_odds: float, evidence: Sequence[Evidence]) -> tuple[SpanOut, ...]:
    """Divide a feature's part among the evidence it counts, by strength. No evidence: no spans."""
    whole = sum(e.strength for e in evidence)
    return tuple(SpanOut(e.field, e.start, e.end, e.text, log_odds * e.strength / whole) for e in evidence)


def _covers(rules: Sequence[str], rule: str) -> bool:
    return any(rule == one or rule.startswith(f"{one}.") for one in rules)
