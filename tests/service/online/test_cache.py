"""The score cache: the same answer once more, or none."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from features.listing import NO_VELOCITY, Listing, Velocity
from models import Screener, Screening
from models.screening import Explain
from service.app import create_app
from service.ledger.ledger import Ledger
from service.metrics import Metrics
from service.online.cache import Cached, Question, ScoreCache
from service.online.link import Link, OnlineAway
from service.online.online import Online
from service.settings import Settings

TODAY = date(2026, 3, 2)
ASKED = Question("e" * 32, "k", TODAY, "full")
SECRET = b"s" * 32


@pytest.fixture(scope="session")
def screening(starter: Screener) -> Screening:
    listing = Listing("1", "顶级版本 CHANE1 香奶奶22bag 过验", price_cny=680.0)
    return starter.screen([listing], explain="full", today=TODAY)[0]


@pytest.fixture
def cache(link: Link) -> ScoreCache:
    return ScoreCache(link, SECRET, 60, "1.0")


@pytest.mark.parametrize("velocity", [NO_VELOCITY, Velocity(seller_new_1h=2.0, earlier_cny=9.5)])
@pytest.mark.parametrize("explain", ["none", "findings", "full"])
def test_an_answer_comes_back_to_the_byte(
    cache: ScoreCache, starter: Screener, explain: Explain, velocity: Velocity
) -> None:
    titles = ("顶级版本 CHANE1 香奶奶22bag 过验", "感冒灵颗粒 国药准字Z44029999", "……!!!", "天然A货翡翠手镯")
    listings = [Listing(str(at), title) for at, title in enumerate(titles)]
    answers = starter.screen(listings, explain=explain, today=TODAY)
    asked = [replace(ASKED, named=answer.evaluation_id) for answer in answers]
    cache.keep({one: Cached(answer, velocity) for one, answer in zip(asked, answers, strict=True)})
    found = cache.find(asked)
    assert [one and one.velocity for one in found] == [velocity] * 4
    assert [one and one.screening.to_json() for one in found] == [answer.to_json() for answer in answers]
    assert [one and one.screening for one in found] == answers


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, named="f" * 32),
        replace(ASKED, lists="another"),
        replace(ASKED, today=date(2026, 3, 3)),
        replace(ASKED, explain="none"),
    ],
)
def test_another_question_has_no_answer_yet(cache: ScoreCache, screening: Screening, other: Question) -> None:
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    assert cache.find([other, ASKED])[0] is None
    assert cache.counted() == {"miss": 1, "hit": 1}


def test_another_version_or_another_secret_sees_nothing(cache: ScoreCache, link: Link, screening: Screening) -> None:
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    for other in (ScoreCache(link, SECRET, 60, "1.1"), ScoreCache(link, b"t" * 32, 60, "1.0")):
        assert other.find([ASKED]) == [None]
        assert other.counted() == {"miss": 1}


POISONS: dict[str, Callable[[bytes], bytes | None]] = {
    "cut off": lambda held: held[:-1],
    "cut to the seal": lambda held: held[:16],
    "empty": lambda _held: b"",
    "one bit": lambda held: held[:200] + bytes([held[200] ^ 1]) + held[201:],
    "another answer": lambda held: held.replace(b'"review"', b'"pass"'),
    "unsealed": lambda held: held[16:],
    "longer": lambda held: held + b" ",
    "huge": lambda _held: b"x" * 1_000_000,
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_what_somebody_else_wrote_is_not_believed_and_counted(
    cache: ScoreCache, link: Link, screening: Screening, poison: Callable[[bytes], bytes]
) -> None:
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    key = cache._key(ASKED)
    link.call(lambda client: client.set(key, poison(bytes(client.get(key)))))  # type: ignore[arg-type]
    assert cache.find([ASKED]) == [None]
    assert cache.counted() == {"refused": 1}
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    assert cache.find([ASKED]) != [None]


def test_an_entry_moved_to_another_question_is_not_believed(
    cache: ScoreCache, link: Link, screening: Screening
) -> None:
    other = replace(ASKED, named="f" * 32)
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    link.call(lambda client: client.copy(cache._key(ASKED), cache._key(other)))
    assert cache.find([other]) == [None]


def test_another_type_is_no_answer(cache: ScoreCache, link: Link) -> None:
    link.call(lambda client: client.lpush(cache._key(ASKED), "x"))
    assert cache.find([ASKED]) == [None]


def test_entries_live_shortly_and_are_bounded(cache: ScoreCache, link: Link, screening: Screening) -> None:
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    assert 0 < link.call(lambda client: client.ttl(cache._key(ASKED))) <= 60
    large = replace(screening, listing_id="x" * 70_000)
    other = replace(ASKED, named="f" * 32)
    cache.keep({other: Cached(large, NO_VELOCITY)})
    assert cache.find([other]) == [None]


def test_while_redis_is_away_nothing_is_cached(
    cache: ScoreCache, link: Link, screening: Screening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_work: object) -> None:
        raise OnlineAway("cut")

    monkeypatch.setattr(link, "call", away)
    cache.keep({ASKED: Cached(screening, NO_VELOCITY)})
    assert cache.find([ASKED, ASKED]) == [None, None]


@pytest.fixture
def online(redis_url: str, prefix: str) -> Iterator[Online]:
    opened = Online(redis_url, prefix, 2.0, SECRET, cached_s=60)
    yield opened
    opened.close()


def test_through_the_door_hits_are_recorded_as_what_they_are(
    screener: Screener,
    ledger: Ledger,
    online: Online,
    stand_in: Any,  # noqa: ANN401
) -> None:
    app = create_app(screener, Settings(), today=lambda: TODAY, ledger=ledger, online=online)
    client = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    stand_in.calls.clear()
    one, other = {"listing_id": "1", "title": "高仿包"}, {"listing_id": "1", "title": "帆布包"}

    def asked(told: dict[str, str], query: str = "") -> tuple[str | None, int]:
        answer = client.post(f"/v1/score{query}", json=told)
        assert answer.status_code == 200
        return answer.json().get("evaluation_status"), sum(stand_in.calls)

    assert asked(one, "?dry_run=true") == (None, 1)
    assert asked(one) == ("new", 2)  # what was only tried is not kept: it counted nothing
    assert asked(one) == ("duplicate", 2)
    assert asked(one, "?dry_run=true") == (None, 2)
    assert asked(one, "?explain=none") == ("duplicate", 3)
    assert asked(other) == ("superseding", 4)
    assert asked(one) == ("superseding", 4)  # a hit, and recorded: it is the newest now
    assert asked(one) == ("duplicate", 4)
    batch = client.post(
        "/v1/score/batch?explain=full", json={"listings": [other, {"listing_id": "2", "title": "鞋"}, one]}
    )
    told = [entry["screening"] for entry in batch.json()["screened"]]
    assert [entry["evaluation_status"] for entry in told] == ["superseding", "new", "superseding"]
    assert [entry["level"] for entry in told] == ["low", "low", "high"]
    assert sum(stand_in.calls) == 5
    metrics = Metrics()
    metrics.online(up=True, failures=2, cache=online.cache.counted() if online.cache else {})
    text = metrics.text().decode().splitlines()
    assert {'zhenwei_cache_total{outcome="hit"} 6.0', "zhenwei_redis_up 1.0", "zhenwei_redis_failures_total 2.0"} <= {
        *text
    }


def test_another_list_is_another_question(screener: Screener, ledger: Ledger, online: Online) -> None:
    app = create_app(screener, Settings(), today=lambda: TODAY, ledger=ledger, online=online)
    client = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    told = {"listing_id": "1", "title": "帆布包", "seller": {"seller_id": "s"}}
    assert client.post("/v1/score", json=told).json()["level"] == "low"
    entry = {"kind": "seller", "effect": "deny", "value": "s", "reason": "三次售假", "who": "周"}
    assert client.post("/v1/lists", json=entry).status_code in {200, 201}
    app.state.look_at_lists()
    assert client.post("/v1/score", json=told).json()["action"] == "reject"


def test_another_register_is_another_question(screener: Screener, online: Online, stand_in: Any) -> None:  # noqa: ANN401
    app = create_app(screener, Settings(), today=lambda: TODAY, online=online)
    client = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    stand_in.calls.clear()

    def asked() -> int:
        assert client.post("/v1/score", json={"listing_id": "1", "title": "帆布包"}).status_code == 200
        return sum(stand_in.calls)

    assert [asked(), asked()] == [1, 1]
    app.state.lane.use(replace(stand_in, versions=replace(stand_in.versions, registers={"drug": "2026-11-01 x"})))
    assert [asked(), asked()] == [2, 2]
