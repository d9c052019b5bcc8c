"""Cloaked texts: many characters exchanged for others of the same sound or shape (茺100宋100, 牜犇卜渔).

A noisy channel: the cheapest path through words of the lexicon, where each exchanged character costs the more,
the more common it is as it stands, and the less it looks and sounds like what it is read as.
"""

import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from features.folding.commonness import LESS_COMMON, RARE, commonness, rare_characters
from features.folding.draft import Draft, Edit
from features.folding.exchanges import Exchanges
from features.folding.lexicon import ACCOUNT, LONGEST, NUMBER, WRITTEN, Lexicon, sound
from features.folding.phrases import SignPhrases
from features.folding.readings import in_syllables, is_sign, sound_signs
from features.folding.shapes import parts
from features.folding.spellings import Cloak

TOKEN = re.compile("[0-9][0-9oθ]*|[\u3400-\u9fff\U00020000-\U000323af]|[a-z\u3040-\u30ff]+")
ADDRESS = re.compile(  # an account, a telephone number or a site
    r"(?<![0-9])[0-9]{7,12}(?![0-9])|[0-9a-z]\.(?:cc|vip|net|co|xyz|top|me|cn|tv|biz)(?![a-z])|[0-9a-z][.点]c[o0]m(?![a-z])"
    r"|https?:|[微薇q信号]\s*[:;]\s*[0-9a-z]"
)
LETTERS_AS_WRITTEN = 6.0  # cost of a syllable that stays as it is
LETTERS = 9  # of a run that may be pinyin
ADDRESSED = re.compile(r"[./:@_0-9-]")  # beside a run of letters: part of an address
SIGN = re.compile("[.:;点]")  # one of them is in almost every address
DECODED = 1_000  # characters; nobody cloaks longer texts whole
WORTH = 2  # words of the trade (rare characters count as one, addresses too) that make a text worth decoding
WARY = 2.0  # put on every word that is exchanged where no address speaks for a cloak
MARTIAN = 3  # rare characters that do so on their own


class Step(NamedTuple):
    """The cheapest way to reach a place: total cost, where it came from, the word read."""

    cost: float
    origin: int
    word: str


class Token(NamedTuple):
    """A Chinese character, a number or the name of an account in the text, and what stands for it in the lexicon."""

    start: int
    end: int
    char: str


class CloakDecoder:
    """Decodes cloaked texts. Its lexicon is built when the first one is met. Safe to share between threads."""

    __slots__ = ("_building", "_cant", "_exchanges", "_lexicon", "_phrases", "_rare", "_trade")

    def __init__(self, cloak: Cloak, listed: Mapping[str, str], at_times: Mapping[str, str]) -> None:
        """`listed`, `at_times`: character -> what it is often, or now and then, exchanged for."""
        self._cant = (*cloak.trade, *cloak.words)
        self._trade = AhoCorasick(sorted(cloak.trade))
        self._phrases = SignPhrases.build("", cloak.phrase)
        self._exchanges = Exchanges(listed, at_times)
        self._rare = re.compile(f"[{''.join(sorted(rare_characters() | set(cloak.tells)))}\U00020000-\U000323af]")
        self._lexicon: Lexicon | None = None
        self._building = Lock()

    def apply(self, draft: Draft) -> None:
        """Read what is cloaked in the draft. At most DECODED characters are looked at."""
        if not self._worth_decoding(draft.text[:DECODED]):
            return
        self._phrases.apply(draft)
        head = draft.text[:DECODED]
        bold = ADDRESS.search(head) is not None
        draft.apply(edit for tokens in _stretches(head) for edit in self._decoded(tokens, bold=bold))

    def apply_to_message(self, draft: Draft) -> bool:
        """The same, only where an address says that this is a message; True where it does."""
        head = draft.text[:DECODED]
        if not SIGN.search(head) or not ADDRESS.search(head) or not self._worth_decoding(head):
            return False
        self.apply(draft)
        return True

    def _worth_decoding(self, text: str) -> bool:
        """Whether words of the trade, rare characters or addresses, two of them together, speak for a cloak."""
        told = len({index for index, _, _ in self._trade.find_matches_as_indexes(text)})
        if told >= WORTH:
            return True
        rare = len(self._rare.findall(text))
        if rare >= MARTIAN:
            return True
        signs = told + (rare > 0)
        return signs >= WORTH or (signs > 0 and ADDRESS.search(text) is not None)

    def _decoded(self, tokens: list[Token], *, bold: bool) -> Iterator[Edit]:
        read = self._read("".join(token.char for token in tokens), bold=bold)
        for (start, end, char), reading in zip(tokens, read, strict=True):
            if char != reading:
                yield Edit(start, end, reading, _transform(char, reading))

    def _read(self, chars: str, *, bold: bool) -> str:
        """The cheapest reading of a stretch; as long as the stretch. `bold`: not only as words of the trade."""
        best: list[Step | None] = [Step(0.0, 0, ""), *[None] * len(chars)]
        heard = [self._exchanges.sounds(char) for char in chars]
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
        yield chars[start], _as_written(chars[start], lexicon)
        keys = [""]
        for end in range(start + 1, min(len(chars), start + LONGEST) + 1):
            written = chars[start:end]
            if end > start + 1 and written in lexicon.costs:
                yield written, lexicon.costs[written]
            keys = [longer for key in keys for s in heard[end - 1] if (longer := key + s) in lexicon.beginnings]
            for word in (word for key in keys for word in lexicon.by_sound.get(key, ())):
                if word != written and self._allowed(written, word, bold=bold):
                    cost = sum(map(self._exchanges.cost, written, word))
                    yield word, lexicon.costs[word] + (cost if bold else cost + WARY)

    def _allowed(self, written: str, word: str, *, bold: bool) -> bool:
        """Whether these characters may be exchanged at all: common ones only for words of ours."""
        if not bold and (len(word) == 1 or word not in self._words().known):
            return len(word) == 1 and commonness(written) == RARE and self._exchanges.listed(written, word)
        if len(word) == 1 and is_sign(written):
            return word in self._words().known
        if len(word) == 1:
            level = commonness(written)
            return (
                self._exchanges.listed(written, word)
                or level == RARE
                or (level == LESS_COMMON and word in parts(written))
            )
        pairs = tuple(zip(written, word, strict=True))
        if any(a != b and (a in WRITTEN or b in WRITTEN) for a, b in pairs):
            return False
        return word in self._words().known or all(
            a == b or commonness(a) >= LESS_COMMON or self._exchanges.seen(a, b) for a, b in pairs
        )

    def _words(self) -> Lexicon:
        if self._lexicon is None:
            with self._building:
                if self._lexicon is None:
                    self._lexicon = Lexicon.build(self._cant)
        return self._lexicon


def _transform(char: str, reading: str) -> str:
    if is_sign(char):
        return "pinyin"
    return "homophone" if sound(char) == sound(reading) else "lookalike"


def _as_written(char: str, lexicon: Lexicon) -> float:
    if char in WRITTEN:
        return 0.0
    return LETTERS_AS_WRITTEN if is_sign(char) else lexicon.costs.get(char, lexicon.unknown)


def _stretches(text: str) -> list[list[Token]]:
    """What may be read, cut where other Latin letters stand. Signs between the tokens are passed over."""
    stretches: list[list[Token]] = [[]]
    for match in TOKEN.finditer(text):
        first = match[0][0]
        if first.isdecimal():
            stretches[-1].append(Token(*match.span(), NUMBER))
        elif match[0] in {"q", "qq"}:
            stretches[-1].append(Token(*match.span(), ACCOUNT))
        elif "a" <= first <= "z" or "\u3040" <= first <= "\u30ff":
            if spelled := _spelled(text, match):
                stretches[-1].extend(spelled)
            else:
                stretches.append([])
        else:
            stretches[-1].append(Token(*match.span(), match[0]))
    return [tokens for tokens in stretches if any(token.char not in WRITTEN for token in tokens)]


def _spelled(text: str, match: re.Match[str]) -> list[Token]:
    """A run of letters as syllables (qipai, ling), each standing for its sign; none when it is no pinyin."""
    if len(match[0]) > LETTERS or not match[0].isascii():
        return []
    if ADDRESSED.search(text[max(0, match.start() - 1) : match.end() + 1]):
        return []
    signs, _ = sound_signs()
    at = match.start()
    tokens: list[Token] = []
    for syllable in in_syllables(signs.keys(), match[0]):
        tokens.append(Token(at, at + len(syllable), signs[syllable]))
        at += len(syllable)
    return tokens
