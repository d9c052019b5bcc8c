"""Titles that say nearly the same are found, others are not, and a chain of them does not take everything along."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.alike import alike, common, largest

LONG = "法国进口葡萄酒干红整箱六支装送礼盒开瓶器团购婚宴聚会用酒"
words = st.text("纯棉四件套加厚磨毛床上用品复古手提包女大容量", min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (LONG, LONG, True),
        (LONG, f" {LONG[:9]} {LONG[9:]} ", True),
        (LONG, LONG + "A", True),
        (LONG, LONG[1:], True),
        (LONG, LONG.replace("六支", "五支"), True),
        ("ＡＢＣ女包", "abc女包", True),
        ("女包", "女包", True),
        ("女包", "女包包", False),
        (LONG, LONG[15:] + LONG[:9] + "其他酒类都有", False),
        (LONG, "法国进口葡萄酒", False),
        ("", "", False),
        ("  ", "", False),
    ],
)
def test_two_titles(one: str, other: str, together: bool) -> None:
    number, _ = alike([one, "别的商品标题一个", other], 1.0)
    assert bool(number[0] == number[2]) is together
    assert number[1] not in {number[0], number[2]}


@given(st.lists(words, max_size=40), st.integers(0, 39))
def test_equal_titles_are_always_alike_and_a_longer_one_with_one_sign_more(some: list[str], at: int) -> None:
    some += [LONG, *some[at : at + 1], LONG + "!"]
    number, step = alike(some, 1.0)
    assert step == 0.75
    by_title: dict[str, int] = {}
    for title, own in zip(some, number.tolist(), strict=True):
        assert by_title.setdefault(title, own) == own
    assert by_title[LONG] == by_title[LONG + "!"]


def test_a_chain_is_cut_by_asking_for_more_in_common() -> None:
    chain = [LONG[i % 7 :] + LONG[: i % 7] + "甲乙丙丁戊己庚辛壬癸"[: i % 10] for i in range(200)]
    chained, loose = alike(chain, 1.0)
    number, step = alike(chain, 0.1)
    assert step > loose == 0.75
    assert largest(number) < largest(chained)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("甲乙丙丁", "甲乙丙丁", 1.0), ("甲乙丙丁", "甲乙丙戊", 1 / 3), ("甲乙丙", "丁戊己", 0.0)],
)
def test_the_share_in_common(one: str, other: str, share: float) -> None:
    assert common(one, other) == pytest.approx(share)


def test_many_copies_of_one_title_are_one_cluster() -> None:
    number, step = alike([LONG] * 1000 + [f"{LONG}{i}" for i in range(100)], 1.0)
    assert (largest(number), step) == (1100, 0.75)


def test_numbers_do_not_depend_on_the_order() -> None:
    titles = [LONG[i % 5 :] + str(i % 3) for i in range(60)]
    one, other = alike(titles, 1.0)[0], alike(titles[::-1], 1.0)[0][::-1]
    same = one[:, None] == one[None, :]
    assert np.array_equal(same, other[:, None] == other[None, :])
