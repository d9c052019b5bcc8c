"""Lists decide as people said: deny never lowers, allow hides no hard rule, and both show their reason."""

from dataclasses import replace
from datetime import date

import pytest

from features.knowledge import load
from features.listing import Listing, Seller
from features.normalize import Folded, Folder
from models.lists import NO_LISTS, Effect, ListEntry, ListKind, Lists, judge
from models.screening import Action, Assessment, CategoryOut, HeadOut, Level, Screening, Versions

TODAY = date(2026, 3, 2)
FOLDER = Folder.load(load())


def entry(kind: ListKind, effect: Effect, value: str, expires_on: date | None = None) -> ListEntry:
    return ListEntry(f"{kind}-{effect}", kind, effect, value, "上月已核查", expires_on)


def listing(title: str = "帆布包", brand: str | None = None) -> Listing:
    return Listing("7", title, brand=brand, seller=Seller(seller_id="s-1"))


def screening(score: int | None = 10, level: Level | None = "low", action: Action = "pass", *told: str) -> Screening:
    assessment: Assessment = "not_assessed" if score is None else "assessed"
    heads = {} if score is None else {"counterfeit": HeadOut(0.1, score, level or "low")}
    return Screening(
        "0" * 32, "7", assessment, CategoryOut("other", "inferred", 0.5), score, level, action, told, heads, (), (),
        "2026-03-02", Versions("b", "k", "c"), (),
    )  # fmt: skip


def fold(text: str) -> Folded:
    return FOLDER.fold(text)


def codes(lists: list[ListEntry], one: Listing, today: date = TODAY) -> list[str]:
    return [hit.entry.entry_id for hit in Lists.of(lists, fold).hits(one, fold, today)]


@pytest.mark.parametrize(
    ("told", "one", "hit"),
    [
        (entry("seller", "deny", "s-1"), listing(), True),
        (entry("seller", "deny", "s-11"), listing(), False),
        (entry("seller", "deny", "7"), listing(), False),  # that is the listing's id
        (entry("listing", "allow", "7"), listing(), True),
        (entry("listing", "allow", "s-1"), listing(), False),
        (entry("term", "deny", "高仿"), listing("高仿包包"), True),
        (entry("term", "deny", "高仿"), listing("高.仿包包"), True),  # evasion is undone on both sides
        (entry("term", "deny", "ＶＩＰ货"), listing("vip货 到店"), True),
        (entry("term", "deny", "高仿"), listing("高档仿真花"), False),
        (entry("brand", "deny", "Rolex"), listing("ROLEX 手表"), True),
        (entry("brand", "deny", "Rolex"), listing("手表", brand="rolex"), True),
        (entry("brand", "deny", "LV"), listing("LVMH 集团周边"), False),  # only a part of a word
        (entry("brand", "deny", "LV"), listing("新款LV包"), True),
        (entry("brand", "deny", "LV"), listing("SLV 与 LV 同台"), True),
        (entry("term", "deny", "520"), listing("货号15203"), False),
        (entry("seller", "deny", "s-1", date(2026, 3, 3)), listing(), True),
        (entry("seller", "deny", "s-1", date(2026, 3, 2)), listing(), False),  # it held until yesterday
    ],
)
def test_what_an_entry_is_about(told: ListEntry, one: Listing, hit: bool) -> None:
    assert bool(codes([told], one)) is hit


def test_a_listing_without_a_seller_is_nobodys() -> None:
    assert codes([entry("seller", "deny", "None")], Listing("7", "包")) == []


def test_evidence_points_into_the_title_as_written() -> None:
    one = listing("全新高.仿包包")
    (hit,) = Lists.of([entry("term", "deny", "高仿")], fold).hits(one, fold, TODAY)
    assert one.title[hit.evidence.start : hit.evidence.end] == hit.evidence.text == "高.仿"


@pytest.mark.parametrize(
    ("kinds", "before", "hard", "decided"),
    [
        ([("seller", "deny")], screening(), False, (85, "high", "reject")),
        ([("listing", "deny")], screening(), False, (85, "high", "reject")),
        ([("brand", "deny")], screening(), False, (85, "high", "review")),
        ([("term", "deny")], screening(), False, (85, "high", "review")),
        ([("term", "deny")], screening(97, "high", "reject"), True, (97, "high", "reject")),  # deny never lowers
        ([("seller", "allow")], screening(97, "high", "review"), False, (97, "high", "pass")),
        ([("listing", "allow")], screening(61, "medium", "review"), False, (61, "medium", "pass")),
        ([("seller", "allow")], screening(90, "high", "reject"), True, (90, "high", "reject")),  # a hard rule stands
        ([("seller", "allow")], screening(90, "high", "review"), True, (90, "high", "review")),
        ([("seller", "allow"), ("term", "deny")], screening(), False, (85, "high", "review")),  # deny goes first
        ([("seller", "allow"), ("listing", "deny")], screening(), False, (85, "high", "reject")),
        ([("seller", "allow")], screening(None, None, "review"), False, (None, None, "review")),  # nobody assessed it
        ([("seller", "deny")], screening(None, None, "review"), False, (None, None, "reject")),
    ],
)
def test_what_entries_decide(
    kinds: list[tuple[ListKind, Effect]], before: Screening, hard: bool, decided: tuple[int | None, str | None, str]
) -> None:
    values = {"seller": "s-1", "listing": "7", "brand": "帆布", "term": "帆布"}
    lists = Lists.of([entry(kind, effect, values[kind]) for kind, effect in kinds], fold)
    after = judge(before, lists.hits(listing(), fold, TODAY), hard=hard, explain="full")
    assert (after.risk_score, after.level, after.action) == decided
    assert set(after.reasons) >= {f"list:{effect}:{kind}" for kind, effect in kinds}
    assert {finding.code for finding in after.findings} == {f"list.{effect}.{kind}" for kind, effect in kinds}
    assert all("上月已核查" in finding.message.zh and finding.source == "list" for finding in after.findings)
    assert after.heads == before.heads
    assert after.evaluation_id != before.evaluation_id


def test_without_a_hit_nothing_changes() -> None:
    before = screening()
    assert judge(before, NO_LISTS.hits(listing(), fold, TODAY), hard=False, explain="full") is before


def test_explain_none_tells_no_findings_and_decides_alike() -> None:
    hits = Lists.of([entry("seller", "deny", "s-1")], fold).hits(listing(), fold, TODAY)
    told = judge(screening(), hits, hard=False, explain="findings")
    assert judge(screening(), hits, hard=False, explain="none") == replace(told, findings=())
