"""Licence numbers: found however they are typed, and never called false without proof."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import ean
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from features.evidence import LicenceNumber, Structure
from features.extractors.checks import CHECKS
from features.extractors.licences import LicenceExtractor
from features.knowledge import Knowledge
from features.normalize import Folder

GOOD, BAD = Structure.WELL_FORMED, Structure.MALFORMED
FORMATS: tuple[dict[str, Any], ...] = (
    {
        "id": "drug",
        "pattern": r"国药准字[hzsbtf][jc]?(?P<digits>\d{8})(?!\d)",
        "loose": r"国药准字[a-z]{0,2}\d{3,14}(?!\d)",
        "check": "drug_origin",
    },
    {"id": "sc", "pattern": r"(?<![a-z])sc(?P<digits>\d{14})(?!\d)", "check": "mod_11_10"},
    {"id": "drug_code", "zh": "本位码（药品编码）", "pattern": r"(?<!\d)(?P<digits>869\d{11})(?!\d)", "check": "ean"},
    {
        "id": "uscc",
        "zh": "统一社会信用代码",
        "pattern": r"(?<![0-9a-z])(?P<digits>\d{8}[0-9a-hj-npqrtuwxy]{10})(?![0-9a-z])",
        "check": "uscc",
    },
    {"id": "device", "pattern": r"[国粤沪]械注[准进许](?P<digits>\d{4}[23]\d{6})(?!\d)", "check": "device_year"},
    {"id": "disinfectant", "pattern": r"[一-龥]卫消证字[(\[]?(?P<digits>\d{4})[)\]]?第\d{4}号", "check": "none"},
    {"id": "disinfectant_product", "pattern": r"卫消准字[(\[]?(?P<digits>\d{4})", "check": "always_malformed"},
    {"id": "pesticide", "pattern": r"(?<![a-z])pd(?P<digits>\d{2,3}-\d{2,3})(?!\d)", "check": "none"},
)


Find = Callable[[str], list[LicenceNumber]]


def with_check_digits() -> tuple[str, str, str]:
    """Numbers of real structure that nobody holds, with valid check digits."""
    food, drug, firm = "1109999990001", "8699999900001", "91990000MA00TEXT0"
    return (
        food + mod_11_10.calc_check_digit(food),
        drug + ean.calc_check_digit(drug),
        firm + uscc.calc_check_digit(firm),
    )


FOOD, DRUG_CODE, FIRM = with_check_digits()


@pytest.fixture(scope="module")
def find(make_knowledge: Callable[..., Knowledge], folder: Folder) -> Find:
    extractor = LicenceExtractor(make_knowledge(licences=FORMATS))
    return lambda text: extractor.find({"title": folder.fold(text)})


@pytest.mark.parametrize(
    ("title", "kind", "number"),
    [
        ("感冒灵 国药准字Z44029999 正品", "drug", "国药准字Z44029999"),
        ("国药准字Ｚ４４０２９９９９", "drug", "国药准字Z44029999"),
        ("国药准字 H2005 1234 500mg", "drug", "国药准字H20051234"),
        ("国药准字H20051234 12片装", "drug", "国药准字H20051234"),
        ("国 药 准 字 H 2 0 0 5 1 2 3 4", "drug", "国药准字H20051234"),
        ("国药准字H2OO5l234", "drug", "国药准字H20051234"),
        ("国药准字H2005-1234", "drug", "国药准字H20051234"),
        ("国药准字HJ20160001", "drug", "国药准字HJ20160001"),
        (f"生产许可SC{FOOD}", "sc", f"SC{FOOD}"),
        (f"SC {FOOD[:3]} {FOOD[3:7]} {FOOD[7:]} 500g", "sc", f"SC{FOOD}"),
        (f"本位码{DRUG_CODE}", "drug_code", DRUG_CODE),
        (f"本位码869 {DRUG_CODE[3:]}", "drug_code", DRUG_CODE),
        (f"信用代码{FIRM}", "uscc", FIRM),
        ("粤械注准20202149999", "device", "粤械注准20202149999"),
        ("鲁卫消证字(2020)第9999号", "disinfectant", "鲁卫消证字2020第9999号"),
        ("鲁卫消证字［２０２０］第９９９O号 2瓶", "disinfectant", "鲁卫消证字2020第9990号"),
        ("登记证PD86-101 除草剂", "pesticide", "PD86-101"),
        ("国药准字Ζ44029999", "drug", "国药准字Z44029999"),  # Greek
        ("国药准字Н2ОО51234", "drug", "国药准字H20051234"),  # Cyrillic letter and digits
        ("国药准字S2OOO3OO5", "drug", "国药准字S20003005"),
        ("国药准字H2/0/0/5/1/2/3/4 2盒", "drug", "国药准字H20051234"),
        ("国药准字H2，0，0，5，1，2，3，4", "drug", "国药准字H20051234"),
        ("国药准字H②⓪⓪⑤①②③④", "drug", "国药准字H20051234"),
        ("国药准字H2\u200b0\u200b0\u200b5\u200b1\u200b2\u200b3\u200b4", "drug", "国药准字H20051234"),
        (f"ЅС{FOOD}", "sc", f"SC{FOOD}"),
        (f"SC{'/'.join(FOOD)}", "sc", f"SC{FOOD}"),
        (f"信用代码{FIRM.replace('0', 'O', 2)}", "uscc", FIRM),  # O is no letter of these codes
    ],
)
def test_well_formed(find: Find, title: str, kind: str, number: str) -> None:
    (one,) = find(title)
    assert (one.kind, one.number, one.structure) == (kind, number, GOOD)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("国药准字H99051234", "drug"),  # no such origin
        ("国药准字H200512345", "drug"),  # nine digits
        ("国药准字H2005123", "drug"),  # seven
        ("国药准字2005", "drug"),
        ("粤械注准18002149999", "device"),  # no devices were registered in 1800
        ("卫消准字(2020)第9999号", "disinfectant_product"),  # no such approval exists
        (f"SC{FOOD[:-1]}{(int(FOOD[-1]) + 1) % 10}", "sc"),
        (f"SC {FOOD[:6]} {FOOD[6:-1]}{(int(FOOD[-1]) + 1) % 10}", "sc"),
        ("药品编码: 869 0255 1000258", "drug_code"),
        ("社会信用代码 91110000600037341M", "uscc"),
    ],
)
def test_malformed(find: Find, title: str, kind: str) -> None:
    (one,) = find(title)
    assert (one.kind, one.structure) == (kind, BAD)


@pytest.mark.parametrize(
    "title",
    [
        "国药准字号正品感冒灵",  # words, no number
        "儿童雾化器2023新款500ml",
        "手机壳 13800138000",
        f"条码1{DRUG_CODE}",  # inside a longer run
        f"条码{DRUG_CODE}7",
        "869 0255 1000251",  # a bare code that fails its check is some number unless the text says what it is
        f"鞋码{FIRM[:4]} {FIRM[4:8]} {FIRM[8:]}",
        "货号869999999000019",
        "型号2023010112345678AB",
        "身份证号110101199001011234",
        "oilscoil oil",  # letters that look like digits are not digits by themselves
        "SCoiloiloiloiloi",
        "disc11099999900013",
        "SC童装 90/100/110/120/130",  # sizes
        f"SC 90-100-110-120-13{(int(FOOD[-1]) + 1) % 10}",
        f"SKU{DRUG_CODE}",  # part of a name
        f"订单{DRUG_CODE}-7",  # part of a longer number
        f"订单7/{DRUG_CODE}",
        f"加QQ{'0' * 18}",
        "",
    ],
)
def test_nothing_to_see(find: Find, title: str) -> None:
    assert find(title) == []


def test_the_longest_reading_wins_and_several_are_found(find: Find) -> None:
    found = find(f"国药准字Z44029999 本位码{DRUG_CODE} SC{FOOD}")
    assert [one.kind for one in found] == ["drug", "drug_code", "sc"]
    (code,) = find(f"SC{DRUG_CODE}")  # also a drug code, but the food licence explains more of the text
    assert code.kind == "sc"


@pytest.mark.parametrize(
    ("label", "number", "alphabet", "fixed"),
    [
        ("SC", FOOD, "0123456789", 0),
        ("本位码", DRUG_CODE, "0123456789", 3),
        ("信用代码", FIRM, "0123456789", 0),
    ],
)
def test_every_single_digit_error_is_malformed(find: Find, label: str, number: str, alphabet: str, fixed: int) -> None:
    for at in range(fixed, len(number)):
        if not number[at].isdecimal():
            continue
        for digit in alphabet.replace(number[at], ""):
            (one,) = find(f"{label}{number[:at]}{digit}{number[at + 1 :]}")
            assert one.structure is BAD


@given(st.integers(0, 10**13 - 1), st.integers(0, 13), st.integers(1, 9))
def test_mod_11_10_catches_every_single_digit_error(body: int, at: int, shift: int) -> None:
    number = f"{body:013d}"
    number += mod_11_10.calc_check_digit(number)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert CHECKS["mod_11_10"](number)
    assert not CHECKS["mod_11_10"](wrong)


@given(
    text=st.text(st.sampled_from("国药准字械注HSCPD0123456789oil　 -.０１２🔥\u200b\u0301鲁卫消证第号()"), max_size=60)
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_span_points_into_the_field_as_written(find: Find, text: str) -> None:
    for one in find(text):
        assert one.text == text[one.start : one.end]
        assert one.text


@pytest.mark.parametrize(
    "text", ["国药准字h" + "1 " * 10_000, "0" * 20_000, "sc" * 10_000, "869" * 7_000, "\u200b" * 10_000]
)
def test_hostile_texts_are_read(find: Find, text: str) -> None:
    assert len(find(text)) <= 1


@pytest.mark.parametrize(
    ("title", "transforms"),
    [
        ("国药准字H20051234", ()),
        ("国药准字H2005 1234", ()),
        ("国药准字Ｈ２００５１２３４", ("fullwidth",)),
        ("国药准字Н20051234", ("lookalike_letter",)),
        ("国药准字H2OO5l234", ("lookalike_letter",)),
        ("国药准字H2-0-0-5-1-2-3-4", ("separator",)),
    ],
)
def test_transforms_are_reported(find: Find, title: str, transforms: tuple[str, ...]) -> None:
    (one,) = find(title)
    assert one.transforms == transforms
    assert one.text == title
