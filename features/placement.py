"""Where the listing was placed, and which famous brands it names."""

from collections.abc import Callable

from features.feature import Block
from features.reading import Reading

GROUPS = {
    "food": ("食品", "food"),
    "drugs": ("药品", "drugs"),
    "masks": ("口罩", "masks"),
    "cosmetics": ("化妆品", "cosmetics"),
    "degradable_plastics": ("塑料袋与可降解塑料", "plastic bags and degradable plastics"),
    "medical_devices": ("医疗器械", "medical devices"),
    "disinfectants": ("消毒产品", "disinfection products"),
    "apparel_shoes": ("服装鞋帽箱包", "clothing, shoes and bags"),
}
"""Categories large enough to be a column: the plan's priorities and the homes of replicas. The rest share `other`."""


def _whole(reading: Reading) -> Reading:
    return reading


CATEGORY = Block("category", _whole)


def _is(group: str) -> Callable[[Reading], float]:
    return lambda reading: float(reading.category.id == group)


for _group, (_zh, _en) in GROUPS.items():
    CATEGORY.feature(f"is_{_group}", unit="0 or 1", zh=f"品类：{_zh}", en=f"category: {_en}")(_is(_group))


@CATEGORY.feature("p", unit="fraction 0..1", zh="品类把握", en="certainty of the category")
def certainty(reading: Reading) -> float:
    """1 when declared; 0 when nothing fits."""
    return reading.category.p


@CATEGORY.feature("brands", unit="count", zh="提到的知名品牌数", en="famous brands named")
def brands(reading: Reading) -> float:
    """Famous brands named, masked or nicknamed."""
    return len(reading.brands)


FEATURES = CATEGORY.features
