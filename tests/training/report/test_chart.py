"""Charts take colours and fonts from the page, keep Chinese as text, and are the same every time."""

import re

from markupsafe import Markup

from training.report.chart import ACCENT, INK, drawing, svg


def drawn(name: str, words: str = "查全率 recall") -> Markup:
    with drawing(3, 2) as (figure, (axes,)):
        axes.plot([0, 1], [0, 1], "o", color=ACCENT)
        axes.set_xlabel(words, color=INK)
        return svg(figure, name)


def test_text_is_text_and_colours_are_the_pages() -> None:
    chart = drawn("a")
    assert ">查全率 recall</text>" in chart
    assert "var(--accent)" in chart
    assert "var(--ink)" in chart
    assert not re.search(r"#0[1-7]0[1-7]0[1-7]\b", chart)
    assert "font-family" not in chart


def test_nothing_leads_elsewhere() -> None:
    assert not re.search(r"https?:|<\?xml|<!DOCTYPE|<style|<script|xmlns", drawn("a"))


def test_the_same_chart_is_the_same_text_and_names_keep_ids_apart() -> None:
    assert drawn("a") == drawn("a")
    ids = [set(re.findall(r' id="([^"]+)"', drawn(name))) for name in ("a", "b")]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"#([\w]+)", drawn("a"))) <= ids[0]


def test_words_are_escaped() -> None:
    assert "<b>" not in drawn("a", "<b>&")
