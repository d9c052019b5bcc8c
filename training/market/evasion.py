"""Disguises: how a word or a brand is written so that a filter misses it, and a reader does not."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from pypinyin import Style, lazy_pinyin

from training.market.chance import happens
from training.market.season import STILL, recipe_weight
from training.market.words import ROOT, Part, Weights, weights

Recipe = Callable[[str, Random], str]
_KINDS = ("word", "brand")
_INVISIBLE = "\u200b\u200c\u200d\u2060"
_SIGNS = "~^·@#&"
_SHORT = 4  # letters; a shorter Latin name is left alone and the Chinese one masked


def disguise(word: str, part: Part, random: Random, month: int = STILL) -> str:
    """Rewrite a Chinese word by one recipe open to this part of the market."""
    names, sums = recipes(part, month)[0]
    return _WORD[random.choices(names, cum_weights=sums)[0]](word, random)


def mask(zh: str, en: str, part: Part, random: Random, month: int = STILL) -> str:
    """Rewrite a brand's name, Latin where it has one."""
    names, sums = recipes(part, month)[1]
    recipe = random.choices(names, cum_weights=sums)[0]
    chinese = recipe.startswith("chinese") or len(en) < _SHORT
    if chinese:
        return _BRAND[recipe if recipe.startswith("chinese") else "chinese_star"](zh, random)
    return _BRAND[recipe](random.choice((en, en.upper(), en)), random)


@cache
def recipes(part: Part, month: int = STILL) -> tuple[Weights, Weights]:
    """Recipes for words and for brands, with weights, that this part of the market uses."""
    table = _tables()
    if month:
        moved = [{n: recipe_weight(r["part"], r["weight"], month) for n, r in table[kind].items()} for kind in _KINDS]
        return weights(moved[0]), weights(moved[1])
    words, brands = (
        weights(
            {
                n: r["weight"] * (3 if r["part"] != "both" else 1)
                for n, r in table[kind].items()
                if r["part"] in ("both", part)
            }
        )
        for kind in _KINDS
    )
    return words, brands


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads((ROOT / "evasion.toml").read_text(encoding="utf-8"))


@cache
def _pairs(name: str) -> Mapping[str, str]:
    return {pair[0]: pair[1:] for pair in str(_tables()["tables"][name]).split()}


@cache
def _sound(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0]


def _joined(sign: str) -> Recipe:
    return lambda word, _: sign.join(word)


def _once(sign: str) -> Recipe:
    def insert(word: str, random: Random) -> str:
        at = random.randrange(1, len(word)) if len(word) > 1 else 1
        return word[:at] + sign + word[at:]

    return insert


def _replaced(table: str) -> Recipe:
    def replace(word: str, random: Random) -> str:
        pairs = _pairs(table)
        places = [i for i, char in enumerate(word) if char in pairs]
        if not places:
            return "/".join(word)
        at = random.choice(places)
        return word[:at] + pairs[word[at]] + word[at + 1 :]

    return replace


def _pinyin(word: str, random: Random) -> str:
    at = random.randrange(len(word))
    sound = _sound(word[at])
    return word[:at] + (sound.upper() if happens(0.8, random) else sound) + word[at + 1 :]


def _slash(word: str, random: Random) -> str:
    return "/".join(word) if happens(0.7, random) else _once("/")(word, random)


def _latin(sign: str) -> Recipe:
    def cover(name: str, random: Random) -> str:
        at = random.randrange(1, len(name))
        return name[:at] + sign + (name[at:] if happens(0.4, random) else name[at + 1 :])

    return cover


def _swapped(table: str, most: int) -> Recipe:
    def swap(name: str, random: Random) -> str:
        pairs = _pairs(table)
        places = [i for i, char in enumerate(name) if char in pairs]
        chosen = set(random.sample(places, min(len(places), random.randint(1, most))))
        out = "".join(pairs[char] if i in chosen else char for i, char in enumerate(name))
        return out if chosen else f"{name[:-1]}*"

    return swap


def _at(name: str, random: Random) -> str:
    return name.replace("a", "@", 1).replace("A", "@", 1) if "a" in name.lower() else _latin("*")(name, random)


def _cut(name: str, random: Random) -> str:
    return name[: max(3, len(name) - random.randint(1, 2))]


_WORD: Mapping[str, Recipe] = {
    "slash": _slash,
    "pinyin": _pinyin,
    "homophone": _replaced("homophone"),
    "split": _replaced("split"),
    "star": _once("*"),
    "space": _joined(" "),
    "dot": _once("."),
    "invisible": lambda word, random: _once(random.choice(_INVISIBLE))(word, random),
    "doubled": _joined("//"),
    "bar": lambda word, random: random.choice("丨|、~").join(word),
    "emoji": lambda word, random: _once(random.choice("❗➕❤✨"))(word, random),
    "traditional": _replaced("traditional"),
}
_BRAND: Mapping[str, Recipe] = {
    "star_end": lambda name, _: f"{name[:-1]}*",
    "star_inside": _latin("*"),
    "at": _at,
    "digits": _swapped("digits", 2),
    "cut": _cut,
    "spaced": _joined(" "),
    "chinese_star": _once("*"),
    "wide_star": _latin("＊"),
    "headless": lambda name, _: name[1:],
    "look_alike": _swapped("look_alike", 3),
    "chinese_sign": lambda name, random: _once(random.choice(_SIGNS))(name, random),
    "invisible": lambda name, random: _once(random.choice(_INVISIBLE))(name, random),
}
