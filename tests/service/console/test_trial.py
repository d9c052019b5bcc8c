"""Try: what a form becomes, what is shown of an answer, and what is kept."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from features.intake import ListingRejected
from models import Screener
from models.screening import Bilingual, Contribution, Explanation
from service import wire
from service.console import form
from service.console.answer import shown, waterfall
from service.console.marks import marks, undone
from service.console.trial import examples
from service.examples import HONEST, RISKY
from service.ledger import history
from service.ledger.ledger import Ledger
from service.ledger.tables import EVALUATIONS

Visit = Callable[..., Any]  # see conftest
TODAY = date(2026, 3, 2)
NASTY = "<img src=x onerror=alert(1)>高仿\u202e\u200b</script>{{7*7}}'\"=1+1"


@pytest.mark.parametrize("listing", [RISKY, HONEST, *(one.listing for one in examples().values())])
def test_a_form_filled_with_a_listing_reads_as_the_same_listing(listing: Mapping[str, Any]) -> None:
    assert form.read(form.filled(listing)) == wire.listing(dict(listing))


def test_a_form_is_read_as_people_write() -> None:
    told = form.read(
        {
            "title": " 包\r\n包 ",
            "price_cny": "￥1,299",
            "trade.orders_30d": "1.2万",
            "trade.five_star_share": "98%",
            "seller.opened_on": "2026年3月5日",
            "attributes": "材质：小羊皮\n\n执行标准: GB/T 1",
            "seller.name": "",
            "csrf": "x",
        }
    )
    assert (told.title, told.price_cny, told.trade.orders_30d, told.trade.five_star_share) == (
        "包 包",
        1299,
        12000,
        0.98,
    )
    assert (told.seller.opened_on, told.seller.name) == (date(2026, 3, 5), None)
    assert told.attributes == {"材质": "小羊皮", "执行标准": "GB/T 1"}


@pytest.mark.parametrize(
    ("filled", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": "\u200b"}, "/title"),
        ({"title": "x" * 513}, "/title"),
        ({"title": "包", "price_cny": "便宜"}, "/price_cny"),
        ({"title": "包", "seller.opened_on": "昨天"}, "/seller/opened_on"),
        ({"title": "包", "attributes": "小羊皮"}, "/attributes"),
    ],
)
def test_a_form_that_cannot_be_read_says_which_field(filled: dict[str, str], pointer: str) -> None:
    with pytest.raises(ListingRejected) as refused:
        form.read(filled)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


@given(st.lists(st.floats(-5, 5).filter(bool), max_size=12), st.floats(-5, 5), st.floats(-1, 1))
def test_a_waterfall_stays_in_its_chart_and_ends_at_the_sum(parts: list[float], base: float, other: float) -> None:
    told = [Contribution(f"f{i}", None, part, Bilingual("甲", "a")) for i, part in enumerate(parts)]
    total = base + sum(parts) + other
    steps, zero = waterfall(Explanation("log_odds", base, total, 0.0, tuple(told), other))
    assert all(step.x >= 0 and step.x + step.width <= 100.02 for step in steps)
    assert zero is not None
    assert 0 <= zero <= 100
    assert steps[-1].log_odds == pytest.approx(total)
    assert [step.turn for step in steps[1 : 1 + len(parts)]] == ["up" if part > 0 else "down" for part in parts]


def test_the_marks_of_a_title_say_it_once(starter: Screener) -> None:
    for one in examples().values():
        listing = wire.listing(dict(one.listing))
        (screening,) = starter.screen([listing], explain="full", today=TODAY)
        told = shown(listing, screening, starter)
        assert "".join(mark.text for mark in told.title) == listing.title
        folded = starter.reader.folder.fold(listing.title)
        assert "".join(piece.read for piece in told.undone) == folded.text
        assert told.disguised is bool(folded.marks)
        assert "".join(piece.raw for piece in told.undone) == listing.title
        assert told.heads[0].told.score == max(head.score for head in screening.heads.values())


def test_a_marked_title_points_at_what_raised_it(starter: Screener) -> None:
    listing = wire.listing(dict(RISKY))
    (screening,) = starter.screen([listing], explain="full", today=TODAY)
    looks = {mark.text: mark.look for mark in marks(listing.title, screening)}
    assert "seen" in looks["CHANE1"]
    assert any(look.startswith("up") for look in looks.values())
    (plain,) = starter.screen([listing], explain="none", today=TODAY)
    assert [mark.look for mark in marks(listing.title, plain)] == [""]


@pytest.mark.parametrize(
    ("title", "pairs"),
    [
        ("Ｎ９５ 消/炎 普通", [("Ｎ９５", "n95"), ("消/", "消")]),
        ("MEI白霜", [("MEI", "美")]),
        ("包\u200b包\u200b", [("包\u200b", "包"), ("包\u200b", "包")]),
        ("普通包包", []),
        ("Bag", []),
    ],
)
def test_what_folding_undid_is_told_beside_the_raw_text(
    starter: Screener, title: str, pairs: list[tuple[str, str]]
) -> None:
    told = undone(starter.reader.folder.fold(title))
    assert "".join(one.raw for one in told) == title
    found = [(one.raw, one.read) for one in told if one.how]
    assert "".join(raw for raw, _ in found) == "".join(raw for raw, _ in pairs)
    assert "".join(read for _, read in found) == "".join(read for _, read in pairs)


def test_try_shows_an_answer_and_records_nothing(visit: Visit, ledger: Ledger) -> None:
    door = visit()
    page = door.look("/try")
    assert page.status_code == 200
    told = door.fill("/try", {"title": "高仿包包"})
    assert "人工复核" in told.text
    assert "<html" in told.text
    part = door.fill("/try", {"title": "高仿包包"}, **{"hx-request": "true"})
    assert "<html" not in part.text
    assert "replica.grade" in part.text
    with ledger.view() as view:
        assert view.rows(select(EVALUATIONS)) == []
    assert "记入台账" in page.text


def test_what_shall_be_kept_has_an_address_that_stays(visit: Visit, ledger: Ledger) -> None:
    door = visit()
    door.look("/try")
    told = door.fill("/try", {"title": "高仿包包", "keep": "1"})
    (address,) = set(re.findall(r"/console(/evaluations/\w+)", told.text))
    page = door.look(address)
    assert page.status_code == 200
    assert "高仿包包" in re.sub("<[^>]+>", "", page.text)
    assert "现在的模型包" not in page.text
    again = door.fill("/try", {"title": "高仿包包", "keep": "1"})
    assert "未重复记录" in again.text
    with ledger.view() as view:
        assert history.evaluation(view, address.rsplit("/", 1)[1])
    assert door.look("/evaluations/none").status_code == 404


def test_what_is_wrong_is_told_beside_its_field(visit: Visit) -> None:
    door = visit()
    door.look("/try")
    told = door.fill("/try", {"title": "包", "price_cny": "便宜"})
    assert told.status_code == 422
    assert 'href="#f-price_cny"' in told.text
    assert "不是金额；请写成 1299" in told.text
    assert 'value="便宜"' in told.text  # nothing typed is lost


@pytest.mark.parametrize("name", list(examples()))
def test_every_example_is_shown(visit: Visit, name: str) -> None:
    assert visit().look(f"/try?example={name}").status_code == 200


def test_an_example_there_is_none(visit: Visit) -> None:
    assert visit().look("/try?example=x").status_code == 404


def test_a_hostile_title_is_text(visit: Visit) -> None:
    door = visit()
    door.look("/try")
    told = door.fill("/try", {"title": NASTY, "seller.name": NASTY, "keep": "1", "attributes": f"{NASTY[:9]}: {NASTY}"})
    assert told.status_code == 200
    (address,) = set(re.findall(r"/console(/evaluations/\w+)", told.text))
    for text in (told.text, door.look(address).text):
        assert "<img src=x" not in text
        assert "{{7*7}}" in text
        assert "&lt;img" in text
        assert "⟨U+202E⟩" in text
    assert f'value="{NASTY[:4]}' not in told.text
    assert "\u202e" in told.text  # the field itself keeps what was written


def test_a_form_takes_the_words_of_a_reader_who_may_only_score(visit: Visit, key: Callable[..., str]) -> None:
    token = key("score")
    door = visit()
    door.enter(token)
    door.look("/try")
    told = door.fill("/try", {"title": "高仿包包", "keep": "1"})
    assert told.status_code == 200
    assert "/evaluations/" not in told.text
    assert door.look("/evaluations/x").status_code == 403
