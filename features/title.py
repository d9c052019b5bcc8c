"""The outward form of the title as the seller wrote it: its length, and what kinds of characters it is made of."""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from features.feature import Block
from features.reading import Reading

HAN, LATIN, DIGIT, SPACE, BRACKET, LOUD, POINT, MONEY, PICTURE, UNSEEN, OTHER = "hldsb!p$exo"
BRACKETS = frozenset("()[]{}<>（）［］｛｝【】「」『』《》〈〉〔〕〖〗")
LOUD_MARKS = frozenset("!！‼⁉❗❕")
PICTURES = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x25A0, 0x25FF), (0x2190, 0x21FF))
LETTERS = ((0x3400, 0x9FFF), (0x20000, 0x3FFFF), (0xF900, 0xFAFF), (0x3007, 0x3007))
BY_CATEGORY = {"N": DIGIT, "Z": SPACE, "P": POINT, "C": UNSEEN, "M": UNSEEN}


class Kinds(dict[int, str]):
    """Code point -> the letter of its kind; looked up in Unicode the first time, so `str.translate` stays fast."""

    def __missing__(self, code: int) -> str:
        """Classify a code point not met before."""
        kind = self[code] = _kind(code)
        return kind


def _kind(code: int) -> str:
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


KINDS = Kinds()


class Form(NamedTuple):
    """The raw title, and the same title with every character replaced by the letter of its kind."""

    raw: str
    kinds: str
    size: int  # at least 1


def _form(reading: Reading) -> Form:
    raw = reading.listing.title
    return Form(raw, raw.translate(KINDS), len(raw) or 1)


TITLE = Block("title", _form)


@TITLE.feature("length", unit="characters", zh="标题长度", en="length of the title")
def length(form: Form) -> float:
    """Code points of the raw title."""
    return len(form.raw)


@TITLE.feature("han_share", unit="fraction 0..1", zh="汉字占比", en="share of Chinese characters")
def han_share(form: Form) -> float:
    """Chinese characters over all characters."""
    return form.kinds.count(HAN) / form.size


@TITLE.feature("latin_share", unit="fraction 0..1", zh="拉丁字母占比", en="share of Latin letters")
def latin_share(form: Form) -> float:
    """Latin letters of any width over all characters."""
    return form.kinds.count(LATIN) / form.size


@TITLE.feature("digit_share", unit="fraction 0..1", zh="数字占比", en="share of digits")
def digit_share(form: Form) -> float:
    """Digits and other numerals over all characters."""
    return form.kinds.count(DIGIT) / form.size


@TITLE.feature("point_count", unit="count", zh="标点数", en="punctuation marks")
def point_count(form: Form) -> float:
    """Punctuation and plain symbols, brackets and exclamation marks aside."""
    return form.kinds.count(POINT)


@TITLE.feature("bracket_count", unit="count", zh="括号数", en="brackets")
def bracket_count(form: Form) -> float:
    """Brackets of any kind, opening and closing."""
    return form.kinds.count(BRACKET)


@TITLE.feature("loud_count", unit="count", zh="感叹号与货币符号数", en="exclamation and currency marks")
def loud_count(form: Form) -> float:
    """Exclamation marks and currency signs."""
    return form.kinds.count(LOUD) + form.kinds.count(MONEY)


@TITLE.feature("picture_count", unit="count", zh="表情与图形符号数", en="emoji and pictures")
def picture_count(form: Form) -> float:
    """Emoji, stars, arrows and other pictures."""
    return form.kinds.count(PICTURE)


@TITLE.feature("strange_count", unit="count", zh="罕见文字或不可见字符数", en="unseen characters and other alphabets")
def strange_count(form: Form) -> float:
    """Characters that show nothing, combine with others, or come from alphabets other than Latin."""
    return form.kinds.count(UNSEEN) + form.kinds.count(OTHER)


FEATURES = TITLE.features
