"""Risk edits: what turns an honest listing into a dishonest one, and the honest words that stand there otherwise."""

from dataclasses import dataclass
from random import Random

from training.market.chance import happens
from training.market.evasion import disguise, mask
from training.market.grammar import say
from training.market.season import disguised
from training.market.titles import Scene, brand_of, model_of, written
from training.market.words import Brand, Edit, Vocabulary, Weights

_COUNTS = ((0, 1, 2, 3), (0.2, 0.6, 0.88, 1.0))
_EXTRA = ((0, 1, 2), (0.45, 0.85, 1.0))
_QUIET = 0.12  # share of honest listings without a near miss
_ORDINARY = ((0, 1, 2, 3, 4), (0.15, 0.4, 0.65, 0.85, 1.0))
_SILENT = 0.18  # share of replicas told by mask, nickname or model alone
_FORMS = (("name", "nick", "mask", "model", "both", "bare"), (0.3, 0.52, 0.68, 0.8, 0.9, 1.0))
_HONEST_DISGUISE = 0.75  # honest sellers of private brands disguise ordinary words almost as often
_EVASIVE = 0.3  # styles that disguise more often than this disguise everything
_DEAR = 2000  # CNY; dearer brands are rarely called by a nickname in honest titles
_TELLING = 6  # a model name this long tells the brand
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Wording:
    """How a listing speaks: its brand in the title, the words planted, and what they amount to."""

    brand: Brand | None
    name: str
    model: str
    planted: tuple[str, ...]
    edit: Edit | None = None
    risky: tuple[str, ...] = ()  # the planted words that are wrong, before any disguise

    @property
    def reason(self) -> str | None:
        """Word of models/heads.toml for what is wrong, None when nothing is."""
        return self.edit.reason if self.edit else None


def honest(scene: Scene, vocabulary: Vocabulary, random: Random) -> Wording:
    """Word an honest listing: near misses where a dishonest one has its risky words."""
    style = scene.style
    count = (0 if happens(_QUIET, random) else max(1, _count(_COUNTS, random))) + _count(_EXTRA, random)
    words = _picked(scene.product.honest, count, scene, random)
    if style.evade > _EVASIVE:  # private cosmetics: fold it, do not score it
        chance = disguised(style.evade, vocabulary.month) * _HONEST_DISGUISE
        words = [
            disguise(w, vocabulary.part, random, vocabulary.month) if happens(chance, random) else w for w in words
        ]
    name, model = plain_name(scene.brand, style.name, random), ""
    if happens(0.75, random):
        model = model_of(scene.brand, scene.product, random)
    return Wording(scene.brand, name, model, (*words, *_ordinary(scene, random)))


def risky(scene: Scene, edit: Edit, vocabulary: Vocabulary, random: Random, *, attributes: bool) -> Wording:
    """Word a dishonest listing. With `attributes` its guilt may stand there and the title may stay silent."""
    extra = _picked(scene.product.honest, _count(_EXTRA, random), scene, random)
    if edit.brand:
        brand, name, model, silent = _disguised_brand(scene, vocabulary, random)
    else:
        brand, name = scene.brand, plain_name(scene.brand, scene.style.name, random)
        model = model_of(brand, scene.product, random) if happens(0.75, random) else ""
        silent = attributes and edit.clue is not None and happens(0.6, random)
    least = 0 if silent else 1
    count = min(max(least, 0 if silent else _count(_COUNTS, random)), edit.most)
    words = [_unheld(edit.pools, scene, vocabulary, random) for _ in range(count)]
    if edit.clue == "plastic" and not attributes:
        words.append(random.choice(("PE材质", "PE", "PP材质", "聚乙烯", "淀粉母料", "PE加厚", "添加降解剂", "PP料")))
    said, chance = tuple(words), disguised(scene.style.evade, vocabulary.month)
    words = [disguise(w, vocabulary.part, random, vocabulary.month) if happens(chance, random) else w for w in words]
    return Wording(brand, name, model, (*dict.fromkeys(words), *extra, *_ordinary(scene, random)), edit, said)


def plain_name(brand: Brand | None, style: str, random: Random) -> str:
    """The brand as honest sellers write it; now and then by the nickname everybody uses."""
    if brand and brand.nicks and happens(0.05 if brand.low > _DEAR else 0.12, random):
        return random.choice(brand.nicks)
    return written(brand, style, random)


def _disguised_brand(scene: Scene, vocabulary: Vocabulary, random: Random) -> tuple[Brand | None, str, str, bool]:
    brand = brand_of(scene.product, vocabulary, random, famous=True)
    if brand is None:
        return scene.brand, written(scene.brand, scene.style.name, random), "", False
    form = random.choices(_FORMS[0], cum_weights=_FORMS[1])[0]
    name = _name(form, brand, scene.style.name, vocabulary, random)
    with_model = form == "model" or happens(0.6, random)
    model = model_of(brand, scene.product, random) if with_model else ""
    told = form in ("mask", "both") or (form == "model" and bool(model) and len(model) >= _TELLING)
    return brand, name, model, told and happens(_SILENT / 0.4, random)


def _name(form: str, brand: Brand, style: str, vocabulary: Vocabulary, random: Random) -> str:
    nick = random.choice(brand.nicks) if brand.nicks else written(brand, style, random)
    if form == "name":
        return written(brand, style, random)
    if form == "nick":
        return nick
    if form in ("mask", "both"):
        masked = mask(brand.zh, brand.en, vocabulary.part, random, vocabulary.month)
        return f"{masked} {nick}" if form == "both" else masked
    return ""


def _unheld(pools: Weights, scene: Scene, vocabulary: Vocabulary, random: Random) -> str:
    """One risky word; in training none that contains a word kept for evaluation."""
    word = ""
    for _ in range(_TRIES):
        name = random.choices(pools[0], cum_weights=pools[1])[0]
        word = say(random.choice(scene.product.pools[name]), scene.product.pools, {}, random)
        if vocabulary.part == "evaluation" or not any(held in word for held in vocabulary.held_out):
            return word
    return random.choice([e for e in scene.product.pools[name] if isinstance(e, str)])


def _picked(pools: Weights, count: int, scene: Scene, random: Random) -> list[str]:
    names = random.choices(pools[0], cum_weights=pools[1], k=count)
    return [say(random.choice(scene.product.pools[name]), scene.product.pools, {}, random) for name in names]


def _ordinary(scene: Scene, random: Random) -> list[str]:
    """Everyday words in honest and risky titles alike, with the characters risky words are made of."""
    pool = scene.product.pools["ordinary"]
    return [str(random.choice(pool)) for _ in range(_count(_ORDINARY, random))]


def _count(table: tuple[tuple[int, ...], tuple[float, ...]], random: Random) -> int:
    return random.choices(table[0], cum_weights=table[1])[0]
