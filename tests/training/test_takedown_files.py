"""Takedowns travel through files without losing anything, and a bad row is named."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import ZhenweiError
from features.listing import Listing, Seller, Trade, Velocity
from features.tables import FileRejected
from training.errors import TrainingError
from training.rejects import Reject
from training.takedown_files import open_takedowns, read_takedowns, write_takedowns
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
        velocity=Velocity(seller_new_1h=0.0, earlier_cny=299.5),
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
    path.write_text("文本,是否违规,类型\n高仿包,1,假货\n女包,0,\n", "utf-8")
    rows = list(read_takedowns(path, {"文本": "title", "是否违规": "outcome", "类型": "reason"}))
    assert [(t.listing.title, t.outcome, t.reason) for t in rows] == [
        ("高仿包", "confirmed", "假货"),
        ("女包", "rejected", ""),
    ]


@pytest.mark.parametrize("name", ["t.csv.gz", "t.tsv", "t.jsonl.gz", "t.parquet", "t.xlsx"])
def test_every_format_tells_the_same(tmp_path: Path, name: str) -> None:
    header = ["商品ID", "标题", "处理结果", "违规原因", "处理时间", "店铺ID", "月销量", "signal.heat"]
    rows: list[list[Any]] = [
        ["7", "高仿包", "属实", "假货", "2026-03-02 08:30", "s1", 20000, 0.5],
        ["8", "女包", "0", "", None, "s2", 3, -1],
    ]
    as_file(tmp_path / name, header, rows)
    first, second = read_takedowns(tmp_path / name)
    assert (first.listing.listing_id, first.listing.title, first.outcome, first.reason) == (
        "7",
        "高仿包",
        "confirmed",
        "假货",
    )
    assert first.decided_at == datetime(2026, 3, 2, 8, 30)  # noqa: DTZ001 - no zone is written
    assert (first.listing.seller.seller_id, first.listing.trade.orders_30d) == ("s1", 20000.0)
    assert (second.outcome, second.decided_at, dict(second.listing.signals)) == ("rejected", None, {"heat": -1.0})


def as_file(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    """Write a table the way other programs do."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(header)}), path)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in (header, *rows):
            book.active.append(row)
        book.save(path)
    elif ".jsonl" in path.name:
        lines = [orjson.dumps({h: c for h, c in zip(header, row, strict=True) if c is not None}) for row in rows]
        path.write_bytes(gzip.compress(b"\n".join(lines)))
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        text = "\n".join(mark.join("" if c is None else str(c) for c in row) for row in (header, *rows))
        path.write_bytes(gzip.compress(text.encode("gbk")) if path.suffix == ".gz" else text.encode())


@pytest.mark.parametrize(
    "written",
    ["2026/3/2", "2026年3月2日", "20260302", "1772409600", "1772409600000", "46083", "2026-03-02 00:00:00"],
)
def test_a_decision_is_dated_in_any_usual_style(tmp_path: Path, written: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"标题,处理结果,违规原因,处理时间\n包,属实,假货,{written}\n", "utf-8")
    [takedown] = read_takedowns(path)
    assert takedown.decided_at is not None
    assert takedown.decided_at.replace(tzinfo=None) == datetime(2026, 3, 2)  # noqa: DTZ001 - whatever zone is written


def test_signals_alone_make_a_takedown(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,pagerank,fake,reason\n1,0.5,1,刷单\n2,,0,\n", "utf-8")
    told: list[Reject] = []
    names = {"pagerank": "signal.pagerank", "fake": "outcome"}
    [takedown] = read_takedowns(path, names, lambda reject, _: told.append(reject))
    assert (takedown.listing.title, dict(takedown.listing.signals)) == ("", {"pagerank": 0.5})
    assert [(r.line, r.problems[0].pointer) for r in told] == [(3, "/title")]  # neither title nor signal
    assert write_takedowns(tmp_path / "t.jsonl", [takedown]) == 1
    assert list(read_takedowns(tmp_path / "t.jsonl")) == [takedown]


ROWS = [
    ('{"listing_id":"1","title":"包","outcome":"confirmed","reason":"假货"}', None),
    ('{"title":"包","outcome":"rejected"}', "/listing_id is required"),
    ('{"listing_id":"1","title":"包","outcome":"maybe"}', "/outcome must be 'confirmed', 'rejected'"),
    ('{"listing_id":"1","title":"包"}', "/outcome is required"),
    ('{"listing_id":"1","title":"包","outcome":"rejected","x":1}', "/x is not a name we know"),
    ('{"listing_id":"1","title":"包\\u0000","outcome":"rejected"}', "/title holds U+0000"),
    ("[1]", "must be an object"),
    ("{", "not valid JSON"),
    ('{"listing_id":"2","title":"包","outcome":"驳回"}', None),
]


def test_bad_rows_are_reported_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(line for line, _ in ROWS), "utf-8")
    told: list[Reject] = []
    read = list(read_takedowns(path, rejects=lambda reject, _: told.append(reject)))
    assert len(read) == 2
    assert [r.line for r in told] == [at for at, (_, why) in enumerate(ROWS, 1) if why]
    for reject, why in zip(told, [why for _, why in ROWS if why], strict=True):
        assert why in f"{reject.problems[0].pointer} {reject.problems[0].message}"


def test_without_anybody_to_tell_a_bad_row_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(line for line, _ in ROWS), "utf-8")
    with pytest.raises(TrainingError, match="line 2: /listing_id is required"):
        list(read_takedowns(path))


@pytest.mark.parametrize(
    ("outcome", "reason", "why"),
    [
        ("属实", "迟发货", "belongs to no head"),
        ("驳回", "迟发货", "belongs to no head"),
        ("属实", "", "is missing"),
        ("属实", "迟发货,假货", None),
        ("驳回", "", None),
        ("待定", "迟发货", None),
    ],
)
def test_a_reason_nobody_knows_is_reported_and_its_row_kept(
    tmp_path: Path, outcome: str, reason: str, why: str | None
) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(f"标题\t处理结果\t违规原因\n包\t{outcome}\t{reason}\n", "utf-8")
    told: list[Reject] = []
    assert len(list(read_takedowns(path, rejects=lambda reject, _: told.append(reject)))) == 1
    assert [r.kept for r in told] == ([True] if why else [])
    assert all(str(why) in r.problems[0].message for r in told)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("标题,价格\n包,1\n", "no column holds the outcome"),
        ("标题,outcome\n包,1\n", "no column holds the reason"),
        ("outcome,reason,价格\n1,,1\n", "no column holds the title"),
        ("标题,outcome,reason\n包,也许,\n", "line 2: /outcome must be"),
        ("标题,outcome,reason,价格\n\n包,1,假货,很贵\n", "line 3: /price_cny (column 价格)"),
        ("标题,outcome,reason,处理时间\n包,1,假货,去年\n", "/decided_at (column 处理时间)"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ZhenweiError) as caught:
        list(read_takedowns(path))
    assert says in str(caught.value)


def test_columns_nobody_reads_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("标题,outcome,reason,备注,结论\n", "utf-8")
    [note] = open_takedowns(path).notes
    assert note.startswith("columns not used: 备注, 结论;")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match="there is no such file"):
        list(read_takedowns(tmp_path / "none.csv"))


def test_the_messy_sample_is_read_as_its_remarks_say() -> None:
    path = Path(__file__).parents[2] / "data_samples" / "takedowns_messy.csv"
    told: list[Reject] = []
    rows = list(read_takedowns(path, rejects=lambda reject, _: told.append(reject)))
    days = {t.listing.listing_id: t.decided_at.date() for t in rows[:6] if t.decided_at}
    assert set(days.values()) == {date(2026, 3, 2)}
    assert len(days) == 6
    assert [(r.line, r.listing_id, r.kept) for r in told] == [
        (11, "A-8", False),
        (12, "A-9", False),
        (13, "A-10", True),
        (14, "A-11", False),
        (15, "A-12", False),
        (16, None, False),
    ]
    assert "columns not used: 标题, 备注" in open_takedowns(path).notes[1]
