"""Cloaked texts: many characters exchanged for others of the same sound or shape (茺100宋100, 牜犇卜渔).

A noisy channel: the cheapest path through words of the lexicon, where each exchanged character costs the more,
the more common it is as it stands, and the less it looks and sounds like what it is read as.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from features.folding.commonness import COMMON, LESS_COMMON, RARE, commonness, rare_characters
from features.folding.draft import Edit
from features.folding.lexicon import LONGEST, NUMBER, Lexicon, sound
from features.folding.readings import readings
from features.folding.shapes import RADICALS, parts
from features.folding.spellings import Cloak

TOKEN = re.compile("[0-9]+|[\u3400-\u9fff\U00020000-\U000323af]|[a-z\u3040-\u30ff]+")
NUMBERED = re.compile("(?<![0-9])[0-9]{8,12}(?![0-9])")  # an account or telephone number
ADD = re.compile("(?<![0-9a-z])[+✚✙╋➕](?![0-9])|(?<=[0-9])\\+(?=[^0-9a-z\\s/+])")
DECODED = 1_000  # characters; nobody cloaks longer texts whole
WORTH = 2  # words of the trade (rare characters count as one) a text must hold to have been cloaked for it
LEAST_RARE = 2  # fewer rare characters are a name or a slip
MARTIAN, MARTIAN_SHARE = 4, 0.1  # rare characters, and their share, that make a text worth decoding on their own
BOLD = {COMMON: 4.5, LESS_COMMON: 3.2, RARE: 3.0}  # cost of reading a character as another one
WARY = {COMMON: 8.0, LESS_COMMON: 5.0, RARE: 3.5}  # the same where nothing but the topic speaks for a cloak
LISTED, LISTED_SHARE = 0.5, 0.1  # cost of an exchange that evasion.toml lists: a constant and a share of the above
CONTAINS, INSIDE, SHARES = 3.0, 1.8, 1.0  # taken off when the shapes agree
OTHER_SOUND, RADICAL_ONLY = 1.5, 8.0  # put on when the sounds do not
TO_LESS_COMMON, TO_RARE = 2.0, 5.0  # put on when the result is itself uncommon
LEAST = 0.2
HEARD, HEARD_RARE = 2, 3  # readings of a character that are tried
Prices = Mapping[int, float]


class Step(NamedTuple):
    """The cheapest way to reach a place: total cost, where it came from, the word read."""

    cost: float
    origin: int
    word: str


class CloakDecoder:
    """Decodes cloaked texts. Its lexicon is built when the first one is met. Safe to share between threads."""

    __slots__ = ("_building", "_cant", "_exchange", "_hearings", "_lexicon", "_listed", "_rare", "_trade")

    def __init__(self, cloak: Cloak, listed: Mapping[str, str]) -> None:
        """`listed`: character -> what it is often exchanged for."""
        self._cant = (*cloak.trade, *cloak.words)
        self._trade = AhoCorasick(sorted(cloak.trade))
        self._listed = listed
        self._rare = re.compile(f"[{''.join(sorted(rare_characters() | set(cloak.tells)))}\U00020000-\U000323af]")
        self._lexicon: Lexicon | None = None
        self._building = Lock()
        self._exchange = lru_cache(maxsize=65536)(self._cost_of_exchange)
        self._hearings = lru_cache(maxsize=16384)(self._sounds_heard)

    def edits(self, text: str) -> list[Edit]:
        """Exchanged characters, each with the one it is read as. At most DECODED characters are looked at."""
        head = text[:DECODED]
        rare = len(self._rare.findall(head))
        told = len(self._trade.find_matches_as_indexes(head))
        if told < WORTH and rare < LEAST_RARE and not (told and rare):
            return []
        stretches = _stretches(head)
        told += bool(rare) + bool(NUMBERED.search(head))
        if not rare and (told <= WORTH or not self._all(head, stretches, WARY)):
            return []
        bold = self._all(head, stretches, BOLD)
        if told >= WORTH or rare >= max(MARTIAN, MARTIAN_SHARE * len(head)) or self._is_trade(head, bold):
            signs = ADD.finditer(head) if rare else ()
            return [*bold, *(Edit(m.start(), m.end(), "加", "symbol") for m in signs)]
        return []

    def _all(self, text: str, stretches: list[list[tuple[int, int]]], prices: Prices) -> list[Edit]:
        return [edit for tokens in stretches for edit in self._decoded(text, tokens, prices)]

    def _is_trade(self, text: str, edits: list[Edit]) -> bool:
        """Whether the text, once read, speaks of the trade; else it was not cloaked for it."""
        read = list(text)
        for edit in edits:
            read[edit.start : edit.end] = [edit.text, *[""] * (edit.end - edit.start - 1)]
        return len(self._trade.find_matches_as_indexes("".join(read))) >= WORTH

    def _decoded(self, text: str, tokens: list[tuple[int, int]], prices: Prices) -> Iterator[Edit]:
        chars = "".join(NUMBER if text[a].isdecimal() else text[a] for a, _ in tokens)
        read = self._read(chars, prices)
        for (start, end), char, reading in zip(tokens, chars, read, strict=True):
            if char != reading:
                yield Edit(start, end, reading, "homophone" if sound(char) == sound(reading) else "lookalike")

    def _read(self, chars: str, prices: Prices) -> str:
        """The cheapest reading of a stretch; as long as the stretch."""
        best: list[Step | None] = [Step(0.0, 0, ""), *[None] * len(chars)]
        heard = [self._hearings(char) for char in chars]
        for start in range(len(chars)):
            here = best[start]
            if here is None:
                continue
            for word, cost in self._words_at(chars, heard, start, prices):
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
        self, chars: str, heard: list[tuple[str, ...]], start: int, prices: Prices
    ) -> Iterator[tuple[str, float]]:
        """Words that may stand at a place, as written or disguised, with their costs."""
        lexicon = self._words()
        wary = prices is WARY
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
                    if word != written and self._allowed(written, word):
                        yield (
                            word,
                            lexicon.costs[word]
                            + sum(self._exchange(a, b, wary) for a, b in zip(written, word, strict=True)),
                        )

    def _allowed(self, written: str, word: str) -> bool:
        """Whether these characters may be exchanged at all: common ones only for words of ours."""
        if len(word) == 1:
            listed = word in self._listed.get(written, "")
            return (
                listed or commonness(written) == RARE or (commonness(written) == LESS_COMMON and word in parts(written))
            )
        if NUMBER in word and any((a == NUMBER) != (b == NUMBER) for a, b in zip(written, word, strict=True)):
            return False
        return word in self._words().known or all(
            a == b or commonness(a) >= LESS_COMMON or b in self._listed.get(a, "")
            for a, b in zip(written, word, strict=True)
        )

    def _cost_of_exchange(self, char: str, reading: str, wary: bool) -> float:
        if char == reading:
            return 0.0
        cost = (WARY if wary else BOLD)[commonness(char)]
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
                    self._lexicon = Lexicon.build(self._cant)
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
