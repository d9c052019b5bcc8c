"""What structure can prove about a number: that it is false."""

import pytest

from features.extractors.checks import CHECKS


@pytest.mark.parametrize(
    ("check", "digits", "possible"),
    [
        ("none", "anything", True),
        ("always_malformed", "20200001", False),
        ("drug_origin", "10970072", True),  # ministry
        ("drug_origin", "19990001", True),  # national agency, 1999
        ("drug_origin", "20200001", True),
        ("drug_origin", "44021234", True),  # Guangdong
        ("drug_origin", "H44021234", True),
        ("drug_origin", "HJ20160001", True),
        ("drug_origin", "99021234", False),
        ("drug_origin", "00021234", False),
        ("drug_origin", "47021234", False),  # between Hainan and Chongqing there is nothing
        ("device_year", "20202140417", True),
        ("device_year", "18202140417", False),
        ("cosmetic_year", "G20191578", True),
        ("cosmetic_year", "2023468030", True),
        ("cosmetic_year", "1202468030", False),
        ("cosmetic_year", "", False),
        ("mod_11_10", "11464010500015", True),
        ("mod_11_10", "11464010500016", False),
        ("ean", "86902551000259", True),
        ("ean", "86902551000295", False),
        ("uscc", "91110000600037341L", True),
        ("uscc", "91110000600037341M", False),
        ("uscc", "0" * 18, False),  # the check character would hold
    ],
)
def test_check(check: str, digits: str, possible: bool) -> None:
    assert CHECKS[check](digits) is possible
