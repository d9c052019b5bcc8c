"""What columns are taken for, and what is guessed from what they hold."""

from pathlib import Path

import pytest

from features.columns import ColumnsRejected
from service.mapping import open_mapped

GOOD = "91330106MA2XQ7K31Q"  # stands in data_samples; its check digit holds
TITLES = ("手工红糖姜茶独立小包12条装", "新米东北长粒香大米5kg", "孕妇儿童零食礼盒每日坚果")


def fields(tmp_path: Path, header: str, *rows: str, guess: bool = True) -> dict[str, tuple[str, str]]:
    path = tmp_path / "in.csv"
    path.write_text("\n".join([header, *rows]), "utf-8")
    return {one.column: (one.field, one.how) for one in open_mapped(path, {"备注": "brand"}, guess=guess).shown}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ([GOOD] * 3, "seller.uscc"),
        ([GOOD[:-1] + "0"] * 3, ""),  # the check digit does not hold
        (["￥1,299.00", "￥9.9", "￥39"], "price_cny"),
        (["39元", "1299元", "2.5万元"], "price_cny"),
        (["39", "1299", "25"], ""),  # a number alone may be anything
        (["1.2万+人付款", "300人付款", "5人付款"], "trade.orders_30d"),
        (["已售5万+", "已售30", "已售2"], "trade.orders_total"),
        (["5万+", "30", "2"], ""),
        (["https://a.cn/1", "http://b.cn/2", "https://a.cn/3"], "url"),
        (["a.cn/1", "b.cn/2", "a.cn/3"], ""),
        (["2021-03-05", "2021年3月6日", "2021/3/7 10:00"], "observed_at"),
        (["20210305", "20210306", "20210307"], ""),  # as well a number
        (["￥9", "￥8", ""], ""),  # too few to tell
        (["￥9", "￥8", "面议"], ""),
    ],
    ids=str,
)
def test_a_column_without_a_known_name_is_told_by_what_it_holds(tmp_path: Path, cells: list[str], field: str) -> None:
    rows = [f'{title},"{cell}",x' for title, cell in zip(TITLES, cells, strict=True)]
    told = fields(tmp_path, "标题,某列,备注", *rows)
    assert told["某列"] == (field, "content" if field else "unused")
    assert told["标题"] == ("title", "name")
    assert told["备注"] == ("brand", "asked")


def test_the_title_is_the_longest_chinese_text(tmp_path: Path) -> None:
    rows = [f"{title[:5]},{title},杭州,{n}" for n, title in enumerate(TITLES)]
    told = fields(tmp_path, "a,b,c,d", *rows)
    assert {column: field for column, (field, _) in told.items()} == {"a": "", "b": "title", "c": "", "d": ""}


def test_a_name_goes_before_what_a_column_holds(tmp_path: Path) -> None:
    told = fields(tmp_path, "标题,价格,原来的", *(f"{title},39元,99元" for title in TITLES))
    assert told["价格"] == ("price_cny", "name")
    assert told["原来的"] == ("", "unused")


def test_nothing_is_guessed_when_asked_not_to(tmp_path: Path) -> None:
    with pytest.raises(ColumnsRejected, match="no column holds the title"):
        fields(tmp_path, "a,b", *(f"{title},39元" for title in TITLES), guess=False)


@pytest.mark.parametrize("cell", ["shoe", "包", "鞋子"])
def test_no_title_is_made_up(tmp_path: Path, cell: str) -> None:
    with pytest.raises(ColumnsRejected, match="no column holds the title"):
        fields(tmp_path, "a,b", *([f"{cell},1"] * 5))


def test_examples_show_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"标题": "红糖\\n姜茶", "listing_id": "1", "x": 1}\n' * 3, "utf-8")
    shown = {one.column: one for one in open_mapped(path).shown}
    assert shown["标题"].examples == ("红糖 姜茶",)
    assert (shown["标题"].field, shown["x"].how) == ("title", "unused")
