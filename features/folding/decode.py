"""Cloaked texts: many characters exchanged for others of the same sound or shape (茺100宋100, 牜犇卜渔).

A noisy channel: the cheapest path through words of the lexicon, where each exchanged character costs the more,
the more common it is as it stands, and the less it looks and sounds like what it is read as.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from features.folding.commonness import COMMON, LESS_COMMON, RARE, commonness, rare_characters
from features.folding.draft import Edit
from features.folding.lexicon import LONGEST, NUMBER, Lexicon, sound
from features.folding.readings import readings
from features.folding.shapes import RADICALS, parts

TOKEN = re.compile("[0-9]+|[\u3400-\u9fff\U00020000-\U000323af]|[a-z\u3040-\u30ff]+")
DECODED = 1_000  # characters; nobody cloaks longer texts whole
WORTH = 2  # rare characters, or words of the trade, that make a text worth decoding boldly
EXCHANGE = {COMMON: 4.5, LESS_COMMON: 3.2, RARE: 3.0}  # cost of reading a character as another one
LISTED, LISTED_SHARE = 0.5, 0.3  # cost of an exchange that evasion.toml lists: a constant and a share of the above
CONTAINS, INSIDE, SHARES = 3.0, 1.8, 1.0  # taken off when the shapes agree
OTHER_SOUND, RADICAL_ONLY = 1.5, 8.0  # put on when the sounds do not
TO_LESS_COMMON, TO_RARE = 2.0, 5.0  # put on when the result is itself uncommon
LEAST = 0.2
HEARD, HEARD_RARE = 2, 3  # readings of a character that are tried


class Step(NamedTuple):
    """The cheapest way to reach a place: total cost, where it came from, the word read."""

    cost: float
    origin: int
    word: str


class CloakDecoder:
    """Decodes cloaked texts. Its lexicon is built when the first one is met. Safe to share between threads."""

    __slots__ = ("_building", "_exchange", "_hearings", "_known", "_lexicon", "_listed", "_rare", "_trade")

    def __init__(self, known: Iterable[str], trade: Iterable[str], listed: Mapping[str, str]) -> None:
        """`known`: our words; `trade`: those that make a text worth decoding; `listed`: character -> what it is read as."""
        self._known = frozenset(known)
        self._trade = AhoCorasick(sorted(trade))
        self._listed = listed
        disguised = {char for char in listed if commonness(char) != COMMON}
        self._rare = re.compile(f"[{''.join(sorted(rare_characters() | disguised))}\U00020000-\U000323af]")
        self._lexicon: Lexicon | None = None
        self._building = Lock()
        self._exchange = lru_cache(maxsize=65536)(self._cost_of_exchange)
        self._hearings = lru_cache(maxsize=16384)(self._sounds_heard)

    def edits(self, text: str) -> list[Edit]:
        """Exchanged characters, each with the one it is read as. At most DECODED characters are looked at."""
        head = text[:DECODED]
        rare = len(self._rare.findall(head))
        bold = rare >= WORTH or len(self._trade.find_matches_as_indexes(head)) >= WORTH
        if not rare and not bold:
            return []
        return [edit for tokens in _stretches(head) for edit in self._decoded(head, tokens, bold=bold)]

    def _decoded(self, text: str, tokens: list[tuple[int, int]], *, bold: bool) -> Iterator[Edit]:
        chars = "".join(NUMBER if text[a].isdecimal() else text[a] for a, _ in tokens)
        read = self._read(chars, bold=bold)
        for (start, end), char, reading in zip(tokens, chars, read, strict=True):
            if char != reading:
                yield Edit(start, end, reading, "homophone" if sound(char) == sound(reading) else "lookalike")

    def _read(self, chars: str, *, bold: bool) -> str:
        """The cheapest reading of a stretch; as long as the stretch."""
        best: list[Step | None] = [Step(0.0, 0, ""), *[None] * len(chars)]
        heard = [self._hearings(char) for char in chars]
        for start in range(len(chars)):
            here = best[start]
            if here is None:
                continue
            for word, cost in self._words_at(chars, heard, start, bold=bold):
                end = start + len(word)
                known = best[end]
                if known is None or here.cost + cost < known.cost:
                    best[end] = Step(here.cost + cost, start, word)
        words: list[str] = []
        at = len(chars)
        while at and (step := best[at]) is not None:
            words.append(step.word)
            at = step.origin
        return "".join(reversed(words))

    def _words_at(
        self, chars: str, heard: list[tuple[str, ...]], start: int, *, bold: bool
    ) -> Iterator[tuple[str, float]]:
        """Words that may stand at a place, as written or disguised, with their costs."""
        lexicon = self._words()
        yield chars[start], 0.0 if chars[start] == NUMBER else lexicon.costs.get(chars[start], lexicon.unknown)
        keys = [""]
        for end in range(start + 1, min(len(chars), start + LONGEST) + 1):
            written = chars[start:end]
            if end > start + 1 and written in lexicon.costs:
                yield written, lexicon.costs[written]
            keys = [longer for key in keys for s in heard[end - 1] if (longer := key + s) in lexicon.beginnings]
            if not keys:
                continue
            for key in keys:
                for word in lexicon.by_sound.get(key, ()):
                    if word != written and self._allowed(written, word, bold=bold):
                        yield word, lexicon.costs[word] + sum(map(self._exchange, written, word))

    def _allowed(self, written: str, word: str, *, bold: bool) -> bool:
        """Whether these characters may be exchanged at all: common ones only for words of ours."""
        if len(word) == 1:
            listed = word in self._listed.get(written, "")
            return bold and (listed or commonness(written) == RARE or
                             (commonness(written) == LESS_COMMON and word in parts(written)))
        if NUMBER in word and any((a == NUMBER) != (b == NUMBER) for a, b in zip(written, word, strict=True)):
            return False
        least = LESS_COMMON if bold else RARE
        if word in self._words().known:
            return bold or any(commonness(a) == RARE for a in written)
        return all(
            a == b or commonness(a) >= least or b in self._listed.get(a, "")
            for a, b in zip(written, word, strict=True)
        )

    def _cost_of_exchange(self, char: str, reading: str) -> float:
        if char == reading:
            return 0.0
        cost = EXCHANGE[commonness(char)]
        if reading in self._listed.get(char, ""):
            return LISTED + LISTED_SHARE * cost
        if reading in parts(char):
            cost -= CONTAINS
        elif char in parts(reading):
            cost -= INSIDE
        elif parts(char) & parts(reading):
            cost -= SHARES
        if readings(reading)[:1] and readings(reading)[0] not in readings(char):
            cost += RADICAL_ONLY if reading in RADICALS else OTHER_SOUND
        cost += {COMMON: 0.0, LESS_COMMON: TO_LESS_COMMON, RARE: TO_RARE}[commonness(reading)]
        return max(cost, LEAST)

    def _sounds_heard(self, char: str) -> tuple[str, ...]:
        """Sounds a character may stand for: its own, those of its listed readings, and of its parts when it is rare."""
        if char == NUMBER:
            return (sound(NUMBER),)
        rare = commonness(char) == RARE
        own = [f"{r}." for r in readings(char)[: HEARD_RARE if rare else HEARD]]
        others = [*self._listed.get(char, ""), *(sorted(parts(char)) if rare else ())]
        return tuple(dict.fromkeys(s for s in (*own, *map(sound, others)) if s))

    def _words(self) -> Lexicon:
        if self._lexicon is None:
            with self._building:
                if self._lexicon is None:
                    self._lexicon = Lexicon.build(self._known)
        return self._lexicon


def _stretches(text: str) -> list[list[tuple[int, int]]]:
    """Spans of Chinese characters and numbers, cut where Latin letters stand. Signs between them are passed over."""
    stretches: list[list[tuple[int, int]]] = [[]]
    for match in TOKEN.finditer(text):
        if "a" <= match[0][0] <= "z" or "\u3040" <= match[0][0] <= "\u30ff":
            stretches.append([])
        else:
            stretches[-1].append(match.span())
    return [tokens for tokens in stretches if any(not text[a].isdecimal() for a, _ in tokens)]
