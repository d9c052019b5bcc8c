"""The report of a screening: counted alike in one piece or many, safe to open, true to its figures."""

import io
import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import orjson
import pytest

from features.knowledge import load
from features.tables import Entry, FileRejected
from models import Screener
from models.screening import Bilingual
from service import wire
from service.batch.channel import Line, Output
from service.batch.forms import outputs
from service.batch.outcome import Outcome
from service.batch.results import read_results
from service.leads import Lead, Leads
from service.leads.form import LeadsFile
from service.leads.lead import Owner, Shop, Tie
from service.leads.place import Place
from service.report.counts import Counts
from service.report.linked import linked
from service.report.page import Report, report
from service.report.pictures import network
from service.report.told import told
from service.rows import Refused

Screen = Callable[..., Outcome]
TODAY = date(2026, 3, 2)
EVIL = "高仿<script>alert(1)</script>包\u202e&amp;"
ROWS: list[dict[str, Any]] = [
    {"listing_id": "1", "title": EVIL, "platform": "淘<b>集", "observed_at": "2026-01-05",
     "price_cny": 2500, "trade": {"orders_total": 10},
     "seller": {"name": "小鹿<img>", "seller_id": "s1", "uscc": "91330106MA2XQ7K31Q", "region": "广东省深圳市"}},
    {"listing_id": "2", "title": "高仿Ｎ.Ｋ鞋", "platform": "拼好货", "observed_at": "2026-02-05",
     "seller": {"name": "小马", "seller_id": "s2", "uscc": "91330106MA2XQ7K31Q"}},
    {"listing_id": "3", "title": "帆布包"},
    {"listing_id": "4"},
]  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, ROWS * 300)))
    return path


class Tags(HTMLParser):
    """Collects tags and what they point to."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.figures: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember one."""
        told = dict(attrs)
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "action", "data"}]
        if tag == "data":
            self.figures[told["data-at"] or ""] = told["value"] or ""


def made(source: Path, tmp_path: Path, screen: Screen) -> bytes:
    out, page = tmp_path / "out.jsonl", tmp_path / "page.html"
    asked = (
        *outputs(out, None, sourced=True, listed=True),
        Output(Report(TODAY, (source.name,)), page),
        Output(LeadsFile(ending=".zip"), tmp_path / "leads.zip"),
    )
    screen(out, source, listed=True, outputs=asked, today=TODAY, force=True)
    return page.read_bytes()


def test_made_while_screening_or_from_results_it_is_the_same_page(source: Path, tmp_path: Path, screen: Screen) -> None:
    page = made(source, tmp_path, screen)
    assert page == report(read_results(tmp_path / "out.jsonl"), TODAY, (source.name,))


def test_nothing_a_listing_says_becomes_markup_and_nothing_comes_from_elsewhere(
    source: Path, tmp_path: Path, screen: Screen
) -> None:
    page = made(source, tmp_path, screen).decode()
    tags = Tags()
    tags.feed(page)
    assert not {"script", "img", "iframe", "link", "object", "b<"} & tags.tags
    assert not [link for link in tags.links if not link.startswith("#")]
    assert "url(http" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_report_leads_and_summary_tell_the_same_totals(source: Path, tmp_path: Path, screen: Screen) -> None:
    tags = Tags()
    tags.feed(made(source, tmp_path, screen).decode())
    told = {name: float(value) for name, value in tags.figures.items()}
    tally = orjson.loads((tmp_path / "out.jsonl.summary.json").read_bytes())["tally"]
    with ZipFile(tmp_path / "leads.zip") as parts:
        package = orjson.loads(parts.read("leads.json"))
        book = openpyxl.load_workbook(io.BytesIO(parts.read("leads.xlsx")))
    leads, account = package["leads"], package["account"]
    overview = dict(
        zip(*([cell.value for cell in row if cell.value is not None] for row in book["概览"]["A4:J5"]), strict=True)
    )
    assert (told["/rows"], told["/all/rows"], told["/rejected"]) == (1200, 900, 300)
    assert (tally["rows"], tally["rejected"], account["inputs"][0]["rejected"]) == (1200, 300, 300)
    assert told["/all/review"] == tally["actions"]["review"] == leads["facts"] == account["risky"] == 600
    assert told["/all/review"] == sum(told[f"/dimensions/platform/kinds/{at}/review"] for at in range(2))
    assert (told["/all/high"], told["/all/medium"], told["/all/share"]) == (tally["levels"]["high"], 0, 600 / 900)
    assert told["/sellers"] == leads["sellers"] == overview["涉及卖家"] == 2
    assert told["/groups"] == leads["groups"] == overview["线索"] == 1
    assert told["/linked"] == leads["linked"] == 1
    assert (
        told["/exposure"]
        == overview["已列线索的已知展示金额（元）"]
        == sum(one["exposure"] for one in leads["leads"])
        == 300 * 2.5e4
    )


def test_counts_of_parts_add_up(screener: Screener) -> None:
    listings = [wire.listing(dict(row)) for row in ROWS[:3]]
    answers = screener.screen(listings, explain="findings", today=TODAY)
    whole, parts = Counts(), Counts()
    for pair in zip(listings, answers, strict=True):
        whole.add(*pair)
        one = Counts()
        one.add(*pair)
        parts.merge(orjson.loads(one.to_json()))
    assert parts.to_json() == whole.to_json()
    assert (whole.dimensions["region"]["浙江省"].high, whole.dimensions["month"]["?"].rows) == (2, 1)  # by the code


def test_what_rises_and_where_is_told_by_month(screener: Screener) -> None:
    titles = {
        "": ["高仿包"],
        "2026-01": ["帆布包"] * 20,
        "2026-02": ["高仿包"] * 6 + ["帆布包"] * 14,
        "2026-03": ["高仿包"] * 8,
    }
    counts = Counts()
    for month, offered in titles.items():
        for title in offered:
            dated = {"observed_at": f"{month}-05"} if month else {}
            one = wire.listing({"listing_id": "1", "title": title, "platform": "甲", **dated})
            counts.add(one, screener.screen([one], explain="findings", today=TODAY)[0])
    data = told(counts, Leads((), 0, 0, 0, 0, {}, 0), load(), made_on="2026-03-02", sources=())
    (row,) = data["cells"]["platforms"]
    assert [(cell["review"], cell["rows"]) for cell in row["cells"]] == [(0, 20), (6, 20), (8, 8)]
    assert (row["review"], row["rows"]) == (14, 48)  # what is shown, so without the one nobody knows the month of
    (term,) = data["terms"]
    assert (term["term"], term["listings"], term["before"], term["share"]) == ("高仿", 14, 0.0, 0.5)
    assert data["findings"][0]["zh"].startswith("“高仿”")  # in the words it was found in
    assert data["dimensions"]["platform"]["rest"]["rows"] == 0
    assert told(Counts(), Leads((), 0, 0, 0, 0, {}, 0), load(), made_on="", sources=())["exposure"] is None


def test_a_finding_without_a_rule_is_told_by_an_example(screener: Screener) -> None:
    one = wire.listing({"listing_id": "1", "title": "高仿包"})
    answer = screener.screen([one], explain="findings", today=TODAY)[0]
    finding = replace(
        answer.findings[0], code="drug_approval.register.mismatch", message=Bilingual("号码是别家的", "x")
    )
    counts, merged = Counts(), Counts()
    counts.add(one, replace(answer, findings=(finding,)))
    merged.merge(orjson.loads(counts.to_json()))
    data = told(merged, Leads((), 0, 0, 0, 0, {}, 0), load(), made_on="", sources=())
    assert data["findings"][0]["zh"] == "例：号码是别家的"


def test_rejected_rows_are_counted() -> None:
    refused = Line(Entry(1, 1, {}), Refused(None, ()))
    assert orjson.loads(Report(TODAY, ()).write("in.jsonl", [refused], ())[1:])["rejected"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"row": 1, "listing_id": "1"}\n', "tells no listing beside its answer"),
        (b"{}\n", "tells no listing beside its answer"),
        (b"[]\n", "no result of zhenwei screen"),
    ],
)
def test_results_without_listings_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(content)
    with pytest.raises(FileRejected, match=message):
        list(read_results(path))
    table = tmp_path / "out.csv"
    table.write_text("row,listing_id\n1,1\n")
    with pytest.raises(FileRejected, match=re.escape("results are read from .jsonl")):
        list(read_results(table))


def test_an_empty_screening_has_a_page() -> None:
    page = report((), TODAY, ("none.csv",)).decode()
    for said in ("没有需复核的商品", "没有线索", "没有发现相互关联的卖家", "没有读到证照号码", "没有一行被筛查"):
        assert said in page


def group(shops: int, *shared: tuple[int, ...]) -> Lead:
    """A lead of so many shops; each tie is shared by the shops it names."""
    keys = [f"甲|{at}" for at in range(shops)]
    told = [Shop(key, "甲", key, "很长的店名" * 99, None, None, Place("浙江省", "stated"), 1, (), ()) for key in keys]
    ties = [Tie("uscc", "统一社会信用代码相同", "9" * 99, tuple(keys[at] for at in one), strong=True) for one in shared]
    facts = dict.fromkeys((field.name for field in fields(Lead)), ())
    return Lead(**(facts | {"shops": tuple(told), "ties": tuple(ties), "owner": Owner("samr", "", ""), "rank": 1}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lead", "drawn"),
    [
        (group(2, (0, 1)), False),  # two shops on a line say nothing
        (group(5, (0, 1, 2, 3, 4)), False),  # all share all
        (group(4, (0, 1, 2, 3), (2, 3)), True),
        (group(6, (0, 1, 2), (3, 4, 5)), True),  # what ties the two is not among what is shown
    ],
)
def test_a_picture_is_drawn_where_a_table_would_not_do(lead: Lead, drawn: bool) -> None:
    (told,) = linked([lead])
    assert told["drawn"] == drawn
    assert all(len(shop["name"]) == 40 for shop in told["shops"])
    assert not drawn or network(told, "n").count("<text") == len(told["shops"]) + len(told["ties"])
