"""Requests that share a call get their own answers, and only their own errors."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import cast

import pytest

from features.listing import Listing
from models import Screener, Screening
from models.screening import Explain
from service.lane import Answers, Lane

TODAY = date(2026, 11, 24)


class Recorder:
    """Stands in for the screener: answers with the listing ids, breaks on one title, remembers every call."""

    def __init__(self) -> None:
        """Begin without calls."""
        self.calls: list[int] = []

    def screen(self, listings: Sequence[Listing], *, explain: Explain, today: date) -> list[str]:
        """Answer with what was asked."""
        assert today == TODAY
        self.calls.append(len(listings))
        if any(listing.title == "坏" for listing in listings):
            raise RuntimeError("broken")
        return [f"{listing.listing_id}/{explain}" for listing in listings]


def told(answers: object) -> object:
    return answers.screenings if isinstance(answers, Answers) else answers


def listing(name: str, title: str = "好") -> Listing:
    return Listing(listing_id=name, title=title)


def ask(*asked: tuple[list[Listing], Explain]) -> tuple[list[object], list[int]]:
    screener = Recorder()

    async def all_at_once() -> list[object]:
        lane = Lane(cast("Screener", screener))
        together = (lane.screen(listings, explain=explain, today=TODAY) for listings, explain in asked)
        return list(map(told, await asyncio.gather(*together, return_exceptions=True)))

    return asyncio.run(all_at_once()), screener.calls


def test_what_waits_is_screened_together() -> None:
    answers, calls = ask(*(([listing(str(i))], "full") for i in range(10)))
    assert answers == [[f"{i}/full"] for i in range(10)]
    assert calls == [1, 9]  # the first goes at once, the others wait for it and share a call


def test_a_call_stays_short() -> None:
    _, calls = ask(*(([listing(str(i))], "full") for i in range(40)))
    assert sum(calls) == 40
    assert max(calls) <= 16


def test_different_wishes_do_not_share_a_call() -> None:
    answers, calls = ask(([listing("a")], "full"), ([listing("b")], "none"), ([listing("c"), listing("d")], "none"))
    assert answers == [["a/full"], ["b/none"], ["c/none", "d/none"]]
    assert calls == [1, 3]


def test_one_broken_listing_breaks_only_its_own_request() -> None:
    answers, _ = ask(([listing("a")], "full"), ([listing("b")], "full"), ([listing("c", "坏")], "full"))
    assert answers[:2] == [["a/full"], ["b/full"]]
    assert isinstance(answers[2], RuntimeError)


def test_a_client_that_went_away_holds_up_nobody() -> None:
    async def leave() -> list[str]:
        lane = Lane(cast("Screener", Recorder()))
        first = asyncio.create_task(lane.screen([listing("a")], explain="full", today=TODAY))
        gone = asyncio.create_task(lane.screen([listing("b")], explain="full", today=TODAY))
        last = asyncio.create_task(lane.screen([listing("c")], explain="full", today=TODAY))
        await asyncio.sleep(0)
        gone.cancel()
        await first
        with pytest.raises(asyncio.CancelledError):
            await gone
        return cast("list[str]", (await last).screenings)

    assert asyncio.run(leave()) == ["c/full"]


def test_answers_are_the_same_alone_and_together(starter: Screener) -> None:
    titles = ["顶级版本 香奶奶22bag 过验", "纯棉四件套", "深海鱼油 降三高", "天然A货翡翠手镯"]
    listings = [listing(str(i), title) for i, title in enumerate(titles)]

    async def together() -> list[list[Screening]]:
        lane = Lane(starter)
        asked = (lane.screen([one], explain="full", today=TODAY) for one in listings)
        return [answers.screenings for answers in await asyncio.gather(*asked)]

    alone = [starter.screen([one], explain="full", today=TODAY)[0].to_json() for one in listings]
    assert [answers[0].to_json() for answers in asyncio.run(together())] == alone
