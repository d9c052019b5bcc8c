"""The market's vocabulary: products, brands, styles, edits, and which risky words training never sees."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from features.knowledge import load
from training.market.grammar import Entry, Pools, Template, entry, parse, pool
from training.market.ordinary import ordinary
from training.market.season import STILL, born, demand, kept, known_honest

Part = Literal["train", "evaluation"]
ROOT = Path(__file__).parent / "vocabulary"
HELD_OUT = 4
"""One risky word in this many is kept for evaluation."""
_TELLING = 2  # strength of a term that says something without help
_SCALE = 10  # entries of a word in a drifting pool, so that it can fade by degrees
_COINED = 20  # what is coined this year is on everybody's lips
_FAVOUR = 4  # in evaluation a held-out word is this many times as likely as a known one

Weights = tuple[tuple[str, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Brand:
    """A trade name. Prices in CNY; `models` and `nicks` are what dealers say instead of the name."""

    zh: str
    en: str
    low: float
    high: float
    nicks: tuple[str, ...]
    models: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """A kind of goods with everything that can be said about it."""

    name: str
    group: str
    category: str
    price: tuple[float, float]
    weight: float
    styles: Weights
    edits: Weights
    honest: Weights
    brands: Weights
    licence: str | None
    pools: Pools


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of shop: how its titles are built and where risky words go."""

    name: str
    platform: str
    glue: str
    lead: float
    evade: float
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What makes a listing dishonest; see vocabulary/risk.toml."""

    name: str
    reason: str
    pools: Weights
    most: int
    brand: bool = False
    price: tuple[float, float] | None = None
    clue: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """All words of one part of the market."""

    part: Part
    products: tuple[Product, ...]
    product_weights: tuple[float, ...]  # cumulative
    service: Product
    styles: Mapping[str, Style]
    edits: Mapping[str, Edit]
    brands: Mapping[str, tuple[Brand, ...]]
    held_out: frozenset[str]
    month: int = STILL


def is_held_out(word: str) -> bool:
    """Whether the word's hash keeps it for evaluation; `vocabulary` exempts the commonest words."""
    return hashlib.sha256(word.encode()).digest()[0] % HELD_OUT == 0


@cache
def vocabulary(part: Part, month: int = STILL) -> Vocabulary:
    """Load the words of one part, and of one month of a year that drifts. Built once per process."""
    risk, styles, groups = _toml("risk"), _toml("styles"), _toml("groups")
    words = {name: text.split() for name, text in risk["pools"].items()}
    for name, codes in risk["knowledge"].items():
        words[name] = list(dict.fromkeys([*words[name], *_known_words(codes)]))
    often = {word: int(risk["common"]["times"]) for word in risk["common"]["words"].split()}
    everyday = " ".join(often)  # these, and the words inside them, are always taught
    held_out = frozenset(
        w
        for texts in words.values()
        for w in texts
        if "<" not in w and is_held_out(w) and w not in everyday and not (month and born(w) <= month)
    )
    common: dict[str, Sequence[Entry]] = {name: pool(text) for name, text in styles.pop("pools").items()}
    common |= {name: _fashion(pool(text), month) for name, text in _toml("honest").items()}
    coined = _toml("year")["coined"] if month else {}
    common |= {
        name: _moved(texts, coined.get(name, "").split(), often, month, held_out)
        if month
        else _risky(texts, often, part, held_out)
        for name, texts in words.items()
    }
    edits = {name: _edit(name, table) for name, table in risk["edit"].items()}
    products = tuple(
        _product(name, table, groups[table["group"]], common, edits, month=month)
        for name, table in _toml("products").items()
    )
    service = _service(_toml("services")["product"]["service"], common, edits)
    brands = {name: tuple(map(_brand, rows)) for name, rows in _toml("brands").items()}
    sums = tuple(accumulate(product.weight for product in products))
    return Vocabulary(
        part, products, sums, service, {n: _style(n, t) for n, t in styles.items()}, edits, brands, held_out, month
    )


@cache
def names() -> Mapping[str, str]:
    """Syllables of shops and small brands, and the regions they are in."""
    return _toml("names")


def weights(table: Mapping[str, float]) -> Weights:
    """Names and cumulative weights, as `random.choices` wants them."""
    return tuple(table), tuple(accumulate(float(weight) for weight in table.values()))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / f"{name}.toml").read_text(encoding="utf-8"))


def _risky(texts: Iterable[str], often: Mapping[str, int], part: Part, held_out: frozenset[str]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for text in texts:
        held = text not in often and (is_held_out(text) or any(word in text for word in held_out))
        if part == "evaluation":
            entries += [entry(text.replace("_", " "))] * (_FAVOUR if held else 1)
        elif not held:
            entries += [entry(text.replace("_", " "))] * often.get(text, 1)
    return tuple(entries)


def _moved(
    texts: Iterable[str], coined: Iterable[str], often: Mapping[str, int], month: int, held_out: frozenset[str]
) -> tuple[Entry, ...]:
    """Entries of a risky pool in one month: old words fade, words kept for evaluation and coined ones come up."""
    entries: list[Entry] = []
    for text in texts:
        new = text not in often and is_held_out(text)
        if not new:
            times = kept(_SCALE * often.get(text, 1), text, month)
        else:
            times = _SCALE * _FAVOUR if born(text) <= month else 0
        if not any(word in text for word in held_out):
            entries += [entry(text.replace("_", " "))] * times
    for text in coined:
        entries += [entry(text)] * (_SCALE * _COINED if born(text) <= month else 0)
    return tuple(entries)


def _fashion(entries: tuple[Entry, ...], month: int) -> tuple[Entry, ...]:
    kept_ = tuple(one for one in entries if not isinstance(one, str) or known_honest(one, month))
    return kept_ or entries


def _known_words(codes: Sequence[str]) -> list[str]:
    """Words the knowledge holds against a listing by themselves, of rules whose code begins so."""
    return [
        word
        for code, rule in load().rules.items()
        if code.startswith(tuple(codes)) and not rule.advice
        for terms in rule.terms
        if terms.strength >= _TELLING and not terms.needs and not terms.needs_rules
        for word in terms.words
    ]


def _product(
    name: str,
    table: dict[str, Any],
    group: dict[str, Any],
    common: Pools,
    edits: Mapping[str, Edit],
    *,
    month: int = STILL,
) -> Product:
    pools: dict[str, Sequence[Entry]] = dict(common)
    for key in ("people", "color", "skin", "feature", "material", "spec", "praise", "noun"):
        # what a product says of itself counts double against what its whole group says
        mine = _fashion(pool(table.get(key, "")), month)
        shared = () if key == "material" and mine else _fashion(pool(group.get(key, "")), month)
        pools[key] = (*mine, *mine, *shared)
    pools["noun2"] = pools["noun"]
    names = {name for edit in table.get("edits", group["edits"]) for name in edits[edit].pools[0]}
    told = tuple(text for n in sorted(names) for text in common[n] if isinstance(text, str))
    pools["ordinary"] = ordinary(tuple(dict.fromkeys(told)) if month else told)
    return Product(
        name,
        table["group"],
        table["category"],
        (float(table["price"][0]), float(table["price"][1])),
        float(table.get("weight", group.get("weight", 1.0))) * demand(table["group"], month),
        weights(table.get("styles", group["styles"])),
        weights(table.get("edits", group["edits"])),
        weights(group["honest"]),
        weights(table.get("brands", group["brands"])),
        table.get("licence", group.get("licence")),
        pools,
    )


def _service(table: dict[str, Any], common: Pools, edits: Mapping[str, Edit]) -> Product:
    group = {"styles": {"taobao": 3, "supplier": 3, "pinduoduo": 2}, "edits": {"fraud_service": 1}}
    honest = {"honest": {"service_word": 1}, "brands": {"none": 1}}
    words = {**common, "service_word": pool(table["honest"])}
    return _product("service", {**table, "group": "service"}, {**group, **honest}, words, edits)


def _brand(row: str) -> Brand:
    zh, en, low, high, nicks, models = row.split("|")
    return Brand(zh, en, float(low), float(high), tuple(nicks.split()), pool(models))


def _style(name: str, table: dict[str, Any]) -> Style:
    templates = tuple(map(parse, table["templates"]))
    return Style(name, table["platform"], table["glue"], table["lead"], table["evade"], templates)


def _edit(name: str, table: dict[str, Any]) -> Edit:
    price = table.get("price")
    return Edit(
        name,
        table["reason"],
        weights(table["pools"]),
        table["most"],
        table.get("brand", False),
        (price[0], price[1]) if price else None,
        table.get("clue"),
    )
