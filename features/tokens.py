"""Words of a folded title, by jieba's dictionary and algorithm, without HMM."""

import re
from itertools import accumulate
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


def words(text: str) -> list[str]:
    """Words in reading order, blanks included, so that they join to the text again."""
    found: list[str] = _segment(text, hmm=False)
    return found


def tokenize(text: str) -> tuple[Token, ...]:
    """Words with their spans, in reading order; blanks are left out. No unpaired surrogates may be inside."""
    cut = words(text)
    ends = list(accumulate(map(len, cut)))
    found = map(Token, cut, (0, *ends), ends)
    return tuple(token for token in found if not token.text.isspace()) if BLANK.search(text) else tuple(found)
