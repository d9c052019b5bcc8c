"""Marks: a title cut where its explanation changes, and what folding undid in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from features.evasion import TRANSFORMS
from features.normalize import Folded
from models.screening import Bilingual, Screening, SpanOut

_STEPS = (0.05, 0.25, 0.6, 1.2)
"""Log-odds from which a span is shown a step stronger."""
_NAMES = {transform.name: Bilingual(transform.zh, transform.en) for transform in TRANSFORMS}


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of a title that is shown alike."""

    text: str
    log_odds: float = 0.0  # what its words add, in the head that is told
    seen: bool = False  # a finding points here

    @property
    def look(self) -> str:
        """How it is shown: up1 … up4 by strength, down, seen; "" for plain text."""
        strength = sum(abs(self.log_odds) >= step for step in _STEPS)
        pull = f"up{strength}" if strength and self.log_odds > 0 else "down" if strength > 1 else ""
        return f"{pull} seen".strip() if self.seen else pull


def marks(title: str, screening: Screening) -> list[Mark]:
    """Cut a raw title by what its words add to the riskiest head, and by what findings point at.

    Invariant: the marks say every character once, in order.
    """
    odds, seen = [0.0] * len(title), [False] * len(title)
    for span in _pulls(screening):
        for place in range(span.start, span.end):
            odds[place] += span.log_odds
    for finding in screening.findings:
        for one in finding.evidence:
            if one.field == "title":
                seen[one.start : one.end] = [True] * (one.end - one.start)
    return list(_runs(title, odds, seen))


def _pulls(screening: Screening) -> Iterator[SpanOut]:
    told = [head for head in screening.heads.values() if head.explanation]
    if not told:
        return
    explanation = max(told, key=lambda head: head.score).explanation
    for contribution in explanation.contributions if explanation else ():
        yield from (span for span in contribution.spans if span.field == "title")


def _runs(title: str, odds: Sequence[float], seen: Sequence[bool]) -> Iterator[Mark]:
    at = 0
    for (value, here), run in groupby(zip((round(one, 9) for one in odds), seen, strict=True)):
        text = title[at : at + len(list(run))]
        at += len(text)
        yield Mark(text, value, here)


@dataclass(frozen=True, slots=True)
class Undone:
    """A stretch of a title as written and as read. `how` is empty where nothing was undone."""

    raw: str
    read: str
    how: tuple[Bilingual, ...] = ()


def undone(folded: Folded) -> list[Undone]:
    """Cut a folded title where the transforms that were used change.

    What folding left out belongs to the character before it. Invariant: the pieces say the raw title and the folded
    one, each once and in order.
    """
    pieces: list[tuple[int, str, tuple[str, ...]]] = []  # where it begins in the raw title, what is read, how
    places: Iterable[int] = range(len(folded.text))
    for names, run in groupby(places, key=lambda place: folded.marks.get(place, ())):
        stretch = list(run)
        begins = folded.span(stretch[0], stretch[0] + 1)[0] if pieces else 0
        pieces.append((begins, folded.text[stretch[0] : stretch[-1] + 1], names))
    ends = [begins for begins, _, _ in pieces[1:]] + [len(folded.raw)]
    return [
        Undone(folded.raw[begins:end], read, tuple(_NAMES[name] for name in names if name in _NAMES))
        for (begins, read, names), end in zip(pieces, ends, strict=True)
    ]
