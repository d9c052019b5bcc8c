"""Words of a folded title, by jieba's dictionary and algorithm, without HMM."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from typing import NamedTuple

try:
    from rjieba import cut as _segment
except ImportError:  # no wheel for this machine; jieba gives the same words, slower
    from jieba import lcut

    def _segment(text: str, hmm: bool = True) -> list[str]:  # noqa: FBT002 - the signature of rjieba.cut
        found: list[str] = lcut(text, HMM=hmm)
        return found


BLANK = re.compile(r"\s")


class Token(NamedTuple):
    """A word and its half-open span in the folded text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a folded text in reading order, as columns: an object per word costs more than cutting."""

    texts: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @classmethod
    def joining(cls, texts: Sequence[str]) -> "Tokens":
        """Words that follow each other without a gap, from 0 on."""
        ends = tuple(accumulate(map(len, texts)))
        return cls(tuple(texts), (0, *ends[:-1])[: len(ends)], ends)

    def __len__(self) -> int:
        """Number of words."""
        return len(self.texts)

    def __iter__(self) -> Iterator[Token]:
        """Word by word."""
        return map(Token, self.texts, self.starts, self.ends)


def words(text: str) -> list[str]:
    """Words in reading order, blanks included, so that they join to the text again."""
    found: list[str] = _segment(text, hmm=False)
    return found


def tokenize(text: str) -> Tokens:
    """Words with their spans, in reading order; blanks are left out. No unpaired surrogates may be inside."""
    cut = Tokens.joining(words(text))
    if not BLANK.search(text):
        return cut
    seen = [not word.isspace() for word in cut.texts]
    return Tokens(tuple(compress(cut.texts, seen)), tuple(compress(cut.starts, seen)), tuple(compress(cut.ends, seen)))
