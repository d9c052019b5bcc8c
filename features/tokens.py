"""Words of a folded title, by jieba's dictionary and algorithm, without HMM."""

from typing import NamedTuple


class Token(NamedTuple):
    """A word and its half-open span in the folded text."""

    text: str
    start: int
    end: int
