"""Placing a listing in a product group: declared by the platform, or inferred from the nouns of its title."""

import re
from collections.abc import Mapping
from operator import itemgetter

from ahocorasick_rs import AhoCorasick

from features.extractors.terms import touched
from features.knowledge.schema import Category
from features.normalize import Folder
from features.reading import CategoryGuess

OTHER = "other"
WORD, WEAK, NOT = 2.0, 1.0, 0.0
DOUBT = 1.0
"""Score of "none of these" in the normalisation: one weak word alone stays under p = 0.5."""
TOLD = 3.0
"""A word in the platform's own category text counts this many times a word in the title."""
STEPS = re.compile(r"[>/|,、;:→»\-_]+|\s+")
_START = itemgetter(1)

NOWHERE = CategoryGuess(OTHER, "inferred", 0.0)


class Categoriser:
    """Guesses the category of a folded title in one automaton pass."""

    def __init__(self, categories: Mapping[str, Category], folder: Folder) -> None:
        """Compile the words of all categories; `categories` is keyed by id."""
        owners: dict[str, list[tuple[str, float]]] = {}
        for one in categories.values():
            for words, weight in ((one.not_words, NOT), (one.words, WORD), (one.weak_words, WEAK)):
                for word in words:
                    owners.setdefault(folder.fold(word).text, []).append((one.id, weight))
        self._owners = list(owners.values())
        self._latin = frozenset(i for i, word in enumerate(owners) if word[0].isascii() or word[-1].isascii())
        self._automaton = AhoCorasick(list(owners))
        self._declared = {one.id: CategoryGuess(one.id, "declared", 1.0) for one in categories.values()}
        self._declared |= {
            folder.fold(word).text: self._declared[one.id]
            for one in categories.values()
            for word in (one.zh, *one.platform_words)
        }
        self._declared[OTHER] = CategoryGuess(OTHER, "declared", 1.0)

    def guess(self, title: str, told: str = "") -> CategoryGuess:
        """Place a folded title; `told` is the folded category the listing carries, "" when it has none."""
        if told:
            if (known := self._known(told)) is not None:
                return known
            scores = self._scores(title)
            for category, score in self._scores(told).items():
                scores[category] = scores.get(category, 0.0) + TOLD * score
        else:
            scores = self._scores(title)
        if not scores:
            return NOWHERE
        best = max(scores, key=scores.__getitem__)
        p = scores[best] / (sum(scores.values()) + DOUBT)
        return CategoryGuess(best, "inferred", round(p, 4))

    def _known(self, told: str) -> CategoryGuess | None:
        """The category the platform means: its words as a whole, else the deepest step of its path we know."""
        if (whole := self._declared.get(told.strip())) is not None:
            return whole
        steps = (self._declared.get(step) for step in reversed(STEPS.split(told)))
        return next((known for known in steps if known is not None), None)

    def _scores(self, text: str) -> dict[str, float]:
        """Category id -> score. A word inside a longer word of the same category is not counted again."""
        scores: dict[str, float] = {}
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not hits:
            return scores
        if len(hits) > 1:  # they come by their ends: the last one first, then stably by start, puts the longest first
            hits.reverse()
            hits.sort(key=_START)
        reach: dict[str, int] = {}
        size = len(text)
        for index, start, end in hits:
            if index in self._latin and touched(text, start, end):
                continue
            late = 0.5 + 0.5 * end / size  # the head noun of a Chinese title stands late
            for category, weight in self._owners[index]:
                if end > reach.get(category, 0):
                    reach[category] = end
                    if weight:
                        scores[category] = scores.get(category, 0.0) + weight * late
        return scores
