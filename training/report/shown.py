"""Text that strangers wrote, made safe to look at: nothing hidden, nothing that turns the line around."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a title that is shown alike. `sign`: not the text itself but the name of a hidden character."""

    text: str
    log_odds: float = 0.0
    weight: int = 0  # 0..100, how strongly it is coloured
    evidence: bool = False  # a finding points here
    sign: bool = False


def visible(text: str) -> str:
    """Name every hidden character where it stands: control, direction, zero-width, private, unassigned."""
    if text.isprintable():
        return text
    return "".join(_name(char) if unicodedata.category(char) in _HIDDEN else char for char in text)


def pieces(
    title: str, contributions: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> list[Piece]:
    """Cut a raw title where its explanation changes. Invariant: the pieces say every character once, in order."""
    odds, seen = [0.0] * len(title), [False] * len(title)
    for span in (s for c in contributions for s in c["spans"] if s["field"] == "title"):
        for place in range(span["start"], span["end"]):
            odds[place] += span["log_odds"] / (span["end"] - span["start"])
    for evidence in (e for f in findings for e in f["evidence"] if e["field"] == "title"):
        seen[evidence["start"] : evidence["end"]] = [True] * (evidence["end"] - evidence["start"])
    most = max(map(abs, odds), default=0.0) or 1.0
    return list(_runs(title, [round(value, 9) for value in odds], seen, most))


def _runs(title: str, odds: Sequence[float], seen: Sequence[bool], most: float) -> Iterator[Piece]:
    marks = zip(odds, seen, (unicodedata.category(char) in _HIDDEN for char in title), strict=True)
    at = 0
    for (value, evidence, sign), run in groupby(marks):
        text = title[at : at + len(list(run))]
        at += len(text)
        told = "".join(map(_name, text)) if sign else text
        yield Piece(told, value * len(text), round(100 * abs(value) / most), evidence, sign)


def _name(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"
