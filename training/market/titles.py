"""Titles: a style's sentence about a product, with words planted in it. Honest and risky titles are made alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from training.market.chance import happens
from training.market.grammar import expand, say
from training.market.words import Brand, Product, Style, Vocabulary, names

_WORDS = names()
_FIRST, _LATIN = _WORDS["syllables"], _WORDS["latin"].split()
_TRIES = 12
_UNBRANDED = 0.35


@dataclass(frozen=True, slots=True)
class Scene:
    """What a title is about, before anything is planted in it."""

    product: Product
    style: Style
    brand: Brand | None


def invented(random: Random) -> Brand:
    """A small brand nobody has heard of."""
    zh = "".join(random.sample(_FIRST, random.choice((2, 2, 3))))
    en = "".join(random.sample(_LATIN, random.choice((2, 3)))) if happens(0.35, random) else ""
    return Brand(zh, en, 0, 0, (), ())


def brand_of(product: Product, vocabulary: Vocabulary, random: Random, *, famous: bool = False) -> Brand | None:
    """Draw a brand of this product, None for an unbranded one.

    `famous` asks for one worth copying: dealers have a nickname or model numbers for it; None when none turns up.
    """
    names, sums = product.brands
    for _ in range(_TRIES if famous else 1):
        name = random.choices(names, cum_weights=sums)[0]
        if vocabulary.brands[name]:
            brand = random.choice(vocabulary.brands[name])
            if not famous or brand.nicks or brand.models:
                return brand
        elif not famous:
            return None if name == "none" or happens(_UNBRANDED, random) else invented(random)
    return None


def written(brand: Brand | None, style: str, random: Random) -> str:
    """The brand's plain name as this style writes it, "" for none."""
    if brand is None:
        return ""
    zh, en = brand.zh, brand.en
    if not en or zh == en:
        return zh
    forms: tuple[str, ...] = (zh, f"{en}{zh}", f"{zh}{en}", f"{en}/{zh}", f"{zh}/{en}", en, f"{en} {zh}")
    if style == "tmall":
        forms = (f"{en}/{zh}", f"{en}/{zh}", zh, f"{en}{zh}", f"{zh}")
    elif style == "jd":
        forms = (f"{zh}（{en}）", f"{zh}({en})", en, zh, f"{en} {zh}")
    return random.choice(forms)


def compose(scene: Scene, name: str, model: str, planted: Sequence[str], random: Random) -> str:
    """Write a title that calls its brand `name` and carries the planted words."""
    style = scene.style
    fixed = {"brand": name, "brandtm": name, "brandjd": name, "model": model}
    pieces = expand(random.choice(style.templates), scene.product.pools, fixed, random)
    words = list(planted)
    random.shuffle(words)
    if words and happens(style.lead, random):
        _lead(pieces, words, random)
    for word in words:
        at = random.randint(min(1, len(pieces)), len(pieces))
        pieces.insert(at, f" {word} " if style.glue and happens(0.7, random) else word)
    return " ".join("".join(pieces).split()) or scene.product.name


def model_of(brand: Brand | None, product: Product, random: Random) -> str:
    """A model name or style number of the brand, "" where none is known."""
    return say(random.choice(brand.models), product.pools, {}, random) if brand and brand.models else ""


def _lead(pieces: list[str], words: list[str], random: Random) -> None:
    text = words.pop()
    if words and happens(0.35, random):
        text += random.choice((" ", "", "｜")) + words.pop()
    opens, closes = random.choice(("【】", "【】", "【】", "【】", "【】", "『』", "[]", "（）"))
    if pieces and pieces[0].startswith("【") and happens(0.7, random):
        pieces.pop(0) if pieces[0].endswith("】") else None
    pieces.insert(0, text + random.choice((" ", "！")) if happens(0.12, random) else f"{opens}{text}{closes}")
