"""Folding reads what people read, keeps what honest sellers write, and always knows where it came from."""

import unicodedata
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.folding.spellings import EvasionInvalid, load_evasion
from features.knowledge import Knowledge
from features.knowledge.schema import Brand, Example, Message, Rule, Terms
from features.normalize import Folded, Folder

WORDS = ("消炎", "高仿", "羊胎素", "顶级版本", "减肥", "美白", "祛痘", "抗糖化", "大麻", "中草药", "原厂皮", "三高")


def knowledge() -> Knowledge:
    """A few words and brands, as the knowledge would have them."""
    said = Message(zh="x", en="x")
    rule = Rule(
        code="test.words",
        head="counterfeit",
        severity="high",
        message=said,
        authority=("samr",),
        source="test",
        as_of=date(2025, 1, 1),
        confidence="confirmed",
        terms=(Terms(words=WORDS),),
        examples=(Example(fires=True, title="消炎"),),
    )
    brands = (
        Brand(id="chanel", zh=("香奈儿",), en=("Chanel",), aliases=("香奶奶",), confidence="confirmed"),
        Brand(id="vca", zh=("梵克雅宝",), en=("Van Cleef & Arpels",), confidence="confirmed"),
        Brand(id="hermes", zh=("爱马仕",), en=("Hermès",), confidence="confirmed"),
    )
    return Knowledge(
        rules={rule.code: rule},
        categories={},
        licences={},
        citations={},
        authorities={},
        brands={brand.id: brand for brand in brands},
        digests={},
    )


FOLDER = Folder.load(knowledge())


@pytest.mark.parametrize(
    ("raw", "folded", "transforms"),
    [
        ("国药准字Ｈ２００５１２３４", "国药准字h20051234", ("fullwidth",)),
        ("減肥藥", "减肥药", ("traditional",)),
        ("𝐍𝐢𝐤𝐞", "nike", ("styled",)),
        ("Bɪʀᴋɪɴ", "birkin", ("styled",)),
        ("①②③", "123", ("enclosed",)),
        ("㊣品", "正品", ("enclosed",)),
        ("500㎎", "500mg", ("compatibility",)),
        ("消\u200b炎", "消炎", ("invisible",)),
        ("消\u202e炎", "消炎", ("invisible",)),
        ("消\u0489炎", "消炎", ("combining",)),
        ("消\u3164炎", "消炎", ("invisible",)),
        ("Hermès", "hermes", ()),
        ("L'Oréal", "l'oreal", ()),
        ("1️⃣号", "1号", ("combining",)),
        ("消/炎膏", "消炎膏", ("separator",)),
        ("快速消*炎药", "快速消炎药", ("separator",)),
        ("高.仿包", "高仿包", ("separator",)),
        ("羊/胎/素", "羊胎素", ("separator",)),
        ("梵 克 雅 宝手链", "梵克雅宝手链", ("separator",)),
        ("顶 级 版 本", "顶级版本", ("separator",)),
        ("香/奶/奶家", "香奶奶家", ("separator",)),
        ("减肥肥肥茶", "减肥茶", ("repeated",)),
        ("高高仿仿", "高仿", ("repeated",)),
        ("水月中", "水肿", ("split",)),
        ("木每花", "梅花", ("split",)),
        ("延纟爰衰老", "延缓衰老", ("split",)),
        ("木戒字号", "械字号", ("split",)),
        ("消焱", "消炎", ("lookalike",)),
        ("月廋30斤", "月瘦30斤", ("variant",)),
        ("防嗮霜", "防晒霜", ("variant",)),
        ("水果孝素", "水果酵素", ("homophone",)),
        ("爱码仕包", "爱马仕包", ("homophone",)),
        ("羊抬素", "羊胎素", ("lookalike",)),
        ("MEI白霜", "美白霜", ("pinyin",)),
        ("消YAN", "消炎", ("pinyin",)),
        ("KANG糖化", "抗糖化", ("pinyin",)),
        ("中CAO药", "中草药", ("pinyin",)),
        ("QU豆膏", "祛痘膏", ("pinyin", "homophone")),
        ("yangtaisu", "羊胎素", ("pinyin",)),
        ("消/YAN", "消炎", ("separator", "pinyin")),
        ("薇❤信", "微信", ("separator", "homophone")),
        ("徽信", "微信", ("homophone",)),
        ("Сhаnel", "chanel", ("lookalike_letter",)),
        ("顶 级版本", "顶级版本", ("separator",)),
        ("去顶/级/版/本包", "去顶级版本包", ("separator",)),
        ("顶极板苯", "顶级版本", ("homophone",)),
        ("鼎籍拌笨", "顶级版本", ("homophone",)),
        ("原场批包", "原厂皮包", ("homophone",)),
        ("xiaoyan膏", "消炎膏", ("pinyin",)),
        ("dingjibanbenbao", "顶级版本bao", ("pinyin",)),
        ("氵肖火火膏", "消炎膏", ("split",)),
        ("顶级/版本包", "顶级版本包", ("separator",)),
        ("niceyuanchangpibag", "nice原厂皮bag", ("pinyin",)),
        ("傆厂皮", "原厂皮", ("lookalike",)),
        ("傆/厂/pi", "原厂皮", ("lookalike", "separator", "pinyin")),
        ("原🇦货", "原a货", ()),
        ("⑴号⒉号", "1号2号", ("enclosed",)),
        ("梢炎贴", "消炎贴", ("lookalike",)),  # one radical differs
        ("高妨包", "高仿包", ("lookalike",)),
        ("顶汲版本", "顶级版本", ("lookalike",)),
        ("减淝茶", "减肥茶", ("lookalike",)),
        ("霄延贴", "消炎贴", ("homophone",)),  # both exchanged, by characters nobody writes side by side
        ("剪肥茶", "减肥茶", ("homophone",)),
        ("xiaoyan gaofang", "消炎 高仿", ("pinyin",)),
        ("xiaoyanshajun", "消炎shajun", ("pinyin",)),
        ("原厂厂皮", "原厂皮", ("repeated",)),
        ("顶/极/版/苯", "顶级版本", ("separator", "homophone")),
        ("消.YAN.膏", "消炎.膏", ("separator", "pinyin")),
        ("羊胎 素", "羊胎素", ("separator",)),
        ("顶级 版本", "顶级版本", ("separator",)),  # a blank parts no known phrase
        ("顶级.原CHANG皮", "顶级.原厂皮", ("pinyin",)),
        ("原/CHANG/皮", "原厂皮", ("separator", "pinyin")),
        ("羊/胎胎素", "羊胎素", ("separator", "repeated")),
    ],
)
def test_reads_what_people_read(raw: str, folded: str, transforms: tuple[str, ...]) -> None:
    result = FOLDER.fold(raw)
    assert result.text == folded
    assert result.transforms(0, len(result.text)) == transforms


@pytest.mark.parametrize(
    "raw",
    [
        "补水/保湿/祛痘",  # a list of whole words
        "提高/仿皮",  # 高/仿 stands between two words
        "大/中/小号",
        "不含酒精、香精",
        "钙 铁 锌",
        "500ml*2瓶",
        "37*38码",
        "1/2盎司",
        "抗摔手机壳",  # sounds like 抗衰
        "小盐包",  # sounds like 消炎
        "笑颜如花",
        "小mini包",  # no 小mi
        "gaofei新款",
        "月中发货",  # no 肿: 发肿 is no word
        "木马每个",
        "哈哈哈哈",
        "维维维他型豆奶",
        "v领t恤",
        "面霜+小棕瓶",
        "悦薇水",
        "москва",  # wholly Cyrillic
        "カタカナ",
        "乾坤",
        "8888",
        "www.example.com",
        "顶级/版本/新款",
        "【顶级】版本",
        "chang皮",
        "xiaoyanzi",  # more letters touch
        "原创批发",  # 原厂皮 would need another ending
        "圆场疲",  # nothing of 原厂皮 is left
        "凝胶胶囊",  # two words meet
        "去痘痘",
        "脚脚气",
        "销言贴",  # sounds like 消炎, in characters that are common by themselves
        "焕肤精华",  # looks and sounds like 换肤
        "裸妆粉底",
        "防制",
        "梅白霜",
        "消炎 高仿",
        "shanghai",
    ],
)
def test_keeps_what_honest_sellers_write(raw: str) -> None:
    assert FOLDER.fold(raw).text == raw


def test_a_clean_title_folds_one_to_one() -> None:
    folded = FOLDER.fold("2023新款CHANEL香奈儿女包，包邮")
    assert folded.text == "2023新款chanel香奈儿女包,包邮"
    assert folded.spans is None
    assert not folded.marks


@pytest.mark.parametrize(
    ("raw", "word", "span", "text"),
    [
        ("正品㎎消/炎膏", "消炎", (3, 6), "消/炎"),
        ("🔥🔥MEI白霜", "美白", (2, 6), "MEI白"),
        ("去水月中了", "水肿", (1, 4), "水月中"),
        ("a\u200b\u200b高\u200b仿", "高仿", (3, 6), "高\u200b仿"),
        ("梵 克 雅 宝A", "梵克雅宝", (0, 7), "梵 克 雅 宝"),
    ],
)
def test_spans_point_into_the_raw_text(raw: str, word: str, span: tuple[int, int], text: str) -> None:
    folded = FOLDER.fold(raw)
    at = folded.text.index(word)
    assert folded.span(at, at + len(word)) == span
    assert raw[slice(*span)] == text


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("牜牜捕渔，渞茺100宋100", "牛牛捕鱼,首充100送100"),
        ("柱冊宋18，茺100宋100 戳 ab.cc", "注册送18,充100送100 戳 ab.cc"),
        ("嘿，亲，十\\/：13800000000 送你今晚三玛", "嘿,亲,加微:13800000000 送你今晚三码"),
    ],
)
def test_cloaked_messages_are_decoded(raw: str, read: str) -> None:
    assert FOLDER.fold(raw).text == read


def test_a_likely_word_is_believed_in_company_only() -> None:
    assert FOLDER.fold("原单小炎贴").text == "原单小炎贴"
    assert FOLDER.fold("减肥茶 小炎贴").text == "减肥茶 消炎贴"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("旗牌 捕渔 充100宋18 点 ab.cc", "棋牌 捕鱼 充100送18 点 ab.cc"),
        ("qipai 下载 彩金 ab.cc", "棋牌 下载 彩金 ab.cc"),
        ("伍佰送3佰 存款 加q:12345678", "五百送3百 存款 加q:12345678"),
        ("犇🐂卜🐠龙🐯 登录 ab.cc", "牛牛捕鱼龙虎 登录 ab.cc"),
    ],
)
def test_messages_with_an_address_are_read_boldly(raw: str, read: str) -> None:
    assert FOLDER.fold(raw).text == read


@pytest.mark.parametrize(
    "raw",
    ["瑜伽课程 教练培训 名额有限", "老虎膏 舒筋活络4瓶", "奢侈品 柔软 折人民币8000+", "白菜价 优惠券 购物券"],
)
def test_titles_that_speak_of_money_are_no_messages(raw: str) -> None:
    assert FOLDER.fold(raw).text == raw


def check_alignment(folded: Folded) -> None:
    """Every folded character has a span inside the raw text; spans never run backwards."""
    spans = folded.spans if folded.spans is not None else tuple((i, i + 1) for i in range(len(folded.text)))
    assert len(spans) == len(folded.text)
    assert all(0 <= start < end <= len(folded.raw) for start, end in spans)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(spans))
    assert all(a == b or a[1] <= b[0] for a, b in pairwise(spans))
    assert all(0 <= i < len(folded.text) and names for i, names in folded.marks.items())
    assert set(folded.transforms(0, len(folded.text))) <= {transform.name for transform in FOLDER.transforms}


ADVERSARIAL = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            [*"消炎高仿羊胎素月中木每花纟爰微信加扣v+\\/*. ❤❤️\u200b\u202e\u0301\ud83d①Ｈ㎎ⅧİßKANGyanМ", "🐯", "𝐍"]
        ),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(ADVERSARIAL)
def test_alignment_holds_for_any_text(raw: str) -> None:
    folded = FOLDER.fold(raw)
    check_alignment(folded)
    folded.text.encode()


@settings(max_examples=150, deadline=None)
@given(ADVERSARIAL)
def test_folding_twice_changes_no_single_characters(raw: str) -> None:
    once = FOLDER.letters.read(raw).text
    assert FOLDER.letters.read(once).text == once


@pytest.mark.parametrize(
    "raw",
    [
        "消" + "\u200b" * 10_000 + "炎",
        "e" + "\u0301" * 5_000,
        "\u202e" * 3_000 + "高仿",
        "\ud800" * 2_000 + "高仿\udc00",
        "消/" * 5_000 + "炎",
        "消" + "/" * 10_000 + "炎",
        "消 / * . " * 2_000,
        "减" * 10_000 + "肥",
        "mei" * 5_000 + "白",
        "加v+" * 4_000,
        "a1@!*" * 4_000,
        "消" + "([{<" * 2_000 + "炎" + ">}])" * 2_000,
        "xiaoyanshajun " * 1_500,
        "肖/淡." * 4_000,
        "减减肥肥" * 4_000,
        "霄延贴" * 4_000,
        "梢炎\u0301" * 4_000,
        "牜茺宋" * 4_000,
        "",
        " ",
        "\u200b",
    ],
    ids=lambda raw: f"{raw[:3]!a}x{len(raw)}",
)
def test_hostile_texts_end_soon_and_stay_aligned(raw: str) -> None:
    check_alignment(FOLDER.fold(raw))


def test_a_span_that_hides_thousands_of_characters_still_names_the_trick() -> None:
    folded = FOLDER.fold("消" + "\u200b" * 10_000 + "炎")
    assert folded.text == "消炎"
    assert folded.span(0, 2) == (0, 10_002)
    assert folded.transforms(0, 2) == ("invisible",)


def test_every_transform_has_labels_in_both_languages() -> None:
    assert all(transform.zh and transform.en for transform in FOLDER.transforms)
    assert len({transform.name for transform in FOLDER.transforms}) == len(FOLDER.transforms)


def test_a_misspelt_key_in_the_evasion_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "evasion.toml"
    path.write_text('[[transfrom]]\nname = "x"\n', "utf-8")
    with pytest.raises(EvasionInvalid, match="transfrom"):
        load_evasion(path)


def test_unicode_digits_and_letters_are_never_lost() -> None:
    for char in "０１２ＡＢＣａｂｃ":
        assert FOLDER.fold(char).text == unicodedata.normalize("NFKC", char).lower()
