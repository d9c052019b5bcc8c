"""Whether a listing sells the product a number stands for."""

import pytest

from features.knowledge import load
from features.normalize import Folder
from models.registers.naming import Naming
from models.registers.wording import words


@pytest.fixture(scope="module")
def naming() -> Naming:
    fold = Folder.load(load()).fold
    return Naming(words().naming, lambda text: fold(text).text)


@pytest.mark.parametrize(
    ("product", "title"),
    [
        ("同仁堂牌葡萄籽提取物软胶囊", "葡萄籽胶囊 同仁堂正品 60粒"),
        ("同仁堂牌葡萄籽提取物软胶囊", "葡 萄 籽 软糖 买二送一"),
        ("琥珀酸普芦卡必利片", "力洛 普芦卡必利 2mg*7片"),
        ("感冒灵颗粒", "999感冒灵 10袋装"),
        ("维生素C片", "VC片 补维C 100片"),
        ("碳酸钙D3片", "钙片 成人 D3 60粒"),
        ("注射用重组人干扰素α2b", "重组人干扰素 α2b 针"),
        ("汤臣倍健®鱼油软胶囊", "深海鱼油 200粒"),
        ("阿莫西林胶囊(0.25g)", "阿莫西林 消炎"),
        ("紫雪", "紫雪散 清热"),
        ("", "任何东西"),  # a register that names nothing contradicts nothing
    ],
)
def test_the_same_product_in_other_words(naming: Naming, product: str, title: str) -> None:
    assert naming.sold([product], [naming._fold(title)])


@pytest.mark.parametrize(
    ("product", "title"),
    [
        ("同仁堂牌葡萄籽提取物软胶囊", "燃脂减肥茶 排油瘦身"),
        ("抗狂犬病血清", "祛风湿止痛胶囊 祖传秘方"),
        ("感冒灵颗粒", "壮阳延时片 男性专用"),
        ("复方甘草片", "复方丹参滴丸 180丸"),
        ("汤臣倍健®鱼油软胶囊", "汤臣倍健 褪黑素片"),
        ("盐酸二甲双胍片", "盐酸曲马多片 止痛"),
        ("维生素C片", "葡萄糖酸锌口服液"),
    ],
)
def test_clearly_another_product(naming: Naming, product: str, title: str) -> None:
    assert not naming.sold([product], [naming._fold(title)])


def test_a_trade_name_or_a_text_beside_the_title_will_do(naming: Naming) -> None:
    assert naming.sold(["琥珀酸普芦卡必利片", "力洛"], [naming._fold("力洛 正品 进口")])
    assert naming.sold(["葡萄籽软胶囊"], [naming._fold("美容养颜 女神必备"), naming._fold("配料：葡萄籽提取物")])
