"""What the title claims, by family of rules. Families keep the columns: a new rule joins one, and no column moves."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from features.feature import Block
from features.knowledge import load
from features.knowledge.schema import Rule
from features.reading import Reading

OTHER = "other"


class Family(NamedTuple):
    """Rules that count in one column; `codes` are the dotted beginnings of their codes."""

    name: str
    zh: str
    en: str
    codes: tuple[str, ...]


FAMILIES = (
    Family("replica_grade", "仿品档次用语", "words for grades of replicas", ("replica.grade",)),
    Family("replica_channel", "仿品货源用语", "stories about where replicas come from", ("replica.channel",)),
    Family("replica_defence", "仿品自辩用语", "words that defend a replica", ("replica.defence",)),
    Family("brand_mask", "遮蔽品牌名", "brand names covered up", ("brand.mask",)),
    Family("brand_alias", "品牌绰号", "brand nicknames", ("brand.alias",)),
    Family("food_claim", "食品违法宣称", "illegal claims for food", ("food",)),
    Family("cosmetic_claim", "化妆品违法宣称", "illegal claims for cosmetics", ("cosmetic",)),
    Family("drug_claim", "药品违法宣称", "illegal claims for drugs", ("drug",)),
    Family("device_claim", "医疗器械违法宣称", "illegal claims for medical devices", ("device",)),
    Family("disinfectant_claim", "消毒产品违法宣称", "illegal claims for disinfection products", ("disinfectant",)),
    Family("mask_claim", "口罩不实宣称", "untrue claims for masks", ("mask",)),
    Family("plastics_claim", "塑料降解不实宣称", "untrue claims for plastics", ("plastics",)),
    Family("contact", "站外联系方式", "contact outside the platform", ("contact",)),
    Family("fraud_service", "刷单炒信服务", "services of fake orders and reviews", ("fraud",)),
    Family("prohibited", "违禁品用语", "words for prohibited goods", ("prohibited",)),
    Family("licence_evasion", "回避许可的说法", "words that get round a licence", ("licence",)),
    Family("piracy", "盗版用语", "words for pirated works", ("piracy",)),
    Family("price_too_low", "价格低得不合理", "price no honest seller could ask", ("brand.price_too_low",)),
    Family(OTHER, "其他违法用语", "other unlawful claims", ()),
)
TRIGGERS = ("missing", "contradiction", "malformed")
"""Rules with these triggers are families of their own, which the licence features count."""


def family_of(code: str) -> str:
    """Return the family of a rule: by how it fires, else by the beginning of its code, else `other`."""
    return _families().get(code) or _by_code(code)


@cache
def _families() -> Mapping[str, str]:
    return {code: _family(rule) for code, rule in load().rules.items()}


def _family(rule: Rule) -> str:
    if rule.brand is not None:
        return f"brand_{rule.brand.kind}"
    fired_by = next((trigger for trigger in TRIGGERS if getattr(rule, trigger) is not None), None)
    return "price_too_low" if rule.price is not None else fired_by or _by_code(rule.code)


@cache
def _by_code(code: str) -> str:
    starts = [(start, family.name) for family in FAMILIES for start in family.codes]
    return max((one for one in starts if f"{code}.".startswith(f"{one[0]}.")), default=("", OTHER))[1]


def codes(family: str) -> Callable[[], tuple[str, ...]]:
    """Codes of the rules in a family, for the explanation to find their evidence."""
    return lambda: tuple(code for code, rule in load().rules.items() if not rule.advice and family_of(code) == family)


def sums(strengths: Mapping[str, int]) -> dict[str, int]:
    """Family -> summed strength. `strengths` leaves advice out, so advice never counts."""
    out: dict[str, int] = {}
    for code, strength in strengths.items():
        family = family_of(code)
        out[family] = out.get(family, 0) + strength
    return out


def _sums(reading: Reading) -> dict[str, int] | None:
    return sums(reading.strengths) if reading.strengths else None


EVIDENCE = Block("evidence", _sums, absent=0.0)


def _summed(family: str) -> Callable[[Mapping[str, int]], float]:
    return lambda by_family: by_family.get(family, 0)


for _family_told in FAMILIES:
    _name, _zh, _en, _ = _family_told
    EVIDENCE.feature(_name, unit="strength", zh=_zh, en=_en, counted=codes(_name))(_summed(_name))


@EVIDENCE.feature("families", unit="count", zh="违法用语种类数", en="kinds of unlawful claim")
def families(by_family: Mapping[str, int]) -> float:
    """How many different families the listing shows evidence for."""
    return len(by_family)


FEATURES = EVIDENCE.features
