"""Takedowns travel through files without losing anything, and a bad row is named."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from features.listing import Listing, Seller, Trade
from training.errors import TrainingError
from training.takedown_files import read_takedowns, write_takedowns
from training.takedowns import Takedown

WHOLE = Takedown(
    Listing(
        "1",
        '高仿🔥包，"A货"',
        platform="淘宝",
        price_cny=99.5,
        attributes={"材质": "PE"},
        observed_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        seller=Seller(seller_id="s1", opened_on=date(2020, 1, 2), authorised_brands=("甲", "乙"), takedowns_180d=2.0),
        trade=Trade(orders_30d=12000.0, five_star_share=0.98),
        signals={"own.risk": 0.25},
    ),
    "confirmed",
    "replica",
    decided_at=datetime(2026, 1, 3, tzinfo=UTC),
    reviewer="r1",
    source="投诉",
)
BARE = Takedown(Listing("2", "新款女包"), "rejected")


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    assert write_takedowns(tmp_path / name, [WHOLE, BARE]) == 2
    assert list(read_takedowns(tmp_path / name)) == [WHOLE, BARE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_platforms_export_is_read_under_its_own_names(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "下架.csv"
    header = "商品标题,价格（元）,店铺,处理结果,违规原因,处理时间\n"
    text = header + "高仿包,￥99.00,甲店,属实,假货,2026-01-03\n女包,1.2万,,误报,,\n鞋,,,,,\n"
    path.write_text(text, encoding)
    first, second, third = read_takedowns(path)
    assert (first.listing.title, first.listing.price_cny, first.listing.seller.name) == ("高仿包", 99.0, "甲店")
    assert (first.outcome, first.reason, first.listing.listing_id) == ("confirmed", "假货", "1")
    assert first.decided_at is not None
    assert (second.outcome, second.reason, second.listing.price_cny) == ("rejected", "", 12000.0)
    assert third.outcome == "pending"


def test_other_names_can_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("文本,是否违规\n高仿包,1\n女包,0\n", "utf-8")
    rows = list(read_takedowns(path, {"文本": "title", "是否违规": "outcome"}))
    assert [(t.listing.title, t.outcome) for t in rows] == [("高仿包", "confirmed"), ("女包", "rejected")]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "t.jsonl",
            '{"listing_id":"1","title":"包","outcome":"confirmed"}\n{"title":"包","outcome":"rejected"}',
            "row 2: /listing_id",
        ),
        ("t.jsonl", '{"listing_id":"1","title":"包","outcome":"maybe"}', "row 1: /outcome"),
        ("t.jsonl", '{"listing_id":"1","title":"包"}', "row 1: /outcome"),
        ("t.jsonl", '{"listing_id":"1","title":"包","outcome":"rejected","x":1}', "row 1: /x"),
        ("t.jsonl", "[1]", "must be a JSON object"),
        ("t.jsonl", "{", "row 1: not valid JSON"),
        ("t.csv", "标题,价格\n包,1\n", "no column holds the outcome"),
        ("t.csv", "outcome,价格\n1,1\n", "no column holds the title"),
        ("t.csv", "标题,outcome\n包,也许\n", "row 1: /outcome"),
        ("t.csv", "标题,outcome,价格\n包,1,很贵\n", "价格"),
        ("t.csv", "", "no column holds the outcome"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(TrainingError) as caught:
        list(read_takedowns(path))
    assert says in str(caught.value)


def test_a_missing_file_is_a_training_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be opened"):
        list(read_takedowns(tmp_path / "none.csv"))
