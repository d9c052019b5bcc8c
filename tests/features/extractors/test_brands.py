"""A mangled famous brand is evidence; the brand itself is not, and neither is a quantity sign."""

from collections.abc import Callable

import pytest

from features.extractors.brands import BrandExtractor
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.normalize import Folder

MakeRule = Callable[..., Rule]
MakeKnowledge = Callable[..., Knowledge]
Seen = tuple[list[str], tuple[str, ...]]

BRANDS = (
    {"id": "chanel", "zh": ["香奈儿"], "en": ["Chanel"], "aliases": ["香奶奶", "小香"], "masks": ["香奈鹅"]},
    {"id": "dior", "zh": ["迪奥"], "en": ["Dior"]},
    {"id": "prada", "zh": ["普拉达"], "en": ["Prada"]},
    {"id": "fendi", "zh": ["芬迪"], "en": ["Fendi"]},
    {"id": "loewe", "zh": ["罗意威"], "en": ["Loewe"]},
    {"id": "celine", "zh": ["赛琳"], "en": ["Celine"]},
    {"id": "hermes", "zh": ["爱马仕"], "en": ["Hermès"]},
    {"id": "balenciaga", "zh": ["巴黎世家"], "en": ["Balenciaga"]},
    {"id": "longchamp", "zh": ["珑骧", "龙骧"], "en": ["Longchamp"]},
    {"id": "givenchy", "zh": ["纪梵希"], "en": ["Givenchy"]},
    {"id": "vca", "zh": ["梵克雅宝"], "en": ["Van Cleef & Arpels"]},
    {"id": "tods", "zh": ["托德斯"], "en": ["Tod's"]},
    {"id": "nike", "zh": ["耐克"], "en": ["Nike"], "aliases": ["勾子"]},
    {"id": "rolex", "zh": ["劳力士"], "en": ["Rolex"]},
    {"id": "lv", "zh": ["路易威登"], "en": ["Louis Vuitton", "LV"], "masks": ["1V"]},
    {"id": "blackmores", "zh": ["澳佳宝"], "en": ["Blackmores"]},
    {"id": "whoo", "zh": ["后"], "en": ["WHOO"]},
    {"id": "apple", "zh": ["苹果"], "en": ["Apple"], "look_alike": False},
)


@pytest.fixture(scope="module")
def see(make_rule: MakeRule, make_knowledge: MakeKnowledge) -> Callable[[str], Seen]:
    """(rule:text of every evidence, ids of the brands) of a title."""
    rules = (make_rule("brand.mask", brand={"kind": "mask"}), make_rule("brand.alias", brand={"kind": "alias"}))
    knowledge = make_knowledge(rules=rules, brands=BRANDS)
    folder = Folder.load(knowledge)
    extractor = BrandExtractor(knowledge, folder)

    def find(title: str) -> Seen:
        evidence, brands = extractor.find({"title": folder.fold(title)})
        assert all(title[e.start : e.end] == e.text for e in evidence)
        assert all(e.transforms for e in evidence if e.rule == "brand.mask" and e.text not in {"香奈鹅", "1V"})
        return [f"{e.rule.partition('.')[2]}:{e.text}" for e in evidence], brands

    return find


@pytest.mark.parametrize(
    ("title", "evidence", "brand"),
    [
        ("CHANE1女包", "mask:CHANE1", "chanel"),
        ("Ch@nel女包", "mask:Ch@nel", "chanel"),
        ("CH@NEL", "mask:CH@NEL", "chanel"),
        ("CHANE*口红", "mask:CHANE*", "chanel"),
        ("Cha*ne1口红", "mask:Cha*ne1", "chanel"),
        ("CHANE.L包", "mask:CHANE.L", "chanel"),
        ("Chane??包", "mask:Chane??", "chanel"),
        ("Сhаnel包", "mask:Сhаnel", "chanel"),
        ("Prad*", "mask:Prad*", "prada"),
        ("PRAD＊双肩包", "mask:PRAD＊", "prada"),
        ("Pr@da", "mask:Pr@da", "prada"),
        ("LOEW*", "mask:LOEW*", "loewe"),
        ("D!or口红", "mask:D!or", "dior"),
        ("Di*or", "mask:Di*or", "dior"),
        ("F E N D 1拖鞋", "mask:F E N D 1", "fendi"),
        ("C*lin*包", "mask:C*lin*", "celine"),
        ("Hermè*丝巾", "mask:Hermè*", "hermes"),
        ("Balenci@ga鞋", "mask:Balenci@ga", "balenciaga"),
        ("Long cham*饺子包", "mask:Long cham*", "longchamp"),
        ("TO*DS豆豆鞋", "mask:TO*DS", "tods"),
        ("NIK*鞋", "mask:NIK*", "nike"),
        ("Louis Vuitto*", "mask:Louis Vuitto*", "lv"),
        ("CH@NEL2022春夏", "mask:CH@NEL", "chanel"),
        ("Prad*23早春", "mask:Prad*", "prada"),
        ("Prad*Chunky厚底", "mask:Prad*", "prada"),
        ("Chane女包", "mask:Chane", "chanel"),
        ("Prad双肩包", "mask:Prad", "prada"),
        ("Balen老爹鞋", "mask:Balen", "balenciaga"),
        ("𝐃𝐢𝐨𝐫口红", "mask:𝐃𝐢𝐨𝐫", "dior"),
        ("纪梵*希散粉", "mask:纪梵*希", "givenchy"),
        ("梵 克 雅 宝手链", "mask:梵 克 雅 宝", "vca"),
        ("龙/骧包", "mask:龙/骧", "longchamp"),
        ("爱码仕包", "mask:爱码仕", "hermes"),
        ("香奈鹅", "mask:香奈鹅", "chanel"),
        ("1V驴包", "mask:1V", "lv"),
        ("香奶奶家", "alias:香奶奶", "chanel"),
        ("香/奶/奶", "mask:香/奶/奶", "chanel"),
    ],
)
def test_masks_and_nicknames_are_evidence(see: Callable[[str], Seen], title: str, evidence: str, brand: str) -> None:
    assert see(title) == ([evidence], (brand,))


@pytest.mark.parametrize(
    ("title", "brands"),
    [
        ("香奈儿女包", ("chanel",)),
        ("CHANEL 2023新款", ("chanel",)),
        ("ＣＨＡＮＥＬ女包", ("chanel",)),  # full width is how some keyboards write
        ("Tod's豆豆鞋", ("tods",)),
        ("TODS豆豆鞋", ("tods",)),
        ("Hermes丝巾", ("hermes",)),
        ("Nike*2双", ("nike",)),
        ("dior*3支", ("dior",)),
        ("CHANEL*2", ("chanel",)),
        ("Nike2022春夏", ("nike",)),
        ("Nlke", ()),  # four letters are too few to tell I from l
        ("Apple@home", ("apple",)),
        ("500ml*2瓶", ()),
        ("100g*10", ()),
        ("30cm*20cm", ()),
        ("37*38码", ()),
        ("S*2 M*3", ()),
        ("role play服装", ()),
        ("black茶", ()),
        ("BE@RBRICK积木熊", ()),
        ("nicole连衣裙", ()),
        ("chandelier吊灯", ()),
        ("后背包", ()),  # a brand of one character cannot be told from the word
        ("gradient渐变", ()),
        ("lovely女孩", ()),
        ("", ()),
    ],
)
def test_the_brand_itself_and_ordinary_words_are_not(
    see: Callable[[str], Seen], title: str, brands: tuple[str, ...]
) -> None:
    assert see(title) == ([], brands)


def test_a_title_with_brand_and_mask_names_each_brand_once(see: Callable[[str], Seen]) -> None:
    assert see("CHANE1 香奈儿 D!or") == (["mask:CHANE1", "mask:D!or"], ("chanel", "dior"))


def test_without_a_rule_brands_are_named_but_give_no_evidence(make_knowledge: MakeKnowledge) -> None:
    knowledge = make_knowledge(brands=BRANDS)
    folder = Folder.load(knowledge)
    assert BrandExtractor(knowledge, folder).find({"title": folder.fold("CHANE1")}) == ([], ("chanel",))


def test_long_hostile_words_end_soon(see: Callable[[str], Seen]) -> None:
    see("c*" * 3_000 + " " + "a@" * 3_000 + " " + "x " * 3_000)
