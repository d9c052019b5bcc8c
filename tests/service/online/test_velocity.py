"""What is served of sellers and titles, and what is not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.listing import NO_SELLER, NO_VELOCITY, Listing, Seller, Velocity
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.tokens import Tokens
from service.online.keyspace import KINDS, KeySpace
from service.online.link import MEMORY, Link
from service.online.velocity import VelocityWatch, read

HOUR, DAY = 3600.0, 86_400.0
OIL = "深海鱼油 降三高 正品包邮"
NOWHERE = CategoryGuess("other", "inferred", 0.1)


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


@pytest.fixture
def watch(link: Link, clock: Clock) -> VelocityWatch:
    return VelocityWatch(link, clock)


def reading(name: str, title: str = OIL, seller: str | None = "s1", **told: Any) -> Reading:  # noqa: ANN401
    who = Seller(seller_id=seller) if seller else NO_SELLER
    return Reading(Listing(name, title, seller=who, **told), Folded(title, title), Tokens(), NOWHERE, (), (), (), {})


def seen(watch: VelocityWatch, *readings: Reading, counted: bool = True) -> Velocity:
    """What is served for the last of these, sent one by one."""
    return [watch.serve([one], [counted])[0] for one in readings][-1].listing.velocity


def own_words(number: int) -> str:
    """A title nobody else has."""
    return "".join(chr(0x4E00 + (number * 7919 + at * 104_729) % 20_000) for at in range(20))


def test_a_listing_alone_tells_nothing_however_often_it_is_sent(watch: VelocityWatch, clock: Clock) -> None:
    for _ in range(5):
        clock.now += 60
        assert seen(watch, reading("1", price_cny=9.9)) == NO_VELOCITY


def test_new_listings_of_a_seller_in_their_windows(watch: VelocityWatch, clock: Clock) -> None:
    for number, ago in enumerate((20 * DAY, 6 * DAY, 3 * DAY, 20 * HOUR, 5 * HOUR, 1200, 60)):
        seen(after(watch, clock, -ago), reading(str(number), own_words(number)))
        clock.now += ago
    told = seen(watch, reading("now", own_words(99)))
    assert (told.seller_new_1h, told.seller_new_24h, told.seller_new_7d, told.seller_listings) == (3, 5, 7, 8)
    assert told.seller_watched_s == 20 * DAY


def after(watch: VelocityWatch, clock: Clock, seconds: float) -> VelocityWatch:
    clock.now += seconds
    return watch


def test_listings_sent_again_are_not_counted_twice(watch: VelocityWatch) -> None:
    seen(watch, *(reading(str(i % 3), own_words(i % 3)) for i in range(30)))
    told = seen(watch, reading("2", own_words(2)))
    assert (told.seller_new_1h, told.seller_listings) == (3, 3)


def test_what_is_only_tried_leaves_nothing_behind(watch: VelocityWatch) -> None:
    seen(watch, reading("1", own_words(1)))
    tried = seen(watch, reading("2", own_words(2)), counted=False)
    assert (tried.seller_new_1h, tried.seller_listings) == (2, 2)  # as if it were sent
    assert seen(watch, reading("3", own_words(3)), counted=False).seller_listings == 2  # but it was not
    assert seen(watch, reading("2", own_words(2))) == tried


def test_listings_of_one_call_see_those_before_them(watch: VelocityWatch) -> None:
    flood = [reading(str(i), own_words(i)) for i in range(16)]
    told = [one.listing.velocity.seller_new_1h for one in watch.serve(flood, [True] * 16)]
    assert told == [None, *range(2, 17)]


@pytest.mark.parametrize(
    "copy",
    [
        OIL,
        "正品包邮 深海鱼油 降三高",
        "【深海鱼油】降三高，正品包邮！",
        "深海鱼油🔥降三高🔥正品包邮",
        "  深 海 鱼 油 降 三 高 正 品 包 邮",
    ],
)
def test_other_sellers_with_nearly_this_title(watch: VelocityWatch, clock: Clock, copy: str) -> None:
    seen(watch, *(reading(f"{i}", OIL, f"shop{i}", price_cny=100.0 + i) for i in range(3)))
    told = seen(after(watch, clock, 60), reading("x", copy, "late"))
    assert (told.title_sellers_24h, told.title_sellers_7d, told.title_watched_s) == (3, 3, 60)
    assert told.title_median_cny == 101.0
    later = seen(after(watch, clock, 2 * DAY), reading("y", copy, "later"))
    assert (later.title_sellers_24h, later.title_sellers_7d) == (0, 4)


@pytest.mark.parametrize("other", ["深海鱼油软胶囊 1000mg 老人中年", "女士针织开衫 春秋薄款 外搭", "！！！", ""])
def test_other_titles_are_not_the_same(watch: VelocityWatch, other: str) -> None:
    seen(watch, reading("1", OIL, "a"))
    assert seen(watch, reading("2", other, "b")) == NO_VELOCITY


def test_a_seller_who_repeats_himself_is_no_other_seller(watch: VelocityWatch) -> None:
    told = seen(watch, reading("1"), reading("2"), reading("3"))
    assert told.seller_new_1h == 3
    assert told.title_sellers_7d is None


def test_without_a_seller_nobody_is_counted(watch: VelocityWatch) -> None:
    seen(watch, reading("1", seller=None), reading("2", seller=None))
    assert seen(watch, reading("3", OIL, "a")) == NO_VELOCITY
    assert seen(watch, reading("4", seller=None)).title_sellers_7d == 1  # but it may be told of others


def test_sellers_of_two_platforms_are_two(watch: VelocityWatch) -> None:
    seen(watch, reading("1", own_words(1), "s", platform="淘宝"))
    assert seen(watch, reading("2", own_words(2), "s", platform="京东")) == NO_VELOCITY


def test_a_price_that_collapsed(watch: VelocityWatch, clock: Clock) -> None:
    assert seen(watch, reading("1", price_cny=2680.0)).earlier_cny is None
    assert seen(watch, reading("1", price_cny=2680.0)).earlier_cny is None
    assert seen(watch, reading("1", price_cny=68.0)).earlier_cny == 2680.0
    assert seen(watch, reading("1", price_cny=60.0)).earlier_cny == 2680.0  # small steps do not hide a fall
    assert seen(watch, reading("1", price_cny=3000.0)).earlier_cny == 2680.0
    seen(after(watch, clock, 31 * DAY), reading("1", price_cny=60.0))
    assert seen(watch, reading("1", price_cny=50.0)).earlier_cny == 60.0  # what was long ago is forgotten


def test_what_was_sent_goes_first_and_is_counted(watch: VelocityWatch) -> None:
    own = Velocity(seller_new_1h=400.0)
    seen(watch, reading("1", own_words(1)))
    assert seen(watch, reading("2", own_words(2), velocity=own)) == own
    assert seen(watch, reading("3", own_words(3))).seller_new_1h == 3


def test_a_clock_that_goes_backwards_breaks_no_window(watch: VelocityWatch, clock: Clock) -> None:
    for number in range(4):
        seen(watch, reading(str(number), own_words(number)))
    told = seen(after(watch, clock, -3 * DAY), reading("b", own_words(7)))
    assert (told.seller_new_1h, told.seller_new_7d, told.seller_watched_s) == (5, 5, 0)
    told = seen(after(watch, clock, 3 * DAY), reading("c", own_words(8)))
    assert (told.seller_new_1h, told.seller_new_7d, told.seller_listings) == (1, 6, 6)


STEPS = st.lists(
    st.tuples(st.sampled_from([0, 1, 59, 600, 3000, 3599, 7200, 80_000, 90_000, 300_000]), st.integers(0, 9)),
    min_size=1,
    max_size=25,
)


@given(STEPS)
@settings(deadline=None, max_examples=40)
def test_windows_hold_what_came_in_them_and_hardly_more(steps: list[tuple[int, int]]) -> None:
    """Against plain bookkeeping: nothing of the window is missed; what is counted beside it came just before."""
    link, clock = Link(MEMORY, KeySpace("t")), Clock()
    watch, first = VelocityWatch(link, clock), dict[int, float]()
    for pause, number in steps:
        clock.now += pause
        first.setdefault(number, clock.now)
        told = seen(watch, reading(str(number), own_words(number)))
        if len(first) < 2:
            assert told == NO_VELOCITY
            continue
        for counted, window, slack in (
            (told.seller_new_1h, HOUR, 300), (told.seller_new_24h, DAY, HOUR), (told.seller_new_7d, 7 * DAY, HOUR)
        ):  # fmt: skip
            assert within(first, clock.now, window) <= (counted or 0) <= within(first, clock.now, window + slack)
        assert told.seller_listings == len(first)


def within(first: dict[int, float], now: float, window: float) -> int:
    return sum(now - seen_at <= window for seen_at in first.values())


def test_workers_at_the_same_time_lose_no_count(link: Link, clock: Clock) -> None:
    def sent(worker: int) -> None:
        watch = VelocityWatch(link, clock)
        for number in range(25):
            seen(watch, reading(f"{worker}/{number}", own_words(100 * worker + number)))

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(sent, range(8)))
    told = seen(VelocityWatch(link, clock), reading("last", own_words(9999)))
    assert (told.seller_new_1h, told.seller_listings) == (201, 201)


def test_keys_are_those_of_the_table_and_no_larger(watch: VelocityWatch, link: Link) -> None:
    title = "一件代发 同款 深海鱼油软胶囊 老人可用"
    for first in range(0, 400, 16):
        many = [reading(f"{i}", title, f"shop{i}", price_cny=1e9 + i) for i in range(first, first + 16)]
        watch.serve(many, [True] * 16)
    told = seen(watch, reading("x", title, "x"))
    assert told.title_sellers_7d is not None
    assert 64 <= told.title_sellers_7d <= 256  # the newest of every band

    def measured(client: Any) -> list[tuple[str, int, int]]:  # noqa: ANN401 - redis-py types it loosely
        keys = [key.decode() for key in client.scan_iter(f"{link.keys.prefix}:*", count=5000)]
        return [(key, client.strlen(key), client.ttl(key)) for key in keys]

    marks = {kind.mark: kind for kind in KINDS.values()}
    for key, size, life in link.call(measured):
        kind = marks[key.split(":")[1]]
        assert size <= kind.most_bytes
        assert 0 < life <= kind.seconds
        assert "shop" not in key


@pytest.mark.parametrize(
    "poison",
    [
        b"\xff\xfe\x00",
        b"nan inf|1:1|1:1",
        b"9" * 400 + b" " + b"9" * 400 + b"|1:" + b"9" * 400 + b"|",
        b"-1 -1||",
        b"1|a:1:1.2.3 " + b"a:1:9 " * 900,
        b"1 1.1.1 1",
        b"x" * 1_000_000,
        None,  # of another type
    ],
)
def test_what_somebody_else_wrote_there_is_ignored_or_bounded(
    watch: VelocityWatch, link: Link, poison: bytes | None
) -> None:
    seen(watch, reading("1", price_cny=5.0), reading("2", OIL, "b"))

    def spoil(client: Any) -> None:  # noqa: ANN401
        for key in list(client.scan_iter(f"{link.keys.prefix}:*", count=5000)):
            client.delete(key)
            client.set(key, poison) if poison is not None else client.lpush(key, b"1")

    link.call(spoil)
    told = [seen(watch, reading(str(i), OIL, f"s{i % 2}", price_cny=5.0)) for i in range(6)]
    numbers = [getattr(one, name) for one in told for name in one.__slots__]
    assert all(number is None or 0 <= number <= 1e12 for number in numbers)
    assert told[-1].seller_listings is not None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (b"-|-|-", NO_VELOCITY),
        (b"", NO_VELOCITY),
        (b"1 2 3 4 5.5|-|9.90", Velocity(1, 2, 3, 4, 5.5, earlier_cny=9.9)),
        (b"-|1 2 60 -|-", Velocity(title_sellers_24h=1, title_sellers_7d=2, title_watched_s=60)),
        (b"nan inf -5 x|-|-", Velocity(0, 1e12, 0)),
    ],
)
def test_answers_of_the_script(told: bytes, expected: Velocity) -> None:
    assert read(told) == expected


def test_a_reading_is_otherwise_left_alone(watch: VelocityWatch) -> None:
    one, two = reading("1", own_words(1)), reading("2", own_words(2))
    served = watch.serve([one, two], [True, True])
    assert served[0] is one
    assert replace(served[1], listing=two.listing) == two
