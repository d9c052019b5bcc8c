"""Folding: a text as written -> the text as read, with an alignment back to every raw character."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_MARKS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and its alignment.

    `spans` is None when the fold is one-to-one (folded character i came from raw character i); else
    spans[i] is the half-open raw span folded character i came from. Spans never overlap backwards.
    `marks` names the transforms used for a folded character; characters without any are not in it.
    """

    raw: str
    text: str
    spans: tuple[tuple[int, int], ...] | None = None
    marks: Mapping[int, tuple[str, ...]] = field(default=NO_MARKS)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Raw half-open span of the folded stretch [start, end)."""
        if self.spans is None:
            return start, end
        if start >= end:
            at = self.spans[start][0] if start < len(self.spans) else len(self.raw)
            return at, at
        return self.spans[start][0], max(e for _, e in self.spans[start:end])

    def transforms(self, start: int, end: int) -> tuple[str, ...]:
        """Names of the transforms used inside the folded stretch, first use first, each once."""
        if not self.marks:
            return ()
        return tuple(dict.fromkeys(name for i in range(start, end) for name in self.marks.get(i, ())))
