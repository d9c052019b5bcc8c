"""Heads and the reasons that answer them."""

from pathlib import Path

import pytest

from models.heads import HEAD_OF_REASON, HEADS, load_heads


def test_the_heads_are_the_two_of_the_design() -> None:
    assert list(HEADS) == ["counterfeit", "fraud_order"]


@pytest.mark.parametrize(
    ("reason", "head"),
    [
        ("replica", "counterfeit"),
        ("假货", "counterfeit"),
        ("brushing", "fraud_order"),
        ("刷单", "fraud_order"),
        ("迟发货", None),
    ],
)
def test_a_reason_belongs_to_one_head(reason: str, head: str | None) -> None:
    assert HEAD_OF_REASON.get(reason) == head


def test_a_reason_under_two_heads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "heads.toml"
    path.write_text('[a]\nzh = "甲"\nen = "a"\nreasons = ["x"]\n[b]\nzh = "乙"\nen = "b"\nreasons = ["x"]\n', "utf-8")
    with pytest.raises(ValueError, match="two heads"):
        load_heads(path)
