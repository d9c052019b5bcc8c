"""What a register says about a listing, and what follows."""

from datetime import date
from hashlib import sha256

import pytest

from features.listing import Listing
from models import Screener, Screening
from models.registers import Entry, Register, Registers, Snapshot, written
from models.registers.checking import lapsed

TODAY = date(2026, 11, 20)
SERUM = "国药准字S20063025"
GRAPE = "国食健注G20070158"
ENTRIES = {
    "drug_approval": [
        Entry(SERUM, "抗狂犬病血清", holder="某某生物制品所"),
        Entry("国药准字Z44021940", "感冒灵颗粒", status="已注销"),
        Entry("国药准字H44021999", "对乙酰氨基酚片", valid_until="2025-01-01"),
    ],
    "health_food_registration": [Entry(GRAPE, "同仁堂牌葡萄籽提取物软胶囊")],
    "drug_imported": [Entry("H20171268", "琥珀酸普芦卡必利片", "力洛")],
}


def registers(*, complete: bool = False) -> Registers:
    found = {}
    for kind, entries in ENTRIES.items():
        blob = written(entries)
        snapshot = Snapshot(kind, date(2026, 11, 1), sha256(blob).hexdigest(), complete)
        found[kind] = Register.of(blob, snapshot)
    return Registers(found)


@pytest.fixture(scope="module")
def asking(screener: Screener) -> Screener:
    return screener.asking(registers())


def screened(screener: Screener, title: str, **told: dict[str, str]) -> Screening:
    return screener.screen([Listing("1", title, **told)], explain="findings", today=TODAY)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "register", "code"),
    [
        (f"抗狂犬病血清 {SERUM}", "match", None),
        (f"祖传风湿止痛胶囊 {SERUM}", "mismatch", "drug_approval.register.mismatch"),
        (f"祖传风湿止痛胶囊 {SERUM.replace('0', '０')}", "mismatch", "drug_approval.register.mismatch"),
        (f"燃脂减肥茶 {GRAPE}", "mismatch", "health_food_registration.register.mismatch"),
        (f"葡萄籽胶囊 {GRAPE}", "match", None),
        ("感冒灵颗粒 国药准字Z44021940", "match", "drug_approval.register.lapsed"),
        ("对乙酰氨基酚片 国药准字H44021999", "match", "drug_approval.register.lapsed"),
        ("力洛 进口 注册证号H20171268", "match", None),
        ("减肥药 进口药品注册证号:H20171268", "mismatch", "drug_imported.register.mismatch"),
        ("感冒灵 国药准字Z44021941", "not_found", None),  # the register does not claim to be complete
        ("抑菌喷剂 鲁卫消证字(2020)第1350号", "not_checked", None),  # no register of its kind
    ],
)
def test_a_number_is_looked_up(asking: Screener, title: str, register: str, code: str | None) -> None:
    answer = screened(asking, title)
    (licence,) = answer.licences
    assert licence.register == register
    assert licence.snapshot == (None if register == "not_checked" else "2026-11-01")
    assert [one.code for one in answer.findings if ".register." in one.code] == ([code] if code else [])
    if code:
        assert f"rule:{code}" in answer.reasons
        assert answer.action == "review"
        assert answer.level in {"medium", "high"}
        assert answer.risk_score
        assert answer.risk_score >= 60
        finding = next(one for one in answer.findings if one.code == code)
        assert (finding.severity, finding.source, bool(finding.law), bool(finding.authority)) == (
            "high", "licence", True, True,
        )  # fmt: skip
        assert "{" not in finding.message.zh + finding.message.en


def test_what_a_complete_register_lacks_is_a_finding(screener: Screener) -> None:
    asking = screener.asking(registers(complete=True))
    assert "drug_approval.register.not_found" in {
        one.code for one in screened(asking, "感冒灵 国药准字Z44021941").findings
    }
    malformed = screened(asking, "感冒灵 国药准字Z99021941")  # its own finding says more
    assert not [one for one in malformed.findings if ".register." in one.code]


def test_the_message_names_whose_number_it_is(asking: Screener) -> None:
    finding = screened(asking, f"祖传风湿止痛胶囊 {SERUM}", attributes={"批准文号": SERUM}).findings[0]
    assert "抗狂犬病血清" in finding.message.zh
    assert "某某生物制品所" in finding.message.zh
    assert [(one.field, one.text) for one in finding.evidence] == [
        ("title", SERUM), ("attributes.批准文号", SERUM),
    ]  # fmt: skip


def test_another_snapshot_is_another_answer(screener: Screener, asking: Screener) -> None:
    title = f"抗狂犬病血清 {SERUM}"
    plain, asked, complete = (
        screened(one, title) for one in (screener, asking, screener.asking(registers(complete=True)))
    )
    assert plain.versions.registers == {}
    assert plain.licences[0].register == "not_checked"
    assert set(asked.versions.registers) == set(ENTRIES)
    assert asked.versions.registers["drug_approval"].startswith("2026-11-01 ")
    assert len({plain.evaluation_id, asked.evaluation_id}) == 2
    assert complete.evaluation_id != asked.evaluation_id  # the same bytes, claiming more


def test_without_findings_the_answer_is_not_explained(asking: Screener) -> None:
    listing = Listing("1", f"祖传风湿止痛胶囊 {SERUM}")
    answer = asking.screen([listing], explain="none", today=TODAY)[0]
    assert (answer.findings, answer.action) == ((), "review")


@pytest.mark.parametrize(
    ("status", "until", "ended"),
    [
        ("有效", "", False),
        ("", "", False),
        ("未注销", "", False),
        ("未过期", "2026-11-20", False),
        ("Not expired", "", False),
        ("注销", "", True),
        ("已撤销", "", True),
        ("Expired", "", True),
        ("正常", "2026-11-19", True),
    ],
)
def test_what_counts_as_lapsed(status: str, until: str, ended: bool) -> None:
    assert (lapsed(Entry("1", "x", status=status, valid_until=until), TODAY) is not None) == ended
