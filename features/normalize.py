"""Folding: a text as written -> the text as read, with an alignment back to every raw character."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from features.folding.alike import AlikeLetters
from features.folding.decode import CloakDecoder
from features.folding.draft import Draft, Edit
from features.folding.gaps import TornWords
from features.folding.homophones import SoundView, spelled_once
from features.folding.known import DisguisedWords
from features.folding.layers import LayeredWords
from features.folding.letters import Letters
from features.folding.likenesses import ShapeView
from features.folding.phrases import SignPhrases
from features.folding.spellings import Transform, load_evasion
from features.knowledge import Knowledge

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
    marks: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: NO_MARKS)

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


class Finder(Protocol):
    """What finds words in disguise."""

    def __call__(self, text: str, *, suspected: bool) -> list[Edit]:
        """Edits that undo the disguises. `suspected`: the text wears others already."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Folds texts. Built once; safe to share between threads."""

    letters: Letters
    contact: SignPhrases
    finders: tuple[Callable[[str], list[Edit]], ...]  # in the order in which disguises are worn one over the other
    views: tuple[Finder, ...]  # told whether the text wears a disguise already
    cloak: CloakDecoder | None  # None: texts are single words, which are never cloaked whole
    transforms: tuple[Transform, ...]
    evasive: frozenset[str]  # names of those that honest sellers do not use

    @classmethod
    def load(cls, knowledge: Knowledge | None = None) -> "Folder":
        """Compile the tables. The words of `knowledge` are what disguised and torn words are restored to."""
        evasion = load_evasion()
        letters = Letters.build(evasion)
        listed = (*evasion.words.known, *(words_of(knowledge) if knowledge else ()))
        known = {letters.read(word).text for word in listed}
        names = [letters.read(name).text for name in (names_of(knowledge) if knowledge else ())]
        disguised = DisguisedWords.build(known, evasion.disguises, evasion.words.ordinary)
        torn = TornWords.build((*known, *disguised.unsplit, *spelled_once(known)))
        sounds = SoundView.build(known, evasion.listed(), evasion.words.ordinary, names)
        shapes = ShapeView.build(known, evasion.words.ordinary)
        finders = (
            AlikeLetters.build(evasion.letters.alike, known).edits,
            torn.stutters,
            torn.edits,
            disguised.edits,
        )
        views = (LayeredWords.build(known, sounds, shapes).edits, shapes.edits, sounds.edits)
        contact = SignPhrases.build(evasion.contact.guard, evasion.contact.phrase)
        cloak = CloakDecoder(evasion.cloak, evasion.listed(), evasion.at_times())
        evasive = frozenset(transform.name for transform in evasion.transform if transform.evasive)
        return cls(letters, contact, finders, views, cloak, evasion.transform, evasive)

    def for_words(self) -> "Folder":
        """The same for single words: what reads cloaked texts, and is slow to build, waits for the first such text."""
        return replace(self, cloak=None)

    def fold(self, text: str) -> Folded:
        """The text as read. Never fails, whatever the text; linear in its length."""
        return self.fold_many((text,))[0]

    def fold_many(self, texts: Sequence[str]) -> list[Folded]:
        """Fold a batch, in order: finder by finder, so that the tables of each stay in the processor's cache."""
        drafts = [self.letters.read(text) for text in texts]
        for draft in drafts:
            self.contact.apply(draft)
        for find in self.finders:
            for draft in drafts:
                if edits := find(draft.text):
                    draft.apply(edits)
        messages = [self.cloak is not None and self.cloak.apply_to_message(draft) for draft in drafts]
        for view in self.views:
            for draft, message in zip(drafts, messages, strict=True):
                if edits := view(draft.text, suspected=not message and self._wears_disguise(draft)):
                    draft.apply(edits)
        for draft, message in zip(drafts, messages, strict=True):
            if self.cloak is not None and not message:
                self.cloak.apply(draft)
        return [
            Folded(text, draft.text, None if draft.spans is None else tuple(draft.spans), draft.marks or NO_MARKS)
            for text, draft in zip(texts, drafts, strict=True)
        ]

    def _wears_disguise(self, draft: Draft) -> bool:
        return any(name in self.evasive for names in draft.marks.values() for name in names)


def words_of(knowledge: Knowledge) -> Iterable[str]:
    """Words worth restoring: those that rules look for, and the names of brands."""
    for rule in knowledge.rules.values():
        for terms in rule.terms:
            yield from terms.words
    yield from names_of(knowledge)


def names_of(knowledge: Knowledge) -> Iterable[str]:
    """Names of brands, and what people call them."""
    for brand in knowledge.brands.values():
        yield from (*brand.zh, *brand.en, *brand.aliases)
