"""The outward form of the title as the seller wrote it: its length, and what kinds of characters it is made of."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from features.feature import BatchBlock
from features.reading import Reading

KINDS = 11
HAN, LATIN, DIGIT, SPACE, BRACKET, LOUD, POINT, MONEY, PICTURE, UNSEEN, OTHER = range(KINDS)
BRACKETS = frozenset("()[]{}<>（）［］｛｝【】「」『』《》〈〉〔〕〖〗")
LOUD_MARKS = frozenset("!！‼⁉❗❕")
PICTURES = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x25A0, 0x25FF), (0x2190, 0x21FF))
LETTERS = ((0x3400, 0x9FFF), (0x20000, 0x3FFFF), (0xF900, 0xFAFF), (0x3007, 0x3007))
BY_CATEGORY = {"N": DIGIT, "Z": SPACE, "P": POINT, "C": UNSEEN, "M": UNSEEN}


class KindOf(dict[int, int]):
    """Code point -> its kind; looked up in Unicode the first time, so `str.translate` stays fast."""

    def __missing__(self, code: int) -> int:
        """Classify a code point not met before."""
        kind = self[code] = _kind(code)
        return kind


def _kind(code: int) -> int:
    char = chr(code)
    if _within(code, LETTERS):
        return HAN
    for kind, members in ((BRACKET, BRACKETS), (LOUD, LOUD_MARKS)):
        if char in members:
            return kind
    category = unicodedata.category(char)
    if category == "Sc":
        return MONEY
    if category[0] == "S":
        return PICTURE if _within(code, PICTURES) else POINT
    if category[0] == "L":
        return LATIN if unicodedata.name(char, "").startswith(("LATIN", "FULLWIDTH LATIN")) else OTHER
    return BY_CATEGORY[category[0]]


def _within(code: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in ranges)


KIND_OF = KindOf()


class Form(NamedTuple):
    """How many characters of each kind a raw title has."""

    length: int
    counts: list[int]  # by kind

    def share(self, kind: int) -> float:
        """Characters of a kind over all characters; 0 in an empty title."""
        return self.counts[kind] / (self.length or 1)


def _forms(readings: Sequence[Reading]) -> list[Form]:
    """Count the kinds of all titles at once."""
    raws = [reading.listing.title for reading in readings]
    lengths = list(map(len, raws))
    kinds = np.frombuffer("".join(raws).translate(KIND_OF).encode("ascii"), dtype=np.uint8)
    rows = np.repeat(np.arange(len(raws)), lengths)
    counts = np.bincount(rows * KINDS + kinds, minlength=len(raws) * KINDS).reshape(-1, KINDS)
    return list(map(Form, lengths, counts.tolist()))


TITLE = BatchBlock("title", _forms)


@TITLE.feature("length", unit="characters", zh="标题长度", en="length of the title")
def length(form: Form) -> float:
    """Code points of the raw title."""
    return form.length


@TITLE.feature("han_share", unit="fraction 0..1", zh="汉字占比", en="share of Chinese characters")
def han_share(form: Form) -> float:
    """Chinese characters over all characters."""
    return form.share(HAN)


@TITLE.feature("latin_share", unit="fraction 0..1", zh="拉丁字母占比", en="share of Latin letters")
def latin_share(form: Form) -> float:
    """Latin letters of any width over all characters."""
    return form.share(LATIN)


@TITLE.feature("digit_share", unit="fraction 0..1", zh="数字占比", en="share of digits")
def digit_share(form: Form) -> float:
    """Digits and other numerals over all characters."""
    return form.share(DIGIT)


@TITLE.feature("point_count", unit="count", zh="标点数", en="punctuation marks")
def point_count(form: Form) -> float:
    """Punctuation and plain symbols, brackets and exclamation marks aside."""
    return form.counts[POINT]


@TITLE.feature("bracket_count", unit="count", zh="括号数", en="brackets")
def bracket_count(form: Form) -> float:
    """Brackets of any kind, opening and closing."""
    return form.counts[BRACKET]


@TITLE.feature("loud_count", unit="count", zh="感叹号与货币符号数", en="exclamation and currency marks")
def loud_count(form: Form) -> float:
    """Exclamation marks and currency signs."""
    return form.counts[LOUD] + form.counts[MONEY]


@TITLE.feature("picture_count", unit="count", zh="表情与图形符号数", en="emoji and pictures")
def picture_count(form: Form) -> float:
    """Emoji, stars, arrows and other pictures."""
    return form.counts[PICTURE]


@TITLE.feature("strange_count", unit="count", zh="罕见文字或不可见字符数", en="unseen characters and other alphabets")
def strange_count(form: Form) -> float:
    """Characters that show nothing, combine with others, or come from alphabets other than Latin."""
    return form.counts[UNSEEN] + form.counts[OTHER]


FEATURES = TITLE.features
