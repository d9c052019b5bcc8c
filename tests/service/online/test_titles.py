"""Titles that say nearly the same share a band."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.online.titles import bands

BAG = "真皮女包2024新款时尚单肩斜挎包大容量托特包"


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (BAG, True),
        ("真皮女包 2024新款 时尚 单肩 斜挎包 大容量 托特包", True),
        ("【包邮】" + BAG, True),
        ("真皮女包2023新款时尚单肩斜挎包大容量托特包", True),
        (BAG.replace("托特包", "水桶包"), True),
        ("真皮铝包2024新款石尚单间斜挎包大容亮托特包", True),  # homophones
        ("zhen皮女bao2024新款时shang单肩斜挎包大容liang托特包", True),
        ("帆布男包2024新款休闲双肩电脑包旅行背包", False),
        ("女包", False),
        ("纯棉四件套 全棉床单被套", False),
    ],
)
def test_nearly_the_same(other: str, shared: bool) -> None:
    assert bool(set(bands(BAG)) & set(bands(other))) is shared


def test_of_short_titles_only_equal_ones_are_alike() -> None:
    assert bands("女包") == bands(" 女-包 ")
    assert bands("高仿包") == bands("糕仿bao")
    assert not set(bands("女包")) & set(bands("男包"))


@given(st.text(max_size=80))
def test_any_text_has_few_bands_and_always_the_same(text: str) -> None:
    assert bands(text) == bands(text)
    assert len(bands(text)) in {0, 1, 4}
    assert bool(bands(text)) is any(map(str.isalnum, text))
