"""From facts to leads."""

from datetime import date

import pytest

from features.knowledge import Knowledge
from service.leads import LeadFact, Leads, Pile, Weighing, leads_of
from service.leads.fact import Fault, Paper
from service.leads.harm import CERTAIN, likely
from service.leads.place import NOWHERE, local, place_of
from service.leads.transfer import hints
from tests.service.leads.conftest import USCC, Make, replica

TODAY = date(2026, 11, 20)


def found(pile: Pile, known: Knowledge, *facts: LeadFact) -> Leads:
    for fact in facts:
        pile.add(fact)
    return leads_of(pile, known, TODAY)


def test_leads_are_ranked_by_harm_and_name_what_an_officer_needs(pile: Pile, known: Knowledge, make: Make) -> None:
    small = make(seller_id="a", price_cny=10.0, sales=10.0)
    large = [make(seller_id="b", listing_id=str(i), price_cny=300.0, sales=200.0, uscc=USCC) for i in range(2)]
    told = found(pile, known, small, *large)
    first, second = told.leads
    assert [lead.shops[0].seller_id for lead in told.leads] == ["b", "a"]
    assert (first.listings, first.exposure, first.exposure_unknown, first.at_least) == (2, 120_000.0, 0, False)
    assert first.harm == pytest.approx(2 * 0.9 * 2 * 60_000)  # p × weight of priority 2 × exposure
    assert (first.owner.id, first.owner.local, first.province) == ("samr", "浙江省市场监督管理部门", "浙江省")
    assert [one.id for one in first.others] == ["cnipa"]
    assert (first.plan, first.problems[0].listings, first.law[0].listings) == (("一(一)",), 2, 2)
    assert "商标法》(2019-04-23第四次修正)第57条第3项" in first.law[0].text
    assert [hint.id for hint in first.hints] == ["214"]
    assert second.hints == ()
    assert first.lead_id != second.lead_id


def test_the_article_is_that_of_the_listing_s_day(pile: Pile, known: Knowledge, make: Make) -> None:
    told = found(pile, known, make(law_as_of="2026-12-31"), make(listing_id="2", law_as_of="2027-01-01"))
    assert {"第57条第3项", "第72条第3项"} == {law.text.split(")")[-1] for law in told.leads[0].law}


@pytest.mark.parametrize(
    ("told", "exposure", "harm"),
    [
        ({"price_cny": 50.0, "sales": 0.0}, 0.0, 0.0),
        ({"price_cny": 50.0}, None, 0.9 * 2 * 50),  # unknown sales count as one order, a lower bound
        ({}, None, None),
    ],
)
def test_unknown_is_said_and_is_not_zero(
    pile: Pile, known: Knowledge, told: dict[str, float], exposure: float | None, harm: float | None
) -> None:
    lead = found(pile, known, replica(**told)).leads[0]
    assert lead.exposure == exposure
    assert lead.at_least == (exposure is None)
    assert lead.harm == pytest.approx(harm) if harm is not None else lead.harm > 0
    assert any("未知（不是0）" in one for one in lead.to_verify) == (exposure is None)


def test_what_is_seen_is_more_likely_than_what_is_guessed(make: Make) -> None:
    assert likely(make(p=0.01)) == CERTAIN
    assert likely(make(p=0.01, faults=())) == 0.01


def test_the_same_whatever_the_order_and_whoever_counted(known: Knowledge, make: Make) -> None:
    facts = [make(seller_id=str(i % 3), listing_id=str(i), price_cny=1.0 + i, sales=2.0) for i in range(9)]
    weighing = Weighing.of_knowledge(known)
    whole, left, right = Pile(weighing), Pile(weighing), Pile(weighing)
    for fact in facts:
        whole.add(fact)
    for fact in facts[5:]:
        left.add(fact)
    for fact in facts[:5]:
        right.add(fact)
    left.add_lines(right.lines())
    assert leads_of(left, known, TODAY) == leads_of(whole, known, TODAY)
    for one in (whole, left, right):
        one.close()


def test_a_group_says_what_links_it_and_what_to_check(pile: Pile, known: Knowledge, make: Make) -> None:
    told = found(pile, known, *(make(seller_id=str(i), contacts=("abc12345",), region="广东广州") for i in range(3)))
    (lead,) = told.leads
    assert told.linked == 1
    assert next((tie.zh, tie.value, len(tie.sellers)) for tie in lead.ties) == ("站外联系方式相同", "abc12345", 3)
    checks = "\n".join(lead.to_verify)
    assert "所在地仅据页面自述" in checks
    assert "实际控制人" in checks
    assert "授权书" in checks


def test_a_number_that_is_another_s_is_on_the_checklist(pile: Pile, known: Knowledge, make: Make) -> None:
    paper = Paper("drug_approval", "国药准字", "国药准字Z44021940", "well_formed", "mismatch", "2026-11-01")
    (lead,) = found(pile, known, make(papers=(paper,))).leads
    assert lead.papers == (paper,)
    assert any("与登记产品不符" in one for one in lead.to_verify)


@pytest.mark.parametrize(
    ("facts", "told", "not_told"),
    [
        ([{}], "授权书", "抽样检验"),
        ([{"faults": ()}], "抽样检验", "授权书"),
        ([{}, {"faults": (), "listing_id": "2"}], "抽样检验", "该商品"),  # brand goods and others
        ([{"faults": (), "head": "fraud_order"}], "物流", "抽样检验"),  # trades, whatever the goods
    ],
)
def test_what_is_to_be_verified_fits_what_was_found(
    pile: Pile, known: Knowledge, facts: list[dict[str, object]], told: str, not_told: str
) -> None:
    checks = "\n".join(found(pile, known, *(replica(**one) for one in facts)).leads[0].to_verify)
    assert told in checks
    assert not_told not in checks


@pytest.mark.parametrize(
    ("code", "region", "province", "by", "stated"),
    [
        (USCC, None, "浙江省", "uscc", None),
        (USCC, "浙江 杭州", "浙江省", "uscc", None),
        (USCC, "广东省深圳市", "浙江省", "uscc", "广东省"),
        (USCC[:-1] + "A", "深圳", "广东省", "stated", None),  # a code whose check digit is wrong says nothing
        (None, "新疆乌鲁木齐", "新疆维吾尔自治区", "stated", None),
        (None, "吉林长春", "吉林省", "stated", None),
        (None, "海外", NOWHERE, "", None),
        (None, None, NOWHERE, "", None),
    ],
)
def test_where_a_seller_is(code: str | None, region: str | None, province: str, by: str, stated: str | None) -> None:
    place = place_of(code, region)
    assert (place.province, place.by, place.stated) == (province, by, stated)


def test_who_is_written_to() -> None:
    assert local("nmpa", "广东省") == "广东省药品监督管理部门"
    assert local("samr", NOWHERE) == "卖家所在地市场监督管理部门"


def drug(severity: str = "high", law: str = "drug.fake") -> tuple[Fault, ...]:
    return (Fault("drug.x", severity, "", "rule", (), (law,), ("nmpa",), None, "confirmed"),)


@pytest.mark.parametrize(
    ("facts", "ids"),
    [
        ([{"price_cny": 100.0, "sales": 500.0}], ["214"]),
        ([{"price_cny": 100.0, "sales": 499.0}], []),
        ([{"price_cny": 100.0, "sales": 250.0}, {"price_cny": 100.0, "sales": 250.0}], ["214"]),
        ([{"price_cny": 100.0}], []),  # unknown sales pass no threshold
        ([{"faults": drug()}], ["141"]),  # fake drugs have none
        ([{"faults": drug("medium"), "price_cny": 1e6, "sales": 1e6}], []),
        ([{"faults": drug(), "level": "low"}], []),  # honest sellers mostly say so too
        ([{"faults": drug(law="food.illegal_additive")}], ["144"]),
        ([{"faults": drug(law="food.disease_claim"), "price_cny": 1e6, "sales": 1e6}], []),  # a claim is no shoddy food
    ],
)
def test_hints_to_the_police(facts: list[dict[str, object]], ids: list[str]) -> None:
    told = hints([replica(**one) for one in facts], TODAY)
    assert [one.id for one in told] == ids
    assert all("不认定犯罪" in one.text for one in told)


def test_a_threshold_is_cited_from_the_day_it_holds() -> None:
    assert not hints([replica(price_cny=100.0, sales=500.0)], date(2025, 4, 25))
