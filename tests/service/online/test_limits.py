"""Token buckets: the same over Redis and in the process."""

import re

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Screener
from service.app import create_app
from service.errors import RateLimited
from service.ledger import keys
from service.ledger.ledger import Ledger
from service.online.keyspace import digest
from service.online.limits import Limits
from service.online.link import Link, OnlineAway
from service.online.online import Online
from service.settings import Settings


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin some day."""
        self.now = 1_770_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["shared", "alone"])
def limits(request: pytest.FixtureRequest, link: Link, clock: Clock) -> Limits:
    return Limits(None if request.param == "alone" else link, clock)


def taken(limits: Limits, who: str = "a", times: int = 1, cost: int = 1) -> int:
    """How many of so many tries are let through."""
    passed = 0
    for _ in range(times):
        try:
            limits.take(who, 60, cost)
        except RateLimited:
            continue
        passed += 1
    return passed


def test_a_minutes_worth_at_once_then_as_it_trickles_in(limits: Limits, clock: Clock) -> None:
    assert taken(limits, times=100) == 60
    clock.now += 10
    assert taken(limits, times=100) == 10
    clock.now += 3600
    assert taken(limits, times=100) == 60  # what is not used is not saved up


def test_everybody_has_an_own_bucket(limits: Limits) -> None:
    assert taken(limits, "a", 61) == 60
    assert taken(limits, "b", 61) == 60


def test_it_says_how_long_to_wait(limits: Limits, clock: Clock) -> None:
    taken(limits, times=60)
    with pytest.raises(RateLimited, match="At most 60") as limited:
        limits.take("a", 60, 5)
    assert limited.value.seconds == pytest.approx(5, abs=0.01)
    clock.now += 5
    limits.take("a", 60, 5)


def test_a_batch_larger_than_the_bucket_needs_a_full_one_and_leaves_a_debt(limits: Limits, clock: Clock) -> None:
    limits.take("a", 60, 180)
    with pytest.raises(RateLimited) as limited:
        limits.take("a", 60, 1)
    assert limited.value.seconds == pytest.approx(121, abs=0.1)
    clock.now += 122
    assert taken(limits, times=10) == 2


def test_a_clock_that_goes_backwards_neither_fills_nor_starves(limits: Limits, clock: Clock) -> None:
    taken(limits, times=55)
    clock.now -= 86_400
    assert taken(limits, times=10) == 5
    clock.now += 10
    assert taken(limits, times=100) == 10


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 90)), max_size=40))
@settings(deadline=None)
def test_never_more_than_the_rate_allows(steps: list[tuple[int, int]]) -> None:
    clock = Clock()
    limits, started, spent = Limits(None, clock), clock.now, 0
    for pause, cost in steps:
        clock.now += pause
        spent += cost * taken(limits, cost=cost)
    assert spent <= 60 + (clock.now - started) + 90  # a bucket, what trickled in, and one debt


@pytest.mark.parametrize("poison", [b"x", b"1e999 5", b"-" * 5000, b"99999999 1770000000000"])
def test_a_poisoned_bucket_is_a_full_one_at_most(link: Link, clock: Clock, poison: bytes) -> None:
    limits = Limits(link, clock)
    link.call(lambda client: client.set(link.keys.key("limit", digest("a")), poison))
    assert taken(limits, times=100) == 60
    link.call(lambda client: (client.delete(k := link.keys.key("limit", digest("b"))), client.lpush(k, 1)))
    assert taken(limits, "b", 100) == 60


def test_while_redis_is_away_the_process_counts(link: Link, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_work: object) -> None:
        raise OnlineAway("cut")

    limits = Limits(link, clock)
    monkeypatch.setattr(link, "call", away)
    assert taken(limits, times=100) == 60


def test_a_key_is_told_to_wait(screener: Screener, ledger: Ledger, redis_url: str, prefix: str) -> None:
    with ledger.writing() as page:
        token = keys.create(page, keys.Wanted("shop", ("score",), per_minute=30), who="t", why="t")
        free = keys.create(page, keys.Wanted("free", ("score",)), who="t", why="t")
    app = create_app(screener, Settings(), ledger=ledger, online=Online(redis_url, prefix, 2.0))
    client = TestClient(app, raise_server_exceptions=False, headers={"authorization": f"Bearer {token}"})
    one = {"listing_id": "1", "title": "雨伞"}
    assert client.post("/v1/score/batch", json={"listings": [one] * 28}).status_code == 200
    assert [client.post("/v1/score", json=one).status_code for _ in range(2)] == [200, 200]
    answer = client.post("/v1/score", json=one, headers={"accept-language": "zh"})
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:zhenwei:problem:rate-limited")
    assert answer.json()["detail"] == "此处每分钟最多应答 30 件商品或请求。"
    assert 1 <= int(answer.headers["retry-after"]) <= 3
    assert client.post("/v1/score/batch", json={"listings": [one] * 2}).status_code == 429
    assert client.post("/v1/score", json=one, headers={"authorization": f"Bearer {free}"}).status_code == 200


def test_logins_are_counted_by_address_whichever_worker_answers(
    screener: Screener, ledger: Ledger, link: Link, clock: Clock
) -> None:
    with ledger.writing() as page:
        token = keys.create(page, keys.Wanted("desk", ("review",)), who="t", why="t")

    def login(address: str, key: str) -> int:
        app = create_app(screener, Settings(), ledger=ledger)  # another worker each time
        app.state.limits = Limits(link, clock)
        door = TestClient(app, "http://127.0.0.1", follow_redirects=False, client=(address, 1))
        form = re.search(r'name="csrf" value="(\w+)"', door.get("/console/login").text)
        assert form
        return door.post("/console/login", data={"csrf": form[1], "key": key}).status_code

    assert [login("192.0.2.1", "zw_x_y") for _ in range(10)] == [401] * 10
    assert [login("192.0.2.1", token), login("192.0.2.2", token)] == [429, 303]
    clock.now += 6
    assert login("192.0.2.1", token) == 303
