"""Findings carry the rule, the text, the law of the day and who owns it."""

from datetime import date

import pytest

from features.evidence import Evidence, LicenceNumber, Severity, Structure
from features.knowledge import Knowledge
from features.knowledge.schema import (
    Authority,
    Citation,
    Example,
    LawVersion,
    LicenceExample,
    LicenceFormat,
    Malformed,
    Message,
    Rule,
)
from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.tokens import Tokens
from models.citing import Citing
from models.findings import FindingWriter, unexplained
from models.screening import HeadOut

EARLY, LATE = date(2025, 10, 14), date(2025, 10, 15)


def version(number: str, article: str, start: date, until: date | None) -> LawVersion:
    return LawVersion(
        law="unfair-competition",
        name="反不正当竞争法",
        version=number,
        article=article,
        in_force=start,
        until=until,
        title_zh="虚假宣传",
        title_en="False publicity",
        source="test",
        confidence="confirmed",
    )


def rule(code: str, severity: Severity, malformed: Malformed | None = None) -> Rule:
    return Rule(
        code=code,
        head="counterfeit",
        severity=severity,
        message=Message(zh="出现“{text}” {0}", en="Says “{text}” {0}"),  # braces of a seller's text are only text
        law=("false-publicity",),
        authority=("samr",),
        plan="一(一)",
        source="test",
        as_of=EARLY,
        confidence="check",
        malformed=malformed,
        examples=(Example(fires=True, title="x"),),
    )


KNOWLEDGE = Knowledge(
    rules={
        "replica.grade": rule("replica.grade", Severity.MEDIUM),
        "drug.malformed": rule("drug.malformed", Severity.HIGH, Malformed(licences=("drug_approval",))),
        "absent": rule("absent", Severity.LOW),
    },
    categories={},
    licences={
        "drug_approval": LicenceFormat(
            id="drug_approval",
            zh="药品批准文号",
            en="drug approval number",
            pattern="x",
            check="none",
            legal_effect=Message(zh="批准", en="approval"),
            authority=("samr",),
            source="test",
            as_of=EARLY,
            confidence="confirmed",
            examples=(LicenceExample(text="x", structure=None),) * 2,
        )
    },
    citations={
        "false-publicity": Citation(
            id="false-publicity",
            version=(version("2019", "8", date(2019, 4, 23), LATE), version("2025", "9", LATE, None)),
        )
    },
    authorities={"samr": Authority(id="samr", zh="市场监管总局", en="SAMR")},
    brands={},
    digests={},
)

TITLE = "纯原女包 过毒 国药准字Q1"
READING = Reading(
    listing=Listing("1", TITLE),
    title=Folded(TITLE, TITLE),
    tokens=Tokens(),
    category=CategoryGuess("other", "inferred", 0.0),
    evidence=(
        Evidence("replica.grade", "title", 0, 2, "纯原", "纯原"),
        Evidence("replica.grade", "title", 5, 7, "过毒", "过毒", ("variant",)),
        Evidence("drug.malformed", "title", 8, 14, "国药准字Q1", "国药准字q1"),
        Evidence("absent", "title", 0, 0, "", ""),
    ),
    licences=(LicenceNumber("drug_approval", "国药准字Q1", Structure.MALFORMED, "title", 8, 14, "国药准字Q1"),),
    brands=(),
    strengths={},
)


@pytest.mark.parametrize(("day", "article"), [(EARLY, "8"), (LATE, "9")])
def test_a_rule_makes_one_finding_under_the_law_of_the_day(day: date, article: str) -> None:
    findings = FindingWriter(KNOWLEDGE).of_rules(READING, day)
    assert [(f.code, f.severity, f.source) for f in findings] == [
        ("drug.malformed", "high", "licence"),
        ("replica.grade", "medium", "rule"),
        ("absent", "low", "rule"),
    ]
    replica = findings[1]
    assert replica.message.zh == "出现“纯原、过毒” {0}"
    assert [(e.start, e.end, e.transforms) for e in replica.evidence] == [(0, 2, ()), (5, 7, ("variant",))]
    assert [(law.article, law.title.en) for law in replica.law] == [(article, "False publicity")]
    assert [a.name.en for a in replica.authority] == ["SAMR"]
    assert (replica.work_plan, replica.confidence) == ("一(一)", "check")
    assert findings[2].message.en == "Says “” {0}"


def test_before_the_first_version_nothing_is_cited() -> None:
    assert Citing(KNOWLEDGE).law(("false-publicity",), date(2000, 1, 1)) == ()


def test_a_licence_is_not_checked_until_there_is_a_register() -> None:
    (licence,) = FindingWriter(KNOWLEDGE).licences(READING.licences)
    assert (licence.name.en, licence.structure, licence.register) == (
        "drug approval number",
        "malformed",
        "not_checked",
    )
    assert TITLE[licence.start : licence.end] == licence.text


def test_a_flagged_head_is_explained_by_its_own_rules_only() -> None:
    findings = FindingWriter(KNOWLEDGE).of_rules(READING, LATE)
    heads = {name: HeadOut(0.9, 90, "high") for name in ("counterfeit", "fraud_order")}
    assert unexplained(heads, findings) == ["fraud_order"]
    assert unexplained(heads, []) == ["counterfeit", "fraud_order"]
    assert unexplained({"counterfeit": HeadOut(0.1, 10, "low")}, []) == []
