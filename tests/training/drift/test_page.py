"""The report to look at: the figures of its JSON, and nothing that a seller writes can change the page."""

import re
from dataclasses import replace

import orjson
import pytest

from features.reader import Reader
from models import Bundle
from training.drift import DriftReport, Profile, compare, sampled
from training.drift.terms import Term
from training.market import simulate
from training.report.drift import html
from training.report.page import at

HOSTILE = "<script>alert(1)</script>{{7*7}}\u202e\u200b\"'&"


@pytest.fixture(scope="module")
def report(knowing: Bundle, profile: Profile, reader: Reader) -> DriftReport:
    listings = [takedown.listing for takedown in simulate(700, 9, "evaluation")]
    moved = [replace(x, title="\u200b".join(x.title)) if i % 6 == 0 else x for i, x in enumerate(listings)]
    return compare(knowing, profile, sampled(knowing, moved, reader))


def test_it_stands_alone_and_shows_chinese(report: DriftReport) -> None:
    page = html(report, "今天.csv").decode()
    assert "今天.csv" in page
    assert report.advice.zh in page
    assert "零宽" in page
    assert page.count("<svg") == 4
    assert not re.search(r"<script|https?://|url\((?!#)|@import", page)
    assert html(report, "今天.csv").decode() == page


def test_every_figure_is_a_figure_of_the_json(report: DriftReport) -> None:
    data = orjson.loads(report.to_json())
    shown = re.findall(r'<data value="([^"]*)" data-at="([^"]*)"', html(report).decode())
    assert len(shown) > 40
    assert all(float(value) == at(data, pointer) for value, pointer in shown)


def test_what_a_seller_writes_cannot_change_the_page(report: DriftReport) -> None:
    told = replace(report, terms=(Term(HOSTILE, 9, 5, 0.1, 0.0),))
    page = html(told, HOSTILE).decode()
    assert "<script" not in page
    assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", page)[-1]
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page


def test_too_little_to_say_is_said(knowing: Bundle, profile: Profile, reader: Reader) -> None:
    few = sampled(knowing, [takedown.listing for takedown in simulate(3, 9)], reader)
    page = html(compare(knowing, profile, few)).decode()
    assert "数据太少" in page
    assert "没有明显增多的用语" in page
