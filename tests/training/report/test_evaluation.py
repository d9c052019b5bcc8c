"""The report of a bundle: it shows the figures of its JSON, and nothing that a seller writes can change the page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import orjson
import pytest

from training.evaluate import Report
from training.learning_curve import Point
from training.mistakes import Mistake, Mistakes
from training.report.evaluation import html
from training.report.page import at, written

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}{% raw %}\u202e顶级\u200b😀</div><script>"
VOID = {"meta", "input"}


class Outline(HTMLParser):
    """Checks that every element is closed where it should be, and collects tags, attributes and texts."""

    def __init__(self) -> None:  # noqa: D107
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.figures: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self._figure: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)
        self._figure = dict(attrs) if tag == "data" else None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        assert self.open.pop() == tag
        self._figure = None

    def handle_data(self, data: str) -> None:  # noqa: D102
        self.text += data
        if self._figure is not None:
            self.figures.append((self._figure, data))


def outline(page: bytes) -> Outline:
    told = Outline()
    told.feed(page.decode())
    told.close()
    assert not told.open
    return told


@pytest.fixture(scope="module")
def page(small_report: Report) -> bytes:
    return html(small_report, "takedowns.csv")


def test_the_page_stands_alone(page: bytes) -> None:
    told, text = outline(page), page.decode()
    assert not told.tags & {"script", "link", "img", "iframe", "object", "form", "base", "a", "image"}
    assert not [name for name in told.attributes if name.startswith("on") or name == "src"]
    assert not re.search(r"https?:|@import|url\((?!#)", text)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', text))
    assert "default-src 'none'" in text


def test_the_same_report_gives_the_same_page(page: bytes, small_report: Report) -> None:
    assert html(small_report, "takedowns.csv") == page


def test_every_figure_is_the_one_of_the_json(page: bytes, small_report: Report) -> None:
    data, figures = orjson.loads(small_report.to_json()), outline(page).figures
    assert len(figures) > 200
    for attributes, text in figures:
        pointer, style = attributes["data-at"], attributes["data-as"]
        assert pointer is not None
        assert style is not None
        assert text == written(at(data, pointer), style)
    shown = {attributes["data-at"] for attributes, _ in figures}
    assert {"/heads/counterfeit/pr_auc", "/heads/counterfeit/recall/0.02", "/takedowns"} <= shown


def test_both_languages_are_there(page: bytes, small_report: Report) -> None:
    text = outline(page).text
    for lines in small_report.summary.values():
        assert all(line.zh in text and line.en in text for line in lines)


@pytest.mark.parametrize("title", [HOSTILE, "😀" * 512, "\u202e" * 30, "a" * 512])
def test_what_a_seller_writes_stays_text(small_report: Report, title: str) -> None:
    def hostile(one: Mistake) -> Mistake:
        return replace(one, title=title, listing_id=HOSTILE, reason=HOSTILE, contributions=(), findings=())

    wrong = {
        head: Mistakes(tuple(map(hostile, told.alarms)), tuple(map(hostile, told.misses)))
        for head, told in small_report.mistakes.items()
    }
    page = html(replace(small_report, mistakes=wrong), HOSTILE)
    told = outline(page)
    assert not told.tags & {"script", "img"}
    assert not [name for name in told.attributes if name.startswith("on")]
    assert "{{7*7}}" in told.text
    assert "\u202e" not in page.decode()
    assert "⟨U+202E⟩" in told.text


def test_a_bundle_that_knows_the_file_is_named_first(small_report: Report) -> None:
    assert "正是用这份文件训练的" in html(replace(small_report, trained_on=True)).decode()
    assert "正是用这份文件训练的" not in html(small_report).decode()


def test_what_moved_is_shown_or_why_it_cannot_be(small_report: Report) -> None:
    assert small_report.since is not None
    assert small_report.since.advice.zh in html(small_report).decode()
    assert "无法比较：模型包没有记住训练时的样子" in html(replace(small_report, since=None)).decode()


def test_words_on_the_rise_are_strangers_too(small_report: Report) -> None:
    assert small_report.since is not None
    page = html(replace(small_report, since=replace(small_report.since, words=(HOSTILE,))))
    assert not outline(page).tags & {"script", "img"}


def test_a_random_split_is_said_to_flatter(small_report: Report) -> None:
    assert "Split at random" in html(replace(small_report, at_random=True)).decode()
    assert "Split at random" not in html(small_report).decode()


def test_what_more_labels_would_bring_is_drawn(small_report: Report) -> None:
    metrics = {"pr_auc": 0.4, "roc_auc": 0.8, "recall_at_0.05_fpr": 0.5}
    points = tuple(Point(share, int(100 * share), 900, metrics, {}) for share in (0.5, 1.0))
    page = html(replace(small_report, learning={"counterfeit": points}))
    assert "What would more labels bring?" in page.decode()
    assert {"/learning/counterfeit/1/metrics/pr_auc"} <= {a["data-at"] for a, _ in outline(page).figures}


def test_nothing_measured_is_said() -> None:
    assert "没有一个问题可以评测" in html(Report("b", 0, {})).decode()
