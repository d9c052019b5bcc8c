"""The report of two bundles: the figures of its JSON, the verdicts of the gate, and titles that stay text."""

import re
from dataclasses import replace

import orjson
import pytest

from training.compare import Comparison, HeadComparison
from training.gate import judge
from training.limits import read_limits
from training.report.comparison import html
from training.report.page import at, written

HOSTILE = "<script>alert(1)</script>\u202e顶级"
FIGURE = re.compile(r'<data value="[^"]*" data-at="([^"]*)" data-as="([^"]*)">([^<]*)</data>')


def fair(comparison: Comparison) -> Comparison:
    return replace(comparison, trained_on=())


def test_every_figure_is_the_one_of_the_json(small_comparison: Comparison) -> None:
    page, data = html(small_comparison, "f.csv").decode(), orjson.loads(small_comparison.to_json())
    figures = FIGURE.findall(page)
    assert len(figures) > 100
    assert all(text == written(at(data, pointer), style) for pointer, style, text in figures)
    assert html(small_comparison, "f.csv").decode() == page


def test_the_page_stands_alone(small_comparison: Comparison) -> None:
    page = html(small_comparison).decode()
    assert not re.search(r"<(script|link|img|iframe|object|form|base|a)\b|https?:|@import|url\((?!#)|\son\w+=", page)


def test_the_gate_shows_every_limit(small_comparison: Comparison) -> None:
    gate = judge(fair(small_comparison), read_limits())
    page, data = html(gate.comparison, "", gate).decode(), orjson.loads(gate.to_json())
    assert not gate.passed
    assert "Not passed: the new bundle may not replace the old one." in page
    assert {p for p, _, _ in FIGURE.findall(page) if p.endswith("/value") and p.startswith("/checks")} == {
        f"/checks/{i}/value" for i, check in enumerate(gate.checks) if check.value is not None
    }
    assert all(text == written(at(data, pointer), style) for pointer, style, text in FIGURE.findall(page))
    assert "✓ Passed" in html(gate.comparison, "", replace(gate, passed=True)).decode()


@pytest.mark.parametrize("which", ["old", "new"])
def test_who_learned_from_the_file_is_said(small_comparison: Comparison, which: str) -> None:
    assert (
        f"The {which} bundle was trained on this very file"
        in html(replace(small_comparison, trained_on=(which,))).decode()
    )


def test_what_a_seller_writes_stays_text(small_comparison: Comparison) -> None:
    def hostile(head: HeadComparison) -> HeadComparison:
        moved = {
            kind: tuple(replace(one, title=HOSTILE, listing_id=HOSTILE, reason=HOSTILE) for one in listings)
            for kind, listings in head.moved.items()
        }
        return replace(head, moved=moved)

    told = replace(small_comparison, heads={name: hostile(head) for name, head in small_comparison.heads.items()})
    page = html(told, HOSTILE).decode()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page
