"""Tables as people name them: headers find their field, cells their value, and nothing is dropped in silence."""

import csv
from pathlib import Path

import pytest

from features.columns import ColumnsRejected, aliases, asked, fields, record, renamed, resolve, target_of, with_title
from features.intake import ListingIn, ListingRejected, read_listing

SAMPLES = Path(__file__).resolve().parents[2] / "data_samples"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("标题", "title"),
        ("宝贝名称", "title"),
        (" 商品标题 ", "title"),
        ("\ufeff标题", "title"),
        ("Title", "title"),
        ("价格(元)", "price_cny"),
        ("价格（元）", "price_cny"),
        ("划线价", "list_price_cny"),
        ("店铺", "seller.name"),
        ("店铺ID", "seller.seller_id"),
        ("店铺id", "seller.seller_id"),
        ("统一社会信用代码", "seller.uscc"),
        ("开店日期", "seller.opened_on"),
        ("月销量", "trade.orders_30d"),
        ("总销量", "trade.orders_total"),
        ("日上新数", "velocity.seller_new_24h"),
        ("好评率", "trade.five_star_share"),
        ("材质", "attributes.材质"),
        ("执行标准号", "attributes.执行标准"),
        ("批准文号", "attributes.批准文号"),
        ("attributes.颜色", "attributes.颜色"),
        ("属性.颜色", "attributes.颜色"),
        ("signal.search_share", "signals.search_share"),
        ("trade.night_order_share", "trade.night_order_share"),
        ("seller", "seller"),
        ("标题党", None),
        ("signal.转化", None),
        ("trade.sales", None),
        ("signal.", None),
        ("备注", None),
    ],
)
def test_header_finds_its_field(header: str, field: str | None) -> None:
    target = target_of(header)
    assert (target and ".".join(target.path)) == field


def test_every_field_has_a_column_name() -> None:
    assert not set(fields()) - {".".join(target.path) for target in aliases().values()}


def test_a_row_becomes_a_listing() -> None:
    row = {
        "标题": "可降解购物袋\n100只",
        "价格（元）": "￥1,299.00",
        "店铺": "绿循环",
        "开店日期": "2020年4月2日",
        "月销量": "5万+",
        "好评率": "98%",
        "材质": "PBAT",
        "signal.ads": "-3.5",
        "授权品牌": "绿循环、禾绿",
        "描述": "",
    }
    listing = ListingIn.model_validate(record(row, 7, resolve(list(row)))).to_listing()
    assert listing.listing_id == "7"
    assert listing.title == "可降解购物袋 100只"
    assert listing.price_cny == 1299.0
    assert listing.seller.name == "绿循环"
    assert str(listing.seller.opened_on) == "2020-04-02"
    assert listing.seller.authorised_brands == ("绿循环", "禾绿")
    assert listing.trade.orders_30d == 50_000.0
    assert listing.trade.five_star_share == 0.98
    assert listing.attributes == {"材质": "PBAT"}
    assert listing.signals == {"ads": -3.5}
    assert listing.description is None


def test_unreadable_cells_are_told_with_their_column() -> None:
    row = {"标题": "袋", "售价": "便宜", "开店日期": "去年"}
    with pytest.raises(ListingRejected) as rejected:
        record(row, 1, resolve(list(row)))
    assert [problem.pointer for problem in rejected.value.problems] == ["/price_cny", "/seller/opened_on"]
    assert "column 售价" in rejected.value.problems[0].message
    assert "column 开店日期" in rejected.value.problems[1].message


def test_unknown_and_second_columns_are_told_once() -> None:
    columns = resolve(["标题", "备注", "售价", "价格"])
    assert columns.unknown == ("备注", "价格")
    assert record({"标题": "袋", "备注": "x", "售价": "1", "价格": "2"}, 1, columns)["price_cny"] == 1.0


def test_a_short_row_tells_less() -> None:
    assert record({"标题": "袋"}, 3, resolve(["标题", "价格"])) == {"title": "袋", "listing_id": "3"}


def test_a_row_without_title_is_refused_at_the_door() -> None:
    with pytest.raises(ListingRejected, match="/title is required"):
        read_listing(record({"标题": " "}, 3, resolve(["标题"])))


def test_own_names_go_first() -> None:
    columns = resolve(["文案", "价格", "热度"], {"文案": "title", "价格": "list_price_cny", "热度": "signal.heat"})
    assert record({"文案": "袋", "价格": "9", "热度": "3"}, 1, columns) == {
        "title": "袋",
        "list_price_cny": 9.0,
        "signals": {"heat": 3.0},
        "listing_id": "1",
    }


@pytest.mark.parametrize(
    ("headers", "extra", "message"),
    [
        (["价格", "店铺"], {}, "no column holds the title"),
        ([], {}, "no column holds the title"),
        (["标题", "x"], {"x": "trade.sales"}, "x=trade.sales: no such field; use one of listing_id, title"),
    ],
)
def test_tables_refused(headers: list[str], extra: dict[str, str], message: str) -> None:
    with pytest.raises(ColumnsRejected, match=message):
        with_title(resolve(headers, extra))


def test_a_wide_table_is_resolved_at_once() -> None:
    columns = resolve([f"signal.s{i}" for i in range(50_000)] + ["signal.s1"])
    assert (len(columns.targets), columns.unknown) == (50_000, ("signal.s1",))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"listing_id": "1", "title": "袋"}, {"listing_id": "1", "title": "袋"}),
        ({"标题": "袋", "月销量": "5万+"}, {"title": "袋", "trade": {"orders_30d": 50_000.0}}),
        ({"seller": {"rating": 4.8}, "店铺": "甲"}, {"seller": {"rating": 4.8, "name": "甲"}}),
        ({"title": "袋", "seller.seller_id": "s"}, {"title": "袋", "seller": {"seller_id": "s"}}),
        ({"title": "袋", "signal.x": 3}, {"title": "袋", "signals": {"x": 3.0}}),
        ({"文案": "袋"}, {"title": "袋"}),
        ({"title": "袋", "price_cny": "12"}, {"title": "袋", "price_cny": "12"}),  # ours stay, for the door to judge
        ({"title": "袋", "x": 1}, {"title": "袋", "x": 1}),
    ],
)  # fmt: skip
def test_a_line_of_json_under_other_names(row: dict[str, object], told: dict[str, object]) -> None:
    assert renamed(row, asked({"文案": "title"})) == told


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ({"title": "袋", "标题": "包"}, "/标题"),
        ({"标题": "袋", "title": "包"}, "/title"),
        ({"title": "袋", "seller": 5, "店铺": "甲"}, "/店铺"),
        ({"title": "袋", "店铺": "甲", "seller": {"name": "乙"}}, "/seller"),
        ({"title": "袋", "价格": "便宜"}, "/price_cny"),
    ],
)
def test_a_line_of_json_that_says_two_things(row: dict[str, object], pointer: str) -> None:
    with pytest.raises(ListingRejected) as rejected:
        renamed(row)
    assert [problem.pointer for problem in rejected.value.problems] == [pointer]


def test_nested_cells_of_json_lines() -> None:
    row = {"标题": "袋", "店铺": "绿循环", "seller": {"rating": 4.8}, "trade": None}
    data = record(row, 1, resolve(list(row)))
    assert data["seller"] == {"name": "绿循环", "rating": 4.8}
    with pytest.raises(ListingRejected, match=r"seller\.name"):
        record({"标题": "袋", "seller": "绿循环"}, 1, resolve(["标题", "seller"]))


def test_the_sample_table_is_read_whole() -> None:
    with (SAMPLES / "listings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = resolve(list(rows[0]))
    listings = [read_listing(record(row, number, columns)) for number, row in enumerate(rows, 1)]
    assert columns.unknown == ()
    assert len({listing.listing_id for listing in listings}) == 42


def test_the_sample_lines_are_read_whole() -> None:
    lines = (SAMPLES / "listings.jsonl").read_text("utf-8").splitlines()
    assert len({read_listing(line).listing_id for line in lines}) == 16
