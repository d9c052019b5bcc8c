"""Unlisted masks of Latin brand names: CHANE1, Ch@nel, PRAD*, Cha*ne1, F E N D 1, Balen. Quantity signs are none."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, takewhile
from typing import NamedTuple

SHORTEST_NAME = 4  # letters; shorter names have too many look-alikes
SHORTEST_EXCHANGED = 6  # letters of a name in which I and l alone are exchanged
SHORTEST_CUT = 4  # letters left of a name cut short
LAST_TWO_CUT, FIRST_CUT, LONG_CUT = 7, 6, 9  # letters a name needs to be known without its last two, first, or tail
STEM = 5  # letters of a long name that give it away
LETTERS_SEEN = 0.6  # share of a name that must stand uncovered
WORDS = 3  # words of the longest name, taken together

COVERS = "*#?~^%"  # signs put over one or more letters, or between two
ALIKE = str.maketrans(
    {"1": "l", "!": "l", "|": "l", "i": "l", "0": "o", "@": "a", "&": "a", "$": "s", "5": "s", "3": "e"}
)
QUIET = str.maketrans("", "", " .'_-`·")  # signs that are no letters of a name
SOFT = str.maketrans("", "", " '-`·")  # those of them that honest sellers leave out or put in
BARE = str.maketrans("", "", COVERS)
SIGNS = re.escape("@!&$|" + COVERS)
WORD = re.compile(rf"[a-z0-9@!&$][a-z0-9{SIGNS}.'_-]*[a-z0-9{SIGNS}]")
SPACED = re.compile(r"(?<![a-z0-9])[a-z](?: [a-z0-9]){3,}(?![a-z0-9])")
ODD = re.compile(rf"[0-9{SIGNS}._-]")
COVER = re.compile(f"[{re.escape(COVERS)}]+")
SIGN = re.compile(f"[{SIGNS}]")
INSIDE = re.compile("[a-z0-9@!&$|]$")  # a cover at the end must hide something: dior*3 is a quantity
TAIL = re.compile("(?<=[a-z@!&$|*#?~^%])[0-9]{2,}[a-z]{0,2}$")
LATIN = re.compile("[a-z]{2}")


class Mask(NamedTuple):
    """A masked name in a folded text; the span is half-open in folded characters."""

    brand: str
    start: int
    end: int
    transform: str


class MaskedNames:
    """Keys under which masked forms of Latin names are found."""

    __slots__ = ("_brands", "_cut", "_honest", "_lines", "_skeletons")

    def __init__(self, names: Mapping[str, str], honest: Iterable[str]) -> None:
        """`names`: folded Latin name -> brand id. `honest`: folded words that are no masks, real names among them."""
        squeezed = {name.translate(QUIET): brand for name, brand in names.items()}
        single = {name for name in names if " " not in name}
        self._brands = {
            name: brand for name, brand in squeezed.items() if len(name) >= SHORTEST_NAME and name.isascii()
        }
        self._honest = frozenset(word.translate(table) for word in (*names, *honest) for table in (QUIET, SOFT))
        self._skeletons = {name.translate(ALIKE): name for name in self._brands}
        self._lines = "\n".join(("", *self._brands, ""))
        self._cut: dict[str, str] = {}
        for name in self._brands:
            for cut in _cuts(name, single=name in single):
                if cut not in self._honest:
                    self._cut.setdefault(cut, name)

    def find(self, text: str) -> Iterator[Mask]:
        """Masks in a folded text, left to right, without overlap. Linear in the text."""
        if not LATIN.search(text) and not SPACED.search(text):
            return
        reach = 0
        for match in SPACED.finditer(text):
            name = self._skeletons.get(match[0].translate(QUIET).translate(ALIKE))
            if name:
                reach = match.end()
                yield Mask(self._brands[name], *match.span(), "brand_mask")
        words = [match.span() for match in WORD.finditer(text)]
        signed = SIGN.search(text) is not None
        for i, (start, end) in enumerate(words):
            if start < reach or text[start].isdigit():  # no name begins with a digit
                continue
            ends = _ends(words[i : i + WORDS]) if signed and SIGN.search(text, start) else (end,)
            for last in ends:
                if found := self._mask(text[start:last]):
                    reach = start + found[2]
                    yield Mask(self._brands[found[0]], start, reach, found[1])
                    break

    def _mask(self, written: str) -> tuple[str, str, int] | None:
        """(name, transform, letters and signs it takes) when the words begin with a masked name and hold no more."""
        if written.isalpha():
            return None if written in self._honest else self._plain(written, written)
        squeezed = written.translate(QUIET)
        if written.translate(SOFT) in self._honest:
            return None
        if not ODD.search(written):
            return self._plain(written, squeezed)
        for head in _heads(written):
            bare = head.translate(QUIET)
            name = self._skeletons.get(bare.translate(BARE).translate(ALIKE)) if INSIDE.search(bare) else None
            if name is None and COVER.search(bare):
                name = self._uncovered(bare)
            if name and head.translate(SOFT) not in self._honest:
                return name, "brand_mask", len(head)
        return None

    def _plain(self, written: str, squeezed: str) -> tuple[str, str, int] | None:
        """A name with I and l exchanged, or cut short: letters only."""
        if len(squeezed) >= SHORTEST_EXCHANGED and (name := self._skeletons.get(squeezed.translate(ALIKE))):
            return name, "brand_mask", len(written)
        if squeezed in self._cut and " " not in written:
            return self._cut[squeezed], "brand_cut", len(written)
        return None

    def _uncovered(self, squeezed: str) -> str | None:
        """The name under the covers. A cover hides at most two letters, one at least at the end; most must show."""
        shown = squeezed.translate(BARE)
        if len(shown) < SHORTEST_NAME - 1 or not shown.isalpha():
            return None
        pattern = COVER.sub("[a-z]{1,2}", squeezed) if squeezed[-1] in COVERS else COVER.sub("[a-z]{0,2}", squeezed)
        match = re.search(rf"\n({pattern})\n", self._lines)
        return match[1] if match and len(shown) >= LETTERS_SEEN * len(match[1]) else None


def _heads(written: str) -> Iterator[str]:
    """The words, then without a number at the end (CH@NEL2022), then up to their first cover (Gucc*Chunky)."""
    yield written
    bare = TAIL.sub("", written)
    if bare != written:
        yield bare
    cover = COVER.search(written)
    if cover and written[cover.end() :].isalnum():
        yield written[: cover.end()]


def _cuts(name: str, *, single: bool) -> Iterator[str]:
    if len(name) > SHORTEST_CUT:
        yield name[:-1]
    if single and len(name) >= LAST_TWO_CUT:
        yield name[:-2]
    if len(name) >= FIRST_CUT:
        yield name[1:]
    if single and len(name) >= LONG_CUT:
        yield name[:STEM]


def _ends(words: list[tuple[int, int]]) -> list[int]:
    """Where words that follow each other end, the furthest first."""
    together = takewhile(lambda pair: pair[1][0] - pair[0][1] == 1, pairwise(words))
    return [*reversed([after[1] for _, after in together]), words[0][1]]
