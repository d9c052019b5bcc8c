"""Sellers: who offers the listings. Honest and dishonest records overlap; nobody is told apart by a date or an id."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.cn import uscc

from training.market.words import Part, Product, Vocabulary

_START = {"train": date(2022, 1, 1), "evaluation": date(2025, 1, 1)}
_DAYS = {"train": 1095, "evaluation": 300}
_DISHONEST, _GUILT, _SLIPS = 0.25, 0.42, 0.02
_BRUSHERS, _HONEST_BRUSHERS, _BRUSHED = 0.30, 0.09, 0.38
_REGIONS = "广东广州 广东深圳 广东汕头 广东东莞 福建莆田 福建泉州 福建厦门 浙江义乌 浙江杭州 浙江温州 浙江台州 江苏苏州 江苏南通 江苏南京 山东临沂 山东青岛 山东济南 河北石家庄 河北保定 河南郑州 河南商丘 安徽合肥 安徽亳州 四川成都 重庆 湖北武汉 湖南长沙 江西南昌 云南昆明 广西南宁 陕西西安 上海 北京 天津 辽宁沈阳 黑龙江哈尔滨 吉林长春 新疆乌鲁木齐 贵州遵义 山西太原".split()
_ENDS = "旗舰店 专卖店 专营店 小店 商行 工作室 优选 百货 家居 生活馆 官方店 美妆店 鞋业 皮具 服饰 珠宝 食品 大药房 母婴 数码 的店 好物 严选 批发部 工厂店 代购 精品 集市 特产店 贸易".split()
_SOUNDS = "小晴阿梅可可米娅安妮琳达乐乐豆豆苏苏娜娜琪琪丽丽薇薇云朵青青木木浅夏若溪一诺子墨语嫣锦年半夏星野橙子柚子南风北辰长安锦绣华美盛世嘉禾瑞丰永兴恒泰宏达金诺兴隆顺发佳一鼎盛天成东方"
_KINDS = ("flagship", "authorised", "company", "person", "person", "person", "company")
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Merchant:
    """A seller and how it behaves. `record` is what a platform would show, each value possibly left out later."""

    record: dict[str, Any]
    opened: date
    products: tuple[Product, ...]
    guilt: float
    brushing: float
    active: tuple[date, int]  # first day, days


def merchant(vocabulary: Vocabulary, number: int, seed: int, random: Random) -> Merchant:
    """Invent one seller of this part of the market."""
    part = vocabulary.part
    dishonest = random.random() < _DISHONEST
    brusher = random.random() < (_BRUSHERS if dishonest else _HONEST_BRUSHERS)
    span = min(_DAYS[part], random.randint(20, 400))
    first = _START[part] + timedelta(days=random.randrange(_DAYS[part] - span + 1))
    age = int(random.lognormvariate(6.3 if dishonest else 6.6, 1.0))
    identity = hashlib.sha256(f"{part}/{seed}/{number}".encode()).hexdigest()[:12]
    products = tuple(
        random.choices(vocabulary.products, [p.weight for p in vocabulary.products], k=random.choice((1, 1, 2, 3)))
    )
    opened = first - timedelta(days=max(1, age))
    record = _record(random, dishonest=dishonest, brusher=brusher)
    record |= {"seller_id": identity, "name": shop_name(part, random), "opened_on": opened}
    return Merchant(
        record, opened, products, _GUILT if dishonest else _SLIPS, _BRUSHED if brusher else 0.004, (first, span)
    )


def shop_name(part: Part, random: Random) -> str:
    """A shop's name; names of the two parts never meet."""
    while True:
        at = random.randrange(0, len(_SOUNDS) - 1, 2)
        start = _SOUNDS[at : at + 2] + "".join(random.sample(_SOUNDS, random.choice((0, 1, 2))))
        name = start + random.choice(_ENDS) + random.choice(("", "", str(random.randrange(10, 999))))
        if (hashlib.sha256(name.encode()).digest()[0] % 4 == 0) == (part == "evaluation"):
            return name


def _record(random: Random, *, dishonest: bool, brusher: bool) -> dict[str, Any]:
    bad = 1.0 if dishonest else 0.0
    listings = int(random.lognormvariate(4.5, 1.1)) + 1
    return {
        "uscc": _uscc(random) if random.random() < (0.45 if dishonest else 0.6) else None,
        "region": random.choice(_REGIONS),
        "kind": random.choice(_KINDS) if random.random() < 1 - 0.25 * bad else "person",
        "rating": round(min(5.0, max(3.2, random.gauss(4.72 - 0.1 * bad + (0.08 if brusher else 0), 0.17))), 2),
        "followers": float(int(random.lognormvariate(6.4, 1.9))),
        "deposit_cny": random.choice((0.0, 0.0, 1000.0, 1000.0, 2000.0, 5000.0, 10000.0, 50000.0)),
        "listings_count": float(listings),
        "takedowns_180d": float(_rare(random, 0.22 + 0.45 * bad)),
        "complaints_90d": float(_rare(random, 0.8 + 0.7 * bad)),
        "fake_complaints_90d": float(_rare(random, 0.12 + 0.35 * bad)),
        "refund_rate_90d": round(random.betavariate(2.0 + 0.8 * bad, 22), 4),
    }


def _rare(random: Random, mean: float) -> int:
    """A count with a long tail and this mean."""
    level = random.gammavariate(0.6, mean / 0.6)
    count, left = 0, random.expovariate(1.0)
    while left < level:
        count += 1
        left += random.expovariate(1.0)
    return count


def _uscc(random: Random) -> str:
    body = (
        "91"
        + random.choice(("44", "35", "33", "32", "37", "41", "51", "31", "11", "50"))
        + "".join(random.choices("0123456789", k=4))
    )
    body += "".join(random.choices(_USCC, k=9))
    return body + uscc.calc_check_digit(body)
