"""Words of a folded title, by jieba's dictionary and algorithm, without HMM."""

from typing import NamedTuple

try:
    from rjieba import cut as _segment
except ImportError:  # no wheel for this machine; jieba gives the same words, slower
    from jieba import lcut

    def _segment(text: str, hmm: bool = True) -> list[str]:  # noqa: FBT002 - the signature of rjieba.cut
        found: list[str] = lcut(text, HMM=hmm)
        return found


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
    found = []
    start = 0
    for word in words(text):
        end = start + len(word)
        if not word.isspace():
            found.append(Token(word, start, end))
        start = end
    return tuple(found)
