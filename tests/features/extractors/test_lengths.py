"""Thickness as sellers write it, in millimetres."""

import pytest

from features.extractors.lengths import first_length, stated_thickness


@pytest.mark.parametrize(
    ("text", "name", "mm"),
    [
        ("0.02mm", "厚度", 0.02),
        ("0.02 毫米以下", "厚度", 0.02),
        (".03mm", "厚度", 0.03),
        ("2丝", "厚度", 0.02),
        ("单面2.5c(1c=0.01mm)", "厚度", 0.025),
        ("c=0.01mm", "厚度", 0.01),
        ("双面4丝", "厚度", 0.02),
        ("25μm", "厚度", 0.025),
        ("20微米", "厚度", 0.02),
        ("0.1cm", "厚度", 1.0),
        ("3", "厚度(丝)", 0.03),
        ("0.05", "厚度 mm", 0.05),
        ("0.02", "厚度", 0.02),
        ("2", "厚度", None),  # of what?
        ("加厚", "厚度", None),
        ("", "厚度", None),
    ],
)
def test_first_length(text: str, name: str, mm: float | None) -> None:
    found = first_length(text, name)
    assert (found.mm if found else None) == (None if mm is None else pytest.approx(mm))


@pytest.mark.parametrize(
    ("title", "mm"),
    [
        ("超薄塑料袋 厚度0.01mm 100只", 0.01),
        ("一次性背心袋2丝手提袋", 0.02),
        ("背心袋 双面5丝", 0.025),
        ("背心袋30cm*50cm厚0.015毫米", 0.015),
        ("背心袋30cm*50cm 加厚", None),
        ("背心袋30cm 0.02mm厚", 0.02),
        ("蚕丝被2斤 丝滑", None),
        ("连衣裙 100丝绒", None),
        ("", None),
    ],
)
def test_stated_thickness(title: str, mm: float | None) -> None:
    found = stated_thickness(title)
    assert (found.mm if found else None) == (None if mm is None else pytest.approx(mm))


def test_hostile_numbers_take_linear_time() -> None:
    assert stated_thickness("厚" * 20_000) is None
    assert stated_thickness("1" * 20_000) is None
    assert stated_thickness("双面" * 10_000) is None
    first_length("1." * 10_000)
