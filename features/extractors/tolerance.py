"""A licence pattern as written in knowledge -> the same pattern, forgiving how people type numbers.

Between any two characters up to two blanks or separators may stand (H2005 1234, 国药准字-H, 2/0/0/5), and a digit may
be typed as the letter that looks like it (H2OO5l234). Nothing inside a look-around is touched, so "not inside a
longer run of digits" keeps its meaning. Every repeat is bounded and no gap character is a digit: matching is linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

GAPS: Final = " \t\u3000._·•*~+-/|,、;:。—–=#^'`&"
LOOK_ALIKES: Final = str.maketrans("oil", "011")
GAP = rf"[{re.escape(GAPS)}]{{0,2}}"
DIGIT = "[0-9oil]"
PLAIN_DIGIT = frozenset((r"\d", "[0-9]"))
MIXED = re.compile(r"\[0-9[^\]\\]+\]")
"""A class of digits and letters."""
LOOK_AROUND = re.compile(r"\(\?<?[=!][^()]*\)")
PIECE = re.compile(
    r"(?P<look>\(\?<?[=!])"
    r"|(?P<open>\(\?P<\w+>|\(\?:|\()"
    r"|(?P<close>\))"
    r"|(?P<count>(?:\{\d+(?:,\d*)?\}|[*+?])\??)"
    r"|(?P<bar>\|)"
    r"|(?P<edge>\^|\$|\\[bBAZ])"
    r"|(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Tolerant:
    """A compiled tolerant pattern and what it says about the text it can match."""

    regex: re.Pattern[str]
    needs: frozenset[str]  # characters without which the text cannot match: the cheap guard
    bare: bool  # no word or letter announces the number: it is digits, and maybe letters, of a class
    letters: bool  # letters that look like digits belong to this number (USCC): do not read them as digits
    foreign: str  # those of o, i, l that are no letters of such a number, hence digits: O and I in a USCC
    dashed: bool  # the hyphen belongs to this number (PD86-101)

    def canonical(self, text: str) -> str:
        """The number as the register writes it: no gaps or brackets, digits as digits, upper case."""
        drop = GAPS.replace("-", "") if self.dashed else GAPS
        bare = text.translate({ord(c): None for c in drop + ":()[]{}〔〕【】《》"})
        if not self.letters:
            bare = BESIDE_DIGITS.sub(lambda m: m.group().translate(LOOK_ALIKES), bare)
        return bare.translate({ord(c): LOOK_ALIKES[ord(c)] for c in self.foreign}).upper()


NOTHING: Final[frozenset[str]] = frozenset()
BESIDE_DIGITS = re.compile(r"(?<=[0-9])[oil]+|[oil]+(?=[0-9])")


def tolerant(pattern: str) -> Tolerant:
    """Rewrite and compile. Raises re.error when the pattern is not a plain one (no flags, no conditionals)."""
    out: list[str] = []
    inside_look = depth = 0
    atoms: list[str] = []
    foreign = _foreign(pattern)
    for piece in PIECE.finditer(pattern):
        kind, text = piece.lastgroup, piece.group()
        if kind == "look":
            inside_look = inside_look or depth + 1
        if kind in {"look", "open"}:
            depth += 1
        if kind == "atom" and not inside_look:
            atoms.append(text)
            mixed = f"{text[:-1]}{foreign}]" if MIXED.fullmatch(text) else text
            text = f"(?:{DIGIT if text in PLAIN_DIGIT else mixed}{GAP})"
        if kind == "close":
            inside_look = 0 if inside_look == depth else inside_look
            depth -= 1
        out.append(text)
    return Tolerant(
        regex=re.compile("".join(out)),
        needs=_needs(PIECE.finditer(pattern)),
        bare=not any(len(atom) == 1 and atom.isalpha() for atom in atoms),
        letters=any(a.startswith("[") and a != "[0-9]" and re.fullmatch(a, c) for a in atoms for c in "oil"),
        foreign=foreign,
        dashed=any(a in {"-", r"\-"} for a in atoms),
    )


def _foreign(pattern: str) -> str:
    """Letters that look like digits and are in none of the classes of digits and letters; "" without such classes."""
    mixed = MIXED.findall(LOOK_AROUND.sub("", pattern))
    return "".join(c for c in map(chr, LOOK_ALIKES) if mixed and not any(re.fullmatch(a, c) for a in mixed))


def _needs(pieces: Iterator[re.Match[str]]) -> frozenset[str]:
    """Characters every match holds: literals no quantifier makes optional, common to all alternatives."""
    branches: list[frozenset[str]] = [NOTHING]
    last = NOTHING
    for piece in pieces:
        kind, text = piece.lastgroup, piece.group()
        if kind == "close":
            break
        if kind == "bar":
            branches.append(NOTHING)
        elif kind == "count":
            branches[-1] -= last if text[0] in "?*" or text.startswith("{0") else NOTHING
        else:
            inside = _needs(pieces) if kind in {"look", "open"} else NOTHING
            last = inside if kind == "open" else frozenset(text) if _literal(piece) else NOTHING
            branches[-1] |= last
    return frozenset.intersection(*branches)


def _literal(piece: re.Match[str]) -> bool:
    return piece.lastgroup == "atom" and len(piece.group()) == 1 and piece.group() != "."
