"""Single characters: what each one reads as, and the transform that takes it there."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from opencc import OpenCC

from features.folding.draft import Draft, Span
from features.folding.spellings import Evasion

SCRIPTS = (
    (0x00, 0x3000),
    (0x3000, 0x3400),
    (0xA000, 0xABC0),
    (0xF900, 0x10000),
    (0x1D400, 0x1D800),
    (0x1F100, 0x1F300),
)
IDEOGRAPHS = ((0x3400, 0xA000), (0x20000, 0x2EBE1), (0x2F800, 0x2FA20), (0x30000, 0x323B0))
TAGS = range(0xE0000, 0xE01F0)
ENCLOSED = range(0x1F100, 0x1F300)
SURROGATES = range(0xD800, 0xE000)
ASTRAL = "\U00010000"  # from here on the careful path reads the text
AS_WRITTEN = "…™®©"
UNREADABLE = "\ufffd"
EMOJI_JOINERS = "\u200d\ufe0f\ufe0e"
STYLED_NAMES = re.compile(r"(?:LATIN LETTER SMALL CAPITAL|NEGATIVE (?:SQUARED|CIRCLED) LATIN CAPITAL LETTER) ([A-Z])$")
FLAG_NAMES = re.compile(r"REGIONAL INDICATOR SYMBOL LETTER ([A-Z])$")
DRESSED = re.compile(r"\(([0-9a-z]{1,2})\)|([0-9]{1,2})\.")  # ⑴ and ⒈ are the number, not its brackets
SEVERAL_READINGS = "乾瞭藉餘著麼於閒徵祇甚"  # simplified by OpenCC one at a time, but not in every word


@dataclass(frozen=True, slots=True)
class Letters:
    """Tables over single characters. Characters in none of them read as themselves."""

    simple: dict[int, str]  # one character for one: what the fast path translates
    several: dict[str, str]  # one character that reads as several
    removed: frozenset[str]  # characters drawn as nothing, or on top of another
    mark: dict[str, str]  # character -> transform worth telling
    odd: re.Pattern[str]  # any character the fast path cannot handle
    marked: re.Pattern[str]  # any character of `simple` that has a mark

    @classmethod
    def build(cls, evasion: Evasion) -> "Letters":
        """Compile the tables from Unicode, OpenCC and evasion.toml; about 60 ms."""
        simple: dict[int, str] = dict.fromkeys(SURROGATES, UNREADABLE)
        several: dict[str, str] = {}
        mark: dict[str, str] = {}
        removed = {chr(code) for code in TAGS} | set(evasion.signs.invisible)
        for char in _characters(SCRIPTS):
            _place(char, simple, several, removed, mark)
        for char, reading in _simplified():
            simple[ord(char)] = reading
            mark[char] = "traditional"
        _overrule(evasion, simple, several, mark)
        for char in removed:
            simple.pop(ord(char), None)
            several.pop(char, None)
            mark[char] = "combining" if unicodedata.category(char) in {"Mn", "Me"} else "invisible"
        for char in EMOJI_JOINERS:
            mark.pop(char, None)
        simple.update({code: simple.get(ord(reading), reading) for code, reading in simple.items()})
        several.update({char: reading.translate(simple) for char, reading in several.items()})
        marked = [char for char in mark if ord(char) in simple]
        return cls(
            simple,
            several,
            frozenset(removed),
            mark,
            _any_of([*several, *removed], f"{ASTRAL}-\U0010ffff"),
            _any_of(marked),
        )

    def read(self, text: str) -> Draft:
        """The draft of a text, character by character; a removed character marks its neighbour."""
        if not self.odd.search(text):
            marks: dict[int, tuple[str, ...]] = {m.start(): (self.mark[m[0]],) for m in self.marked.finditer(text)}
            return Draft(text.translate(self.simple), None, marks)
        return self._spell_out(text)

    def _spell_out(self, text: str) -> Draft:
        chars: list[str] = []
        spans: list[Span] = []
        noted: dict[int, tuple[str, ...]] = {}
        pending: str | None = None
        for i, char in enumerate(text):
            name = self.mark.get(char)
            if char in self.removed:
                if name and chars:
                    _note(noted, len(chars) - 1, name)
                else:
                    pending = name or pending
                continue
            reading = self.several.get(char) or self.simple.get(ord(char), char)
            for part in reading:
                if name or pending:
                    noted[len(chars)] = tuple(n for n in (pending, name) if n)
                    pending = None
                chars.append(part)
                spans.append((i, i + 1))
        return Draft("".join(chars), spans, noted)


def _note(marks: dict[int, tuple[str, ...]], at: int, name: str) -> None:
    names = marks.get(at, ())
    if name not in names:
        marks[at] = (*names, name)


def _characters(ranges: Iterable[tuple[int, int]]) -> Iterable[str]:
    return (chr(code) for low, high in ranges for code in range(low, high) if code not in SURROGATES)


def _place(char: str, simple: dict[int, str], several: dict[str, str], removed: set[str], mark: dict[str, str]) -> None:
    """Put one character into the table it belongs to."""
    category = unicodedata.category(char)
    if category in {"Zs", "Zl", "Zp"} or char in "\t\n\r\v\f":
        simple[ord(char)] = " "
        return
    if category in {"Cf", "Cc"} or (
        category in {"Mn", "Me"} and unicodedata.name(char, "").startswith(("COMB", "VARI"))
    ):
        removed.add(char)
        return
    reading, transform = _reading(char)
    if reading == char or char in AS_WRITTEN:
        return
    if len(reading) == 1:
        simple[ord(char)] = reading
    else:
        several[char] = reading
    if transform:
        mark[char] = transform


def _reading(char: str) -> tuple[str, str | None]:
    plain = unicodedata.normalize("NFKC", char)
    if plain == char and (styled := STYLED_NAMES.match(unicodedata.name(char, ""))):
        return styled[1].lower(), "styled"
    if plain == char and (flag := FLAG_NAMES.match(unicodedata.name(char, ""))):
        return flag[1].lower(), None
    reading = "".join(map(_bare, plain)).lower()
    if dressed := DRESSED.fullmatch(reading):
        return dressed[1] or dressed[2], "enclosed"
    reading = "".join(map(_bare, reading)).replace("\u2044", "/").strip() or " "
    return reading, _kind(char, plain)


def _bare(char: str) -> str:
    """A Latin, Greek or Cyrillic letter without its accents."""
    base = unicodedata.normalize("NFD", char)
    return base[0] if len(base) > 1 and base[0] < "\u0530" else char if not unicodedata.combining(char) else ""


def _kind(char: str, plain: str) -> str | None:
    if plain == char:
        return None
    tag = unicodedata.decomposition(char).partition(">")[0][1:]
    if tag == "wide":
        return "fullwidth" if plain.isalnum() or plain in "*@#&$%/+" else None
    return {"circle": "enclosed", "square": "compatibility", "font": "styled", "super": None, "sub": None}.get(
        tag, "enclosed" if ord(char) in ENCLOSED else "compatibility" if plain.isalnum() else None
    )


def _simplified() -> Iterable[tuple[str, str]]:
    """Ideographs whose compatibility form or simplified form differs, with it. One character for one."""
    raw = list(_characters(IDEOGRAPHS))
    plain = unicodedata.normalize("NFKC", "\n".join(raw))
    simplified = OpenCC("t2s").convert(plain).split("\n")
    return (
        (char, reading)
        for char, reading in zip(raw, simplified, strict=True)
        if len(reading) == 1 and char != reading and char not in SEVERAL_READINGS
    )


def _overrule(evasion: Evasion, simple: dict[int, str], several: dict[str, str], mark: dict[str, str]) -> None:
    for reading, disguises in (*evasion.variants.reads.items(), *evasion.signs.numerals.items()):
        for char in disguises:
            several.pop(char, None)
            simple[ord(char)] = reading
            mark[char] = "variant" if reading.isalpha() else "enclosed"


def _any_of(chars: Iterable[str], beyond: str = "") -> re.Pattern[str]:
    """One of these characters. Only the basic plane: a class without astral characters is a C-level bitmap in `re`."""
    return re.compile(f"[{''.join(re.escape(char) for char in sorted(chars) if char < ASTRAL)}{beyond}]")
