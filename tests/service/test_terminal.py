"""The explanation in a terminal, for titles that try to control it."""

import io

import pytest
from rich.console import Console

from features.listing import Listing
from models import Screener
from service.clock import today
from service.terminal import Lang, explanation, visible


def shown(screener: Screener, title: str, lang: Lang = "zh", *, colour: bool = False) -> str:
    listing = Listing("1", title)
    screening = screener.screen([listing], explain="full", today=today())[0]
    console = Console(file=io.StringIO(), width=200, force_terminal=colour, color_system="standard" if colour else None)
    console.print(explanation(listing, screening, lang))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            ["高风险", "人工复核", "侵权假冒伪劣", "高仿用语", "《商标法》(2019)第57条第3项", "市场监管总局", "+3.000"],
        ),
        ("en", ["high risk", "review", "counterfeit", "replica slang", "SAMR", "= ", "+2.000"]),
    ],
)
def test_everything_a_person_needs(screener: Screener, lang: Lang, words: list[str]) -> None:
    text = shown(screener, "高仿包包", lang)
    assert [word for word in words if word not in text] == []


def test_what_was_seen_is_marked_in_the_title(screener: Screener) -> None:
    assert "\x1b[1;4;31m高仿" in shown(screener, "一比一高仿包", colour=True).splitlines()[0]
    assert "\x1b[" not in shown(screener, "帆布包", colour=True).splitlines()[0]


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("[bold]高仿[/bold]", "[bold]高仿[/bold]"),
        ("[link=http://x]包", "[link=http://x]包"),
        ("包\x1b[2J\x07", "包\\u{1b}[2J\\u{7}"),
        ("包\u202e仿高", "包\\u{202e}仿高"),
        ("高\u200b仿", "高\\u{200b}仿"),
        ("包\r\n包", "包\\u{d}\\u{a}包"),
        ("🔥:fire:包", "🔥:fire:包"),
    ],
)
def test_titles_do_not_control_the_terminal(screener: Screener, title: str, line: str) -> None:
    assert shown(screener, title).splitlines()[0].rstrip() == line


def test_visible_leaves_text_alone() -> None:
    assert visible("高仿 Ａ货 🔥　全角") == "高仿 Ａ货 🔥　全角"
