"""A text being folded: characters, each with its raw span and the transforms undone so far."""

from collections.abc import Iterable
from typing import NamedTuple

Span = tuple[int, int]
Names = tuple[str, ...]


class Edit(NamedTuple):
    """Replace the stretch [start, end) of the draft by `text`; an empty text removes it."""

    start: int
    end: int
    text: str
    transform: str


class Draft:
    """Characters in reading order; `spans` (None: one-to-one) and the sparse `marks` run beside them."""

    __slots__ = ("marks", "spans", "text")

    def __init__(self, text: str, spans: list[Span] | None, marks: dict[int, Names]) -> None:
        """Take the parts over; they are not copied."""
        self.text = text
        self.spans = spans
        self.marks = marks

    def apply(self, edits: Iterable[Edit]) -> None:
        """Apply the edits that do not overlap, leftmost first and of those the longest. Linear in the text."""
        chosen = _disjoint(edits)
        if not chosen:
            return
        copy = _Copy(self)
        at = 0
        for edit in chosen:
            copy.keep(at, edit.start)
            copy.replace(edit)
            at = edit.end
        copy.keep(at, len(self.text))
        self.text, self.spans, self.marks = "".join(copy.chars), copy.spans, copy.marks


class _Copy:
    """The draft after its edits, while they are made. A removed stretch marks the character before it, or after."""

    __slots__ = ("chars", "marks", "pending", "source", "spans")

    def __init__(self, source: Draft) -> None:
        self.source = source
        self.chars: list[str] = []
        self.spans: list[Span] = []
        self.marks: dict[int, Names] = {}
        self.pending: Names = ()

    def keep(self, start: int, end: int) -> None:
        if start >= end:
            return
        source, shift = self.source, len(self.chars) - start
        self.chars.extend(source.text[start:end])
        self.spans.extend(
            source.spans[start:end] if source.spans is not None else ((i, i + 1) for i in range(start, end))
        )
        if source.marks:
            self.marks.update((i + shift, source.marks[i]) for i in range(start, end) if i in source.marks)
        self._note(start + shift, self.pending)
        self.pending = ()

    def replace(self, edit: Edit) -> None:
        marks = self.source.marks
        names = (*(name for i in range(edit.start, edit.end) for name in marks.get(i, ())), edit.transform)
        first = len(self.chars)
        if edit.text:
            self.chars.extend(edit.text)
            self.spans.extend(self._align(edit))
            for i in range(first, len(self.chars)):
                self._note(i, (*self.pending, *names))
            self.pending = ()
        elif first:
            self._note(first - 1, names)
        else:
            self.pending = (*self.pending, *names)

    def _align(self, edit: Edit) -> list[Span]:
        if edit.end - edit.start == len(edit.text):
            return [self._span(i, i + 1) for i in range(edit.start, edit.end)]
        return [self._span(edit.start, edit.end)] * len(edit.text)

    def _span(self, start: int, end: int) -> Span:
        spans = self.source.spans
        return (start, end) if spans is None else (spans[start][0], spans[end - 1][1])

    def _note(self, at: int, names: Names) -> None:
        if names:
            self.marks[at] = tuple(dict.fromkeys((*self.marks.get(at, ()), *names)))


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    chosen: list[Edit] = []
    reach = 0
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if edit.start >= reach:
            chosen.append(edit)
            reach = edit.end
    return chosen
