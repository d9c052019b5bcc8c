"""Two listings everybody may try, a risky and an honest one. Made up; they have a date, so their answers stay."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

RISKY: Mapping[str, Any] = MappingProxyType(
    {
        "listing_id": "risky-1",
        "title": "顶级版本 CHANE1 香奶奶22bag 芯片版 过验 支持专柜对比",
        "category": "apparel_shoes",
        "brand": "其他",
        "price_cny": 680,
        "attributes": {"材质": "小羊皮", "产地": "广州"},
        "observed_at": "2026-03-02T09:30:00+08:00",
        "seller": {"name": "小鹿轻奢馆", "kind": "person", "opened_on": "2026-01-18", "takedowns_180d": 3},
        "trade": {"orders_30d": 420, "same_address_share": 0.31, "five_star_share": 1.0},
    }
)
HONEST: Mapping[str, Any] = MappingProxyType(
    {
        "listing_id": "honest-1",
        "title": "加厚纯棉四件套 全棉床单被套 简约条纹 1.8米床",
        "price_cny": 259,
        "list_price_cny": 329,
        "attributes": {"材质": "100%棉", "执行标准": "GB/T 22797-2009"},
        "observed_at": "2026-03-02T09:30:00+08:00",
        "seller": {"name": "禾木家纺专营店", "kind": "company", "opened_on": "2017-06-01", "rating": 4.8},
        "trade": {"orders_30d": 260, "repeat_buyer_share": 0.12, "five_star_share": 0.91},
    }
)
EXAMPLES: Mapping[str, Mapping[str, Any]] = MappingProxyType({"risky": RISKY, "honest": HONEST})
CLOAKED: Mapping[str, Any] = MappingProxyType({"listing_id": "cloaked-1", "title": "茺100宋100 牜牜捕渔"})
"""A title that is read with the slowest tables; they are built when the first such title comes."""
