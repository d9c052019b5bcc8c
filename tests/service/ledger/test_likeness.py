"""Titles that say nearly the same meet under one key."""

import pytest

from service.ledger.likeness import alike, bands


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("高仿香奈儿链条小包 芯片版过验", "高仿香奈儿链条小包 芯片版过验", True),
        ("高仿香奈儿链条小包 芯片版过验", "高仿香奈儿 链条小包芯片版 过验！", True),
        ("高仿香奈儿链条小包 芯片版过验 红色", "高仿香奈儿链条小包 芯片版过验 黑色", True),
        ("高仿香奈儿链条小包 芯片版过验", "高仿劳力士机械手表 一比一过验", False),
        ("高仿包", "高仿包", True),
        ("高仿包", "高仿表", False),
        ("", "", False),
    ],
)
def test_titles_that_say_nearly_the_same(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    shared = set(bands(one)) & set(bands(other))
    assert shared or not same
    assert all(-(2**63) <= key < 2**63 for key in bands(one))
