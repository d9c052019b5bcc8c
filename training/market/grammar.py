"""A small grammar whose sentences are titles. Templates stand in vocabulary/*.toml; this is only the mechanism.

<slot>            one choice from the pool of that name
<slot?40>         the same, four times in ten
<slot*2-4>        two to four different choices; a sign after the numbers stands between them: <slot*2-4/>
{a|b|}            one of the alternatives, which may be templates or nothing
⌗  ⍺              a random digit, a random capital letter
_                 a space, in pools (their entries are separated by white space)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from training.market.chance import happens

_SLOT = re.compile(r"<(\w+)(?:\*(\d)-(\d)([ /、｜，·]?))?(?:\?(\d+))?>")
_MARKS = re.compile(r"[⌗⍺]")
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place filled from a pool, `least` to `most` different entries, with `chance` of being there at all."""

    name: str
    least: int = 1
    most: int = 1
    glue: str = ""
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several templates, all equally likely."""

    options: tuple["Template", ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text with random digits and capitals in it."""

    text: str


Part: TypeAlias = "str | Slot | Choice | Code"
Template = tuple[Part, ...]
Entry: TypeAlias = "str | Template"
Pools = Mapping[str, Sequence[Entry]]


def parse(text: str) -> Template:
    """Read one template."""
    parts, end = _sequence(text, 0, inside=False)
    if end != len(text):
        raise ValueError(f"unbalanced braces in template {text!r}")
    return parts


def entry(text: str) -> Entry:
    """Read one pool entry: plain text stays text, which is faster to choose."""
    return parse(text) if any(sign in text for sign in "<{⌗⍺") else text


def pool(text: str) -> tuple[Entry, ...]:
    """Read a pool of entries separated by white space."""
    return tuple(entry(word.replace("_", " ")) for word in text.split())


def expand(template: Template, pools: Pools, fixed: Mapping[str, str], random: Random) -> list[str]:
    """Write one sentence as a list of pieces; `fixed` slots win over pools, an unknown slot is an error."""
    pieces: list[str] = []
    for part in template:
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Slot):
            if part.chance >= 1 or happens(part.chance, random):
                pieces.append(_fill(part, pools, fixed, random))
        elif isinstance(part, Choice):
            pieces += expand(random.choice(part.options), pools, fixed, random)
        else:
            pieces.append(_coded(part.text, random))
    return [piece for piece in pieces if piece]


def _fill(slot: Slot, pools: Pools, fixed: Mapping[str, str], random: Random) -> str:
    if slot.name in fixed:
        return fixed[slot.name]
    entries = pools[slot.name]
    if slot.most == 1:
        return say(random.choice(entries), pools, fixed, random) if entries else ""
    count = min(random.randint(slot.least, slot.most), len(entries))
    return slot.glue.join(say(chosen, pools, fixed, random) for chosen in random.sample(entries, count))


def say(entry: Entry, pools: Pools, fixed: Mapping[str, str], random: Random) -> str:
    """Write one pool entry."""
    return entry if isinstance(entry, str) else "".join(expand(entry, pools, fixed, random))


def _coded(text: str, random: Random) -> str:
    return _MARKS.sub(lambda m: str(random.randrange(10)) if m[0] == "⌗" else random.choice(_CAPITALS), text)


def _sequence(text: str, at: int, *, inside: bool) -> tuple[Template, int]:
    parts: list[Part] = []
    while at < len(text) and not (inside and text[at] in "|}"):
        if text[at] == "{":
            choice, at = _choice(text, at + 1)
            parts.append(choice)
        elif slot := _SLOT.match(text, at):
            parts.append(_slot(slot))
            at = slot.end()
        else:
            end = at + 1
            while end < len(text) and text[end] not in ("{<|}" if inside else "{<"):
                end += 1
            literal = text[at:end]
            parts.append(Code(literal) if _MARKS.search(literal) else literal)
            at = end
    return tuple(parts), at


def _choice(text: str, at: int) -> tuple[Choice, int]:
    options: list[Template] = []
    while True:
        option, at = _sequence(text, at, inside=True)
        options.append(option)
        if at >= len(text):
            raise ValueError(f"unbalanced braces in template {text!r}")
        if text[at] == "}":
            return Choice(tuple(options)), at + 1
        at += 1


def _slot(match: re.Match[str]) -> Slot:
    name, least, most, glue, chance = match.groups()
    return Slot(name, int(least or 1), int(most or 1), glue or "", int(chance or 100) / 100)
