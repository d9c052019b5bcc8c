"""A text being folded: characters, each with its raw span and the transforms undone so far."""

from collections.abc import Iterable
from typing import NamedTuple

Span = tuple[int, int]


class Edit(NamedTuple):
    """Replace the stretch [start, end) of the draft by `text`; an empty text removes it."""

    start: int
    end: int
    text: str
    transform: str


class Draft:
    """Characters in reading order; `spans` and `marks` run beside them. `marks` is sparse."""

    __slots__ = ("marks", "spans", "text")

    def __init__(self, text: str, spans: list[Span] | None, marks: dict[int, tuple[str, ...]]) -> None:
        self.text = text
        self.spans = spans
        self.marks = marks

    def apply(self, edits: Iterable[Edit]) -> bool:
        """Apply the edits that do not overlap, leftmost first and of those the longest. Linear in the text."""
        chosen = _disjoint(edits)
        if not chosen:
            return False
        chars: list[str] = []
        spans: list[Span] = []
        marks: dict[int, tuple[str, ...]] = {}
        at = 0
        pending: tuple[str, ...] = ()
        for edit in chosen:
            pending = self._keep(at, edit.start, chars, spans, marks, pending)
            inherited = self._marks(edit.start, edit.end)
            names = tuple(dict.fromkeys((*inherited, edit.transform)))
            if edit.text:
                first = len(chars)
                chars.extend(edit.text)
                spans.extend(self._align(edit))
                for i in range(first, len(chars)):
                    marks[i] = tuple(dict.fromkeys((*pending, *names)))
                pending = ()
            elif chars:
                _add(marks, len(chars) - 1, names)
            else:
                pending = (*pending, *names)
            at = edit.end
        self._keep(at, len(self.text), chars, spans, marks, pending)
        self.text, self.spans, self.marks = "".join(chars), spans, marks
        return True

    def _keep(
        self,
        start: int,
        end: int,
        chars: list[str],
        spans: list[Span],
        marks: dict[int, tuple[str, ...]],
        pending: tuple[str, ...],
    ) -> tuple[str, ...]:
        if start >= end:
            return pending
        shift = len(chars) - start
        chars.extend(self.text[start:end])
        spans.extend(self.spans[start:end] if self.spans is not None else ((i, i + 1) for i in range(start, end)))
        if self.marks:
            for i in range(start, end):
                if i in self.marks:
                    marks[i + shift] = self.marks[i]
        if pending:
            _add(marks, start + shift, pending)
        return ()

    def _marks(self, start: int, end: int) -> tuple[str, ...]:
        if not self.marks:
            return ()
        return tuple(dict.fromkeys(name for i in range(start, end) for name in self.marks.get(i, ())))

    def _align(self, edit: Edit) -> list[Span]:
        size = edit.end - edit.start
        if size == len(edit.text):
            return [self._span(i, i + 1) for i in range(edit.start, edit.end)]
        return [self._span(edit.start, edit.end)] * len(edit.text)

    def _span(self, start: int, end: int) -> Span:
        if self.spans is None:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]


def _add(marks: dict[int, tuple[str, ...]], at: int, names: tuple[str, ...]) -> None:
    marks[at] = tuple(dict.fromkeys((*marks.get(at, ()), *names)))


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    chosen: list[Edit] = []
    reach = 0
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if edit.start >= reach:
            chosen.append(edit)
            reach = edit.end
    return chosen
