"""Disguises a seller might wear, made without the tables that the folding undoes them with.

Sounds come from pypinyin, shapes from the parts of characters, letters from Unicode's names.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from random import Random

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from features.folding.shapes import splits

Disguise = Callable[[str, frozenset[int], Random], str]
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2063\u180e\u202d"
_MARKS = "\u0301\u0307\u0323\u0332\u0336\u0338\u0489\u20dd\u20e0\u034f"
_COMMON_ROWS = range(0xB0, 0xD8)  # first level of GB 2312: what everybody can read
_WRAPPERS = "艹口氵亻女木王忄扌讠虫"  # radicals that Martian script puts round a character
_LEFT = "亻氵扌讠纟钅饣忄犭阝木女口日月火土王石禾米衤礻足车马鱼虫贝山弓目田立酉"
_RIGHT = "刂阝页鸟欠攵斤戈隹见力"
_PAIR = 2
_HAN = range(0x4E00, 0x9FA6)
_RADICALS, _RARE = range(0x2E80, 0x2FE0), range(0x3400, 0x4E00)
_STYLES = (
    "MATHEMATICAL BOLD {case} {x}",
    "MATHEMATICAL SANS-SERIF ITALIC {case} {x}",
    "MATHEMATICAL MONOSPACE {case} {x}",
    "CIRCLED LATIN {case} LETTER {x}",
    "NEGATIVE SQUARED LATIN CAPITAL LETTER {x}",
    "NEGATIVE CIRCLED LATIN CAPITAL LETTER {x}",
    "PARENTHESIZED LATIN SMALL LETTER {x}",
    "SQUARED LATIN CAPITAL LETTER {x}",
    "REGIONAL INDICATOR SYMBOL LETTER {x}",
)
_NUMBERS = ("CIRCLED DIGIT {n}", "DINGBAT NEGATIVE CIRCLED DIGIT {n}", "PARENTHESIZED DIGIT {n}", "DIGIT {n} FULL STOP")
_COUSINS = ("CYRILLIC {case} LETTER {n}", "GREEK {case} LETTER {n}")
_NAMES = {
    "a": ("A", "ALPHA"),
    "b": ("VE", "BETA"),
    "c": ("ES", "LUNATE SIGMA SYMBOL"),
    "e": ("IE", "EPSILON"),
    "h": ("EN", "ETA"),
    "i": ("BYELORUSSIAN-UKRAINIAN I", "IOTA"),
    "j": ("JE", "YOT"),
    "k": ("KA", "KAPPA"),
    "m": ("EM", "MU"),
    "n": ("", "NU"),
    "o": ("O", "OMICRON"),
    "p": ("ER", "RHO"),
    "s": ("DZE", ""),
    "t": ("TE", "TAU"),
    "u": ("", "UPSILON"),
    "v": ("IZHITSA", "NU"),
    "x": ("HA", "CHI"),
    "y": ("U", "UPSILON"),
}
_CAPITALS_ONLY = "bhkmt"  # letters whose small cousins look different
_SMALL_ONLY = "uv"


def alike_letters(char: str) -> tuple[str, ...]:
    """Cyrillic and Greek letters drawn like a Latin one."""
    letter = char.lower()
    case = "CAPITAL" if (char.isupper() or letter in _CAPITALS_ONLY) and letter not in _SMALL_ONLY else "SMALL"
    pairs = zip(_COUSINS, _NAMES.get(letter, ("", "")), strict=True)
    return _named(pattern.format(case=case, n=name) for pattern, name in pairs if name)


def styled_letters(char: str) -> tuple[str, ...]:
    """Mathematical, enclosed and flag letters."""
    case = "CAPITAL" if char.isupper() else "SMALL"
    return _named(p.format(case=case, x=char.upper()) for p in _STYLES) if char.isascii() and char.isalpha() else ()


def symbol_digits(char: str) -> tuple[str, ...]:
    """Enclosed digits and keycaps."""
    if not (char.isascii() and char.isdigit()):
        return ()
    name = unicodedata.name(char).removeprefix("DIGIT ")
    return (*_named(p.format(n=name) for p in _NUMBERS), f"{char}\ufe0f\u20e3")


def homophones(char: str) -> tuple[str, ...]:
    """Common characters of the same sound: of the same tone, where there are any."""
    if not _is_han(char):
        return ()
    alike = [other for other in _by_sound().get(_sound(char), ()) if other != char]
    return tuple(c for c in alike if _tone(c) == _tone(char)) or tuple(alike)


def look_alikes(char: str) -> tuple[str, ...]:
    """Common characters that differ in one radical only: 访 and 防 for 仿."""
    kin = _by_body()
    return tuple(dict.fromkeys(c for body in _bodies(char) for c in kin.get(body, ()) if c != char))


def martian(char: str) -> tuple[str, ...]:
    """Uncommon characters made of this one and a radical: 嗃 for 高."""
    return _wrapped().get(char, ())


def halves(char: str) -> tuple[str, ...]:
    """A character written as its left and its right part."""
    return tuple(s for s in _pairs(char) if s[0] in _LEFT or s[1] in _RIGHT)


def traditional(char: str) -> tuple[str, ...]:
    """The traditional character, where it differs."""
    other = _converter().convert(char)
    return (other,) if other != char and len(other) == 1 else ()


def fullwidth(char: str) -> tuple[str, ...]:
    """The full-width letter, digit or sign."""
    return (chr(ord(char) + 0xFEE0),) if "!" <= char <= "~" else ()


def exchanged(options: Callable[[str], Sequence[str]]) -> Disguise:
    """Exchange the touched characters, those that have an exchange."""

    def disguise(text: str, touched: frozenset[int], random: Random) -> str:
        return "".join(
            random.choice(found) if i in touched and (found := options(char)) else char for i, char in enumerate(text)
        )

    return disguise


def followed(signs: str) -> Disguise:
    """Put a sign after every touched character."""

    def disguise(text: str, touched: frozenset[int], random: Random) -> str:
        return "".join(char + (random.choice(signs) if i in touched else "") for i, char in enumerate(text))

    return disguise


def separated(sign: str) -> Disguise:
    """Put the sign after touched characters that have a touchable neighbour; never at the end of a word."""

    def disguise(text: str, touched: frozenset[int], _: Random) -> str:
        last = len(text) - 1
        return "".join(
            char + (sign if i in touched and i < last and text[i + 1].isalnum() else "") for i, char in enumerate(text)
        )

    return disguise


def repeated(text: str, touched: frozenset[int], random: Random) -> str:
    """Write touched Chinese characters two or three times."""
    return "".join(
        char * random.choice((2, 3)) if i in touched and _is_han(char) else char for i, char in enumerate(text)
    )


def spelled(text: str, touched: frozenset[int], random: Random) -> str:
    """Write touched Chinese characters as pinyin."""
    case = random.choice((str.upper, str.lower, str.title))
    return "".join(case(_sound(char)) if i in touched and _is_han(char) else char for i, char in enumerate(text))


DISGUISES: Mapping[str, Disguise] = {
    "fullwidth": exchanged(fullwidth),
    "traditional": exchanged(traditional),
    "zero-width": followed(_INVISIBLE),
    "combining": followed(_MARKS),
    "separator /": separated("/"),
    "separator *": separated("*"),
    "separator .": separated("."),
    "separator space": separated(" "),
    "homophone": exchanged(homophones),
    "look-alike": exchanged(look_alikes),
    "pinyin": spelled,
    "split": exchanged(halves),
    "symbol digits": exchanged(symbol_digits),
    "repeated": repeated,
    "styled letters": exchanged(styled_letters),
    "alike letters": exchanged(alike_letters),
    "martian": exchanged(martian),
}


def _named(names: Iterable[str]) -> tuple[str, ...]:
    found = []
    for name in names:
        try:
            found.append(unicodedata.lookup(name))
        except KeyError:
            continue
    return tuple(found)


def _is_han(char: str) -> bool:
    return ord(char) in _HAN


def _is_cjk(char: str) -> bool:
    return any(ord(char) in block for block in (_HAN, _RADICALS, _RARE))


@cache
def _sound(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0]


@cache
def _tone(char: str) -> str:
    return lazy_pinyin(char, style=Style.TONE)[0]


@cache
def _common() -> str:
    rows = b"".join(bytes((row, cell)) for row in _COMMON_ROWS for cell in range(0xA1, 0xFF))
    return rows.decode("gb2312", errors="ignore")


@cache
def _by_sound() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for char in _common():
        found[_sound(char)].append(char)
    return found


def _pairs(char: str) -> tuple[str, ...]:
    """The character as two parts that can be written one after the other."""
    return tuple(s for s in splits(char) if len(s) == _PAIR and all(map(_is_cjk, s))) if _is_han(char) else ()


def _bodies(char: str) -> Iterable[str]:
    """What is left of a character without a radical at its left or right, with an underscore in its place."""
    for pair in _pairs(char):
        left, right = pair[0], pair[1]
        if left in _LEFT:
            yield f"_{right}"
        if right in _RIGHT:
            yield f"{left}_"


@cache
def _by_body() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for char in _common():
        for body in _bodies(char):
            found[body].append(char)
    return found


@cache
def _wrapped() -> Mapping[str, tuple[str, ...]]:
    common = frozenset(_common())
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for char in map(chr, _HAN):
        for split in splits(char) if char not in common else ():
            if len(split) == _PAIR and split[0] in _WRAPPERS and split[1] in common:
                found[split[1]][char] = None
    return {char: tuple(others) for char, others in found.items()}


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")
