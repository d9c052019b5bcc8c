"""Phrases of contact in signs and letters (+V, 加叩叩), read as people read them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from features.folding.draft import Draft, Edit
from features.folding.spellings import Phrase


@dataclass(frozen=True, slots=True)
class SignPhrases:
    """Patterns whose group `sign` (or whole match) is replaced."""

    guard: re.Pattern[str]
    phrases: tuple[tuple[re.Pattern[str], Phrase], ...]

    @classmethod
    def build(cls, guard: str, phrases: Iterable[Phrase]) -> "SignPhrases":
        """Compile; `guard` is a pattern without which no phrase can match."""
        return cls(re.compile(guard), tuple((re.compile(phrase.pattern), phrase) for phrase in phrases))

    def apply(self, draft: Draft) -> None:
        """Read every phrase in the draft, one pattern after the other. Linear in the text."""
        if not self.guard.search(draft.text):
            return
        for pattern, phrase in self.phrases:
            found = [Edit(m.start(), m.end(), phrase.reads, phrase.transform) for m in pattern.finditer(draft.text)]
            draft.apply(edit for edit in found if edit.end > edit.start)
