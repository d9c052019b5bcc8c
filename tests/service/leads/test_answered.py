"""Leads of answers that are there already are those of the files themselves."""

import json
from datetime import date
from pathlib import Path

import pytest

from features.knowledge import Knowledge
from features.listing import Listing
from models import Screener
from service.answers import Shape
from service.leads import Pile, fact_of, leads_of
from service.leads.answered import AnswersUnusable, from_answers
from service.rows import Refused

TODAY = date(2026, 11, 20)
TITLES = (
    "顶级版本 CHANE1 香奶奶22bag 芯片版 过验",
    "天然A货翡翠手镯 冰种飘花 支持复检",
    "祖传风湿止痛胶囊 国药准字Z99021940",
)


def lines(starter: Screener) -> list[bytes]:
    listings = [Listing(str(i), title, price_cny=9.5 + i) for i, title in enumerate(TITLES)]
    told = zip(listings, starter.screen(listings, today=TODAY), strict=True)
    shape = Shape(sourced=False, listed=True)
    return [*(shape.line("", i, one) for i, one in enumerate(told)), shape.line("", 9, Refused("x", ()))]


def test_answers_give_the_same_leads(tmp_path: Path, starter: Screener, known: Knowledge, pile: Pile) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"".join(lines(starter)))
    found, account = from_answers([path], known, TODAY, most=10)
    listings = [Listing(str(i), title, price_cny=9.5 + i) for i, title in enumerate(TITLES)]
    for fact in map(fact_of, listings, starter.screen(listings, today=TODAY)):
        if fact:
            pile.add(fact)
    assert found == leads_of(pile, known, TODAY, most=10)
    assert (account.rows, account.rejected, account.risky, account.passed) == (4, 1, 2, 1)
    assert account.versions == starter.versions


def without_listing(told: dict[str, object]) -> None:
    del told["listing"]


def other_knowledge(told: dict[str, object]) -> None:
    told["versions"]["knowledge"] = "0" * 16  # type: ignore[index]


def other_bundle(told: dict[str, object]) -> None:
    told["versions"]["bundle"] = "0" * 16  # type: ignore[index]


def no_answer(told: dict[str, object]) -> None:
    told["heads"] = 7


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (without_listing, "--with-listing"),
        (other_knowledge, "screen again"),
        (other_bundle, "another bundle"),
        (no_answer, r"is no answer \(heads"),
    ],
)
def test_what_cannot_be_used_says_why(
    tmp_path: Path, starter: Screener, known: Knowledge, spoil: object, why: str
) -> None:
    whole = lines(starter)
    told = json.loads(whole[1])
    spoil(told)  # type: ignore[operator]
    path = tmp_path / "answers.jsonl"
    path.write_bytes(whole[0] + json.dumps(told).encode() + b"\n")
    with pytest.raises(AnswersUnusable, match=why):
        from_answers([path], known, TODAY, most=10)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "标题\n包\n", "JSON lines"),
        ("a.jsonl", "[1]\n", "is the file whole"),
        ("a.jsonl", '{"rejected": []}\n', "no row holds an answer"),
    ],
)
def test_what_are_no_answers_is_said(tmp_path: Path, known: Knowledge, name: str, text: str, why: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(AnswersUnusable, match=why):
        from_answers([path], known, TODAY, most=10)
