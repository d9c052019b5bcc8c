"""What the door for listings lets in, and what it answers to everything else."""

import math
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.intake import ListingIn, ListingRejected, read_listing
from features.listing import NO_SELLER, NO_TRADE, NO_VELOCITY

THIN: dict[str, Any] = {"listing_id": "1", "title": "医用外科口罩 50只独立包装"}


def with_(path: str, value: object) -> dict[str, Any]:
    """A good listing with one field set; `path` is dotted."""
    out: dict[str, Any] = dict(THIN)
    at = out
    *groups, name = path.split(".")
    for group in groups:
        at[group] = dict(at.get(group, {}))
        at = at[group]
    at[name] = value
    return out


def pointers(wire: object) -> list[str]:
    with pytest.raises(ListingRejected) as rejected:
        read_listing(wire)  # type: ignore[arg-type]
    assert str(rejected.value)
    assert all(problem.message for problem in rejected.value.problems)
    return [problem.pointer for problem in rejected.value.problems]


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"listing_id": "1"}, ["/title"]),
        ({"title": "口罩"}, ["/listing_id"]),
        ({}, ["/listing_id", "/title"]),
        ([], [""]),
        ("", [""]),
        ('{"listing_id":', [""]),
        ('{"listing_id": "1", "title": "\\ud800"}', [""]),
        (b'{"listing_id": "1", "title": "\xff"}', [""]),
        (with_("listing_id", ""), ["/listing_id"]),
        (with_("listing_id", " "), ["/listing_id"]),
        (with_("listing_id", "a" * 129), ["/listing_id"]),
        (with_("listing_id", "a\n"), ["/listing_id"]),
        (with_("listing_id", 12), ["/listing_id"]),
        (with_("title", ""), ["/title"]),
        (with_("title", "包" * 513), ["/title"]),
        (with_("title", None), ["/title"]),
        (with_("title", ["口罩"]), ["/title"]),
        (with_("title", "  \u3000"), ["/title"]),
        (with_("title", "\u200b\u200d\ufeff"), ["/title"]),
        (with_("title", "\u3164\u2800"), ["/title"]),
        (with_("title", "\u0301\u0302"), ["/title"]),
        (with_("title", "口罩\x00"), ["/title"]),
        (with_("title", "口\t罩"), ["/title"]),
        (with_("title", "口\x85罩"), ["/title"]),
        (with_("title", "口罩\ud800"), ["/title"]),
        (with_("description", "字" * 20_001), ["/description"]),
        (with_("description", "a\x07"), ["/description"]),
        (with_("description", "a\udfff"), ["/description"]),
        (with_("platform", "淘" * 129), ["/platform"]),
        (with_("category", 3), ["/category"]),
        (with_("brand", "a\r"), ["/brand"]),
        (with_("url", "https://" + "a" * 2048), ["/url"]),
        (with_("price_cny", -0.01), ["/price_cny"]),
        (with_("price_cny", "12"), ["/price_cny"]),
        ('{"listing_id": "1", "title": "包", "price_cny": true}', ["/price_cny"]),
        (with_("price_cny", math.nan), ["/price_cny"]),
        (with_("price_cny", math.inf), ["/price_cny"]),
        (with_("price_cny", 1e13), ["/price_cny"]),
        (with_("price_cny", 10**400), ["/price_cny"]),
        ('{"listing_id": "1", "title": "包", "price_cny": 1e999}', ["/price_cny"]),
        ('{"listing_id": "1", "title": "包", "price_cny": NaN}', ["/price_cny"]),
        (with_("list_price_cny", -math.inf), ["/list_price_cny"]),
        (with_("attributes", []), ["/attributes"]),
        (with_("attributes", {"": "x"}), ["/attributes/"]),
        (with_("attributes", {"\u200b": "x"}), ["/attributes/\u200b"]),
        (with_("attributes", {"厚" * 65: "x"}), ["/attributes/" + "厚" * 65]),
        (with_("attributes", {"厚度": 0.02}), ["/attributes/厚度"]),
        (with_("attributes", {"厚度": "x" * 2001}), ["/attributes/厚度"]),
        (with_("attributes", {"a/b~c": 1}), ["/attributes/a~1b~0c"]),
        (with_("attributes", {str(i): "x" for i in range(101)}), ["/attributes"]),
        (with_("signals", {"a b": 1.0}), ["/signals/a b"]),
        (with_("signals", {"转化": 1.0}), ["/signals/转化"]),
        (with_("signals", {"a" * 65: 1.0}), ["/signals/" + "a" * 65]),
        (with_("signals", {"a": math.nan}), ["/signals/a"]),
        (with_("signals", {"a": "1"}), ["/signals/a"]),
        (with_("signals", {"a": None}), ["/signals/a"]),
        (with_("signals", {f"s{i}": 1.0 for i in range(1001)}), ["/signals"]),
        (with_("observed_at", "yesterday"), ["/observed_at"]),
        (with_("observed_at", 1_700_000_000), ["/observed_at"]),
        (with_("observed_at", "1700000000"), ["/observed_at"]),
        (with_("observed_at", "2021-02-30T08:00:00"), ["/observed_at"]),
        (with_("observed_at", "2021-02-03T25:00"), ["/observed_at"]),
        (with_("observed_at", "1021-02-03T05:00"), ["/observed_at"]),
        (with_("seller", []), ["/seller"]),
        (with_("seller.nick", "x"), ["/seller/nick"]),
        (with_("seller.opened_on", "2021/3/5"), ["/seller/opened_on"]),
        (with_("seller.opened_on", "2021-02-30"), ["/seller/opened_on"]),
        (with_("seller.opened_on", "0001-01-01"), ["/seller/opened_on"]),
        (with_("seller.opened_on", "9999-01-01"), ["/seller/opened_on"]),
        (with_("seller.opened_on", 20210305), ["/seller/opened_on"]),
        (with_("seller.rating", 5.1), ["/seller/rating"]),
        (with_("seller.refund_rate_90d", 98), ["/seller/refund_rate_90d"]),
        (with_("seller.followers", -1), ["/seller/followers"]),
        (with_("seller.authorised_brands", "Nike"), ["/seller/authorised_brands"]),
        (with_("seller.authorised_brands", ["Nike", 3]), ["/seller/authorised_brands/1"]),
        (with_("trade.orders_7d", "5万"), ["/trade/orders_7d"]),
        (with_("trade.five_star_share", 1.01), ["/trade/five_star_share"]),
        (with_("trade.sales", 1), ["/trade/sales"]),
        (with_("velocity.seller_new_1h", -1), ["/velocity/seller_new_1h"]),
        (with_("velocity.speed", 1), ["/velocity/speed"]),
        (with_("label", "fake"), ["/label"]),
    ],
)
def test_rejected_with_its_place(wire: object, expected: list[str]) -> None:
    assert pointers(wire) == expected


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("listing_id", "a" * 128),
        ("title", "包" * 512),
        ("title", "🔥"),
        ("title", "高\u200b仿"),  # hiding characters is evasion: it is let in and read
        ("title", "Ｃ"),
        ("title", "ก"),
        ("description", "一\n二\t三\r\n"),
        ("price_cny", 0),
        ("price_cny", 12),
        ("price_cny", None),
        ("attributes", {"执行标准": "YY 0469-2011\n第二行"}),
        ("attributes", {"材质": ""}),
        ("signals", {"a.b_c-D9": -3}),
        ("observed_at", "2021-03-15"),
        ("observed_at", "2021-03-15T08:30"),
        ("observed_at", "2021-03-15T08:30:00.5Z"),
        ("observed_at", "2021-03-15 08:30:00+0800"),
        ("observed_at", datetime(2021, 3, 15, tzinfo=UTC)),
        ("seller.opened_on", "2020-02-29"),
        ("seller.opened_on", date(2020, 2, 29)),
        ("seller.rating", 5),
        ("trade.five_star_share", 1),
        ("trade.orders_7d", 0.0),
        ("velocity.seller_watched_s", 0),
    ],
)
def test_let_in(path: str, value: object) -> None:
    assert read_listing(with_(path, value)).title


def test_nothing_told_is_nothing_told() -> None:
    listing = read_listing(THIN)
    assert listing.seller is NO_SELLER
    assert listing.trade is NO_TRADE
    assert listing.velocity is NO_VELOCITY
    assert listing.price_cny is None
    assert not listing.attributes
    assert not listing.signals


def test_json_and_parsed_data_give_the_same_listing() -> None:
    wire = with_("seller.authorised_brands", ["安护"]) | {
        "trade": {"orders_7d": 3},
        "velocity": {"seller_new_1h": 0, "earlier_cny": 99.5},
        "signals": {"x": 1.5},
        "observed_at": "2021-03-15T08:30:00+08:00",
    }
    assert read_listing(wire) == read_listing(orjson.dumps(wire))
    assert read_listing(wire).seller.authorised_brands == ("安护",)
    assert read_listing(wire).trade.orders_7d == 3.0
    assert (read_listing(wire).velocity.seller_new_1h, read_listing(wire).velocity.title_sellers_7d) == (0.0, None)


def test_every_problem_is_told_at_once() -> None:
    wire = {"title": "", "price_cny": -1, "seller": {"opened_on": "x"}, "signals": {"a": "b"}}
    assert pointers(wire) == ["/listing_id", "/title", "/price_cny", "/seller/opened_on", "/signals/a"]


def test_the_message_says_what_to_do() -> None:
    with pytest.raises(ListingRejected, match="/title must have at most 512 characters; shorten it"):
        read_listing(with_("title", "包" * 513))
    with pytest.raises(ListingRejected, match=r"holds U\+0000 at character 2"):
        read_listing(with_("title", "口罩\x00"))


@given(st.text(max_size=600))
def test_any_title_is_read_or_refused(title: str) -> None:
    assert reading_of(title) in {title, "/title"}


def reading_of(title: str) -> str:
    try:
        return read_listing(with_("title", title)).title
    except ListingRejected as rejected:
        (problem,) = rejected.problems
        return problem.pointer


def test_the_schema_can_be_published() -> None:
    assert set(ListingIn.model_json_schema()["required"]) == {"listing_id", "title"}
