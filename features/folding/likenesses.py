"""The shape view: known words in characters that differ from theirs in one radical only (焕 for 换, 访 for 仿)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from features.folding.accidents import crossed, rarity, stands_alone
from features.folding.commonness import COMMON, commonness
from features.folding.draft import Edit, Span
from features.folding.known import HAS_HAN
from features.folding.shapes import splits

LEFT = frozenset("亻氵扌讠纟钅饣忄犭阝木女口日月火土王石禾米衤礻足车马鱼虫贝山弓目田立酉艹竹宀广疒彳冫辶刂")
RIGHT = frozenset("刂阝页鸟欠攵斤戈隹见力")
PAIR = 2  # characters of a short word; parts of a character: a radical and its body
UNCOMMON = 18.5  # two characters that nobody writes side by side as words of their own, as -log of their share
FIRST_SIGN = 0xF0000


@dataclass(frozen=True, slots=True)
class ShapeView:
    """One automaton over the bodies of the known words' characters."""

    bodies: Mapping[int, str]  # for str.translate: character -> sign of its body
    automaton: AhoCorasick
    words: tuple[tuple[str, ...], ...]
    ordinary: frozenset[str]

    @classmethod
    def build(cls, known: Iterable[str], ordinary: Iterable[str]) -> "ShapeView":
        """Compile the known words that hold two Chinese characters, or more."""
        bodies = _signs()
        by_shape: dict[str, list[str]] = {}
        for word in sorted(set(known)):
            shape = word.translate(bodies)
            if shape != word and len(HAS_HAN.findall(word)) >= PAIR:
                by_shape.setdefault(shape, []).append(word)
        words = tuple(map(tuple, by_shape.values()))
        return cls(bodies, AhoCorasick(list(by_shape)), words, frozenset(ordinary))

    def edits(self, text: str, *, suspected: bool = False) -> list[Edit]:
        """What to change so that the words read as themselves. Linear in the text.

        `suspected`: the text wears other disguises, so that any pair of characters may be one.
        """
        hits = self.automaton.find_matches_as_indexes(text.translate(self.bodies), overlapping=True)
        edits: list[Edit] = []
        reach = 0
        for index, start, end in sorted(hits, key=lambda hit: (hit[1], -hit[2])) if len(hits) > 1 else hits:
            written = text[start:end]
            if start < reach or written in self.words[index] or written in self.ordinary:
                continue
            word = min(self.words[index], key=lambda w: sum(map(str.__ne__, written, w)))
            changed = [i for i, char in enumerate(word, start) if text[i] != char]
            if _disguised(text, (start, end), changed, suspected=suspected):
                edits.extend(Edit(i, i + 1, word[i - start], "lookalike") for i in changed)
                reach = end
        return edits


def _disguised(text: str, whole: Span, changed: list[int], *, suspected: bool) -> bool:
    """Whether nothing ordinary is written there; nor, in a pair of which nothing is left, common characters."""
    written = text[slice(*whole)]
    if len(written) > PAIR:
        return not crossed(text, whole, changed)
    alone = stands_alone(text, whole)
    return alone and (suspected or len(changed) == 1 or sum(map(rarity, written)) > UNCOMMON)


def _signs() -> dict[int, str]:
    """Character -> sign of what is left of it without a radical that many characters take on and off."""
    chars = [chr(code) for code in range(0x4E00, 0x9FA6)]
    bodies = {char: _bodies(char) for char in chars}
    shared = Counter(body for char in chars if commonness(char) == COMMON for body in set(bodies[char]))
    signs: dict[str, str] = {}
    table: dict[int, str] = {}
    for char in chars:
        if kin := [body for body in bodies[char] if shared[body] > 1]:
            # A radical on the left is taken off before one on the right, so that every character has one body.
            side = [body for body in kin if body[0] == "_"] or kin
            body = max(side, key=shared.__getitem__)
            table[ord(char)] = signs.setdefault(body, chr(FIRST_SIGN + len(signs)))
    return table


def _bodies(char: str) -> list[str]:
    """The other part, with an underscore in the place of the radical."""
    found: list[str] = []
    for split in splits(char):
        if len(split) == PAIR:
            if split[0] in LEFT:
                found.append(f"_{split[1]}")
            if split[1] in RIGHT:
                found.append(f"{split[0]}_")
    return found
