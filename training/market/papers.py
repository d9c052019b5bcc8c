"""Papers: attributes, licence numbers and standards as listings show them, genuine in form or not."""

from random import Random

from stdnum.iso7064 import mod_11_10

from training.market.chance import happens
from training.market.grammar import say
from training.market.titles import Scene
from training.market.words import Edit

_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵滇陕甘青宁新"
_NAMES = {
    "food_production": ("生产许可证编号", "SC编号", "食品生产许可证编号"),
    "health_food": ("批准文号", "保健食品批准文号", "国食健字号"),
    "drug_approval": ("批准文号", "国药准字"),
    "device_registration": ("医疗器械注册证编号", "注册证号", "械字号"),
    "cosmetic": ("备案编号", "化妆品备案号", "国妆备案编号"),
    "disinfection": ("卫生许可证号", "生产企业卫生许可证"),
    "pesticide": ("农药登记证号", "登记证号"),
    "ccc": ("3C证书编号", "CCC证书编号"),
}
_TRUE = {
    "health_food": ("国食健注G{year}{serial}", "国食健字G{year}{serial}"),
    "drug_approval": ("国药准字{letter}{origin}{short}{serial}",),
    "device_registration": ("{p}械注准{year}{kind}{group}{serial}",),
    "cosmetic": ("{p}G妆网备字{year}00{serial}", "{p}G妆网备字{year}{group}{serial}"),
    "special_cosmetic": ("国妆特字G{year}{serial}",),
    "disinfection": ("{p}卫消证字({year})第{serial}号",),
    "pesticide": ("PD{year}{serial}",),
    "ccc": ("{year}{group}{product}{group}{serial}",),
}
_FALSE = {
    "food_production": ("SC{d12}", "QS{d11}", "食证字{d8}"),
    "health_food": ("国食健{d6}", "国药准字Z{d8}", "卫健食字{d8}", "国食建字G{d8}"),
    "drug_approval": ("国药准字{d6}", "国药准字K{d8}", "国药字Z{d8}", "卫药准字{d8}", "国药准字Z{d10}"),
    "device_registration": ("国械准字{d8}", "械注准{d7}", "国药管械{d8}", "{p}械注准{d9}", "国械注准{d13}"),
    "cosmetic": ("卫妆特字{d4}", "国妆特字{d5}", "械字号{d8}", "国药准字Z{d8}", "妆字号{d6}"),
    "disinfection": ("消准字{d8}", "卫消健字{d6}", "消健证字{d6}", "国消准字{d8}", "国药准字Z{d8}"),
    "pesticide": ("PD{d5}", "农证字{d8}", "WP{d4}"),
    "ccc": ("{d10}", "CCC{d8}", "{d14}"),
}
_MASK_STANDARDS = {
    True: ("YY 0469-2011", "YY/T 0969-2013", "GB 19083-2010"),
    False: ("GB 2626-2019", "GB/T 32610-2016", "GB/T 38880-2020"),
}
_ORIGINS = (
    "中国大陆",
    "广东",
    "浙江",
    "福建",
    "江苏",
    "山东",
    "广州",
    "义乌",
    "日本",
    "韩国",
    "意大利",
    "法国",
    "美国",
)


def attributes(scene: Scene, title: str, edit: Edit | None, brand: str, random: Random) -> dict[str, str]:
    """Attributes of one listing; some sellers leave some out, honest or not."""
    product, pools = scene.product, scene.product.pools
    clue = edit.clue if edit else None
    out: dict[str, str] = {}
    if brand and happens(0.5, random):
        out["品牌"] = brand
    if pools["material"] and happens(0.6, random):
        out["材质"] = say(random.choice(pools["material"]), pools, {}, random)
    for name, key, chance in (("颜色分类", "color", 0.4), ("规格", "spec", 0.4), ("适用人群", "people", 0.4)):
        if pools[key] and happens(chance, random):
            out[name] = say(random.choice(pools[key]), pools, {}, random)
    if happens(0.4, random):
        out["产地"] = random.choice(_ORIGINS)
    if product.group == "plastic":
        out |= _plastic(title, clue, random)
    elif product.group == "mask":
        out |= _mask(title, clue, random)
    elif product.licence and clue != "bare" and (clue == "forged" or happens(0.75, random)):
        out |= _licence(scene, clue, random)
    return out


def number(kind: str, random: Random) -> str:
    """A number of this kind that could exist."""
    if kind == "food_production":
        body = random.choice("12") + "".join(random.choices("0123456789", k=12))
        return "SC" + body + mod_11_10.calc_check_digit(body)
    year, serial = random.randint(2012, 2023), f"{random.randint(1, 9999):04d}"
    return random.choice(_TRUE[kind]).format(
        p=random.choice(_PROVINCES),
        letter=random.choice("HZSB"),
        origin=random.choice(("10", "19", "20")),
        year=year,
        short=f"{year % 100:02d}",
        serial=serial,
        group=f"{random.randint(1, 22):02d}",
        kind=random.choice("23"),
        product=f"{random.randint(101, 2299):04d}",
    )


def false_number(kind: str, random: Random) -> str:
    """A number of this kind that cannot exist, or that belongs to other goods."""
    text = random.choice(_FALSE[kind]).replace("{p}", random.choice(_PROVINCES))
    head, _, tail = text.partition("{d")
    return head + "".join(random.choices("0123456789", k=int(tail[:-1])))


def _licence(scene: Scene, clue: str | None, random: Random) -> dict[str, str]:
    kind = scene.product.licence or ""
    name = random.choice(_NAMES[kind])
    if clue == "forged":
        return {name: false_number(kind, random)}
    special = kind == "cosmetic" and clue != "ordinary_cosmetic" and happens(0.25, random)
    return {name: number("special_cosmetic" if special else kind, random)}


def _plastic(title: str, clue: str | None, random: Random) -> dict[str, str]:
    thick = (
        random.choice((0.01, 0.012, 0.015, 0.018, 0.02))
        if clue == "thin"
        else random.choice((0.025, 0.03, 0.035, 0.04, 0.05, 0.06))
    )
    out = (
        {"厚度": f"{thick}mm" if happens(0.6, random) else f"{thick * 100:.1f}丝"}
        if clue == "thin" or happens(0.6, random)
        else {}
    )
    if clue == "plastic":
        return out | {"材质": random.choice(("PE", "PP", "HDPE", "聚乙烯", "PE再生料", "淀粉基+PE", "PE+降解母料"))}
    if "降解" in title or "堆肥" in title:
        out["材质"] = random.choice(("PLA+PBAT", "PBAT+PLA+淀粉", "PLA", "聚乳酸"))
        if happens(0.75, random):
            out["执行标准"] = random.choice(("GB/T 38082-2019", "GB/T 20197-2006", "GB/T 41010-2021"))
    elif happens(0.5, random):
        out["执行标准"] = random.choice(("GB/T 21661-2020", "GB 4806.7-2016", "GB/T 24454-2009"))
    return out


def _mask(title: str, clue: str | None, random: Random) -> dict[str, str]:
    medical = "医用" in title or "外科" in title or "医疗" in title
    if clue == "mask_none":
        return {"是否医用": "否"} if happens(0.4, random) else {}
    if clue == "mask_plain":  # says medical, shows the standard of another class
        return (
            {"执行标准": random.choice(_MASK_STANDARDS[False])} if happens(0.6, random) else {"执行标准": "Q/企业标准"}
        )
    out = {"执行标准": random.choice(_MASK_STANDARDS[medical])} if clue == "forged" or happens(0.8, random) else {}
    if clue == "forged":
        out["医疗器械注册证编号"] = false_number("device_registration", random)
    elif medical and happens(0.8, random):
        out["医疗器械注册证编号"] = number("device_registration", random)
    return out
