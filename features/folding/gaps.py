"""Known words torn apart: 消/炎, 高.仿, 羊/胎/素, 梵 克 雅 宝. Lists of whole words (补水/保湿) stay as they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from ahocorasick_rs import AhoCorasick

from features.folding.draft import Edit
from features.folding.known import HAN, HAS_HAN
from features.tokens import words as segment

MARK = r"[^\w\s]|_"
GAP = re.compile(
    rf"(?<=[{HAN}])(?:\s?(?:{MARK}){{1,3}}\s?|\s)(?=[{HAN}a-z0-9])|(?<=[a-z0-9])(?:\s?(?:{MARK}){{1,3}}\s?|\s)(?=[{HAN}])"
)
SIGN = rf"[^a-z0-9\s{HAN}]"
SIGNS = re.compile(rf"[^a-z0-9{HAN}]+")
# Begins with what is rare, so that the search is quick. May let through what GAP does not match, never the reverse.
GUARD = re.compile(
    rf"{SIGN}(?:(?<=[{HAN}a-z\s].){SIGN}{{0,2}}\s?[{HAN}]|(?<=[{HAN}].)[a-z])|\s(?<=[{HAN}]\s)[{HAN}a-z0-9]"
)
COVERS = "*#@^~$%"  # signs nobody puts between the words of a list
SLASHES = {"/", "|", ".", "·", "-", "_"}  # signs of lists; one that stands nowhere else makes no list
STUTTER = re.compile(rf"([{HAN}])\1+")
STUTTERED = re.compile(rf"([{HAN}])\1\1|([{HAN}])\2([{HAN}])\3")
DOUBLE = re.compile(rf"([{HAN}])\1")
PHRASE = 4  # characters of a known phrase, which stays one when there is a blank in it
LONG = 3  # characters of a word that nobody spaces out by accident
RUN = 8  # characters of a piece that decide where its words begin


@dataclass(frozen=True, slots=True)
class TornWords:
    """One automaton over the known words, run on the text without its gaps."""

    automaton: AhoCorasick
    signed: AhoCorasick  # the words that hold a sign (1:1), without it

    @classmethod
    def build(cls, known: Iterable[str]) -> "TornWords":
        """Compile the known words that hold a Chinese character."""
        words = sorted(word for word in known if HAS_HAN.search(word) and len(word) > 1)
        return cls(AhoCorasick(words), AhoCorasick([SIGNS.sub("", word) for word in words if SIGNS.search(word)]))

    def edits(self, text: str) -> list[Edit]:
        """Gaps to remove. Linear in the text."""
        if not GUARD.search(text):
            return []
        find = self.automaton.find_matches_as_indexes
        bare = SIGNS.sub("", text)
        if not find(bare) and not self.signed.find_matches_as_indexes(bare):
            return []
        hits = find(GAP.sub("", text), overlapping=True)
        if not hits or len(hits) <= len(find(text, overlapping=True)):
            return []
        _, places = _without(text, [m.span() for m in GAP.finditer(text)])
        edits: list[Edit] = []
        reach = 0
        for _, start, end in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
            if start < reach or places[end - 1] - places[start] == end - 1 - start:
                continue
            first, last = places[start], places[end - 1] + 1
            inside = [(a + 1, b) for a, b in pairwise(places[start:end]) if b > a + 1]
            if _torn(text, first, last, inside):
                edits.extend(Edit(a, b, "", "separator") for a, b in inside)
                reach = end
        return edits

    def stutters(self, text: str) -> list[Edit]:
        """Repeated characters to remove inside known words: 减肥肥肥, 高高仿仿. Linear in the text."""
        if not DOUBLE.search(text):
            return []
        extra = [(m.start() + 1, m.end()) for m in STUTTER.finditer(text)]
        joined, places = _without(text, extra)
        hits = self.automaton.find_matches_as_indexes(joined, overlapping=True)
        if not hits:
            return []
        plain = STUTTERED.search(text) is None
        whole = (
            {index for index, _, _ in self.automaton.find_matches_as_indexes(text, overlapping=True)} if plain else ()
        )
        inside: set[int] = set()
        for index, start, end in hits:
            if index not in whole:
                inside.update(range(places[start], places[end - 1] + 1))
        return [Edit(a, b, "", "repeated") for a, b in extra if a - 1 in inside and not (plain and _usual(text, a))]


def _usual(text: str, second: int) -> bool:
    """Whether a character written twice belongs to ordinary words: 宝宝, or 凝胶 followed by 胶囊."""
    at = max(0, second - RUN)
    words: list[str] = []
    for word in segment(text[at : second + RUN]):
        if at <= second and at + len(word) >= second:
            words.append(word)
        at += len(word)
    return all(len(word) > 1 for word in words)


def _without(text: str, gaps: list[tuple[int, int]]) -> tuple[str, list[int]]:
    kept: list[int] = []
    at = 0
    for start, end in gaps:
        kept.extend(range(at, start))
        at = end
    kept.extend(range(at, len(text)))
    return "".join(map(text.__getitem__, kept)), kept


def _torn(text: str, start: int, end: int, gaps: list[tuple[int, int]]) -> bool:
    """Whether the gaps tear one word, or merely stand between words that are whole."""
    pieces = end - start - sum(b - a for a, b in gaps)
    shredded = len(gaps) == pieces - 1
    if any(text[a:b].isspace() for a, b in gaps):
        apart = not _han_at(text, start - 1) and not _han_at(text, end)
        if shredded and (apart or pieces > LONG):
            return True
    elif shredded and pieces > LONG:
        return True
    if _lists_words(text, start, end, gaps):
        return False
    return _begins_word(text, start, gaps[0][0]) and _ends_word(text, gaps[-1][1], end)


def _lists_words(text: str, start: int, end: int, gaps: list[tuple[int, int]]) -> bool:
    """Whether the gaps part words that may stand in a list: 祛湿/排毒/养颜, not 巴黎*世家, 对比/专柜 or 化疗 伴侣."""
    edges = (start, *(place for gap in gaps for place in gap), end)
    pieces = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if all(text[a:b].isspace() for a, b in gaps) and sum(map(len, pieces)) >= PHRASE:
        return False
    if any(len(piece) == 1 for piece in pieces):
        return False
    signs = {text[a:b].strip() for a, b in gaps}
    return not all(
        sign and (sign[0] in COVERS or (sign in SLASHES and text.count(sign) == len(gaps))) for sign in signs
    )


def _begins_word(text: str, start: int, gap: int) -> bool:
    """Whether a word may begin at `start`, seen from the Chinese run before the gap."""
    left = start
    while left > 0 and start - left < RUN and _han_at(text, left - 1):
        left -= 1
    return left == start or start in _boundaries(text, left, gap)


def _ends_word(text: str, gap: int, end: int) -> bool:
    right = end
    while right < len(text) and right - end < RUN and _han_at(text, right):
        right += 1
    return right == end or end in _boundaries(text, gap, right)


def _boundaries(text: str, start: int, end: int) -> set[int]:
    found = {start}
    for word in segment(text[start:end]):
        start += len(word)
        found.add(start)
    return found


def _han_at(text: str, i: int) -> bool:
    return 0 <= i < len(text) and "\u3400" <= text[i] <= "\u9fff"
