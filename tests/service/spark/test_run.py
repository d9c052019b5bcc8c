"""Files in, a folder of answers out: behind each other its parts are what one machine writes."""

import csv
import gzip
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from features.columns import ColumnsRejected
from features.listing import Listing
from features.tables import FileRejected
from models import STARTER, Screener
from models.registers import NO_REGISTERS
from service import wire
from service.answers import AnswersRejected
from service.batch import run as batch
from service.batch.forms import outputs
from service.batch.request import Request
from service.batch.tally import Tally
from service.cli import app
from service.opening import open_all
from service.spark import screen
from service.spark.failure import WorkFailed
from service.spark.parcel import Parcel
from service.spark.run import screen_files

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 20)
NAMES = {"宝贝": "title"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = (
    b"",
    b"   \t",
    b'{"listing_id": "h1", "title": "=HYPERLINK(1)", "price_cny": 1299}',
    b'{"listing_id": "h2", "title": "\xb8\xdf\xb7\xc2"}',  # GBK
    b'{"listing_id": "h3", "title": "a", "title": "b"}',
    b'{"listing_id": "h4", "title": "' + b"x" * 600 + b'"}',
    b'{"listing_id": "h5", "title": "\\u0000"}',
    b'{"listing_id": "h6", "title": "\\ud800"}',
    b'{"listing_id": "h7", "title": "ok", "rejected": [{"pointer": "", "message": "x"}]}',
    b'{"listing_id": "h8", "title": "half',
    b'["not", "an", "object"]',
    b"NaN",
    '{"listing_id": "h9", "title": "\u2028\u200b顶级版本 CHANE1 🎒"}\r'.encode(),
    b'{"title": "no id"}',
    b"[" * 2000,
    b'{"listing_id": "h10", "title": "' + b"y" * (1 << 20) + b'"}',
)


def one_machine(folder: Path, screener: Screener, *told: Path) -> list[bytes]:
    """What `zhenwei screen` writes for the same files."""
    opened = open_all([str(path) for path in told], NAMES, guess=False)
    out = folder / "one machine.jsonl"
    sourced = len(opened.names) > 1
    request = Request(
        sources=tuple(one.source for one in opened.mapped),
        names=opened.names,
        outputs=outputs(out, None, sourced=sourced, listed=False),
        open=lambda: screener,
        explain="findings",
        today=DAY,
        force=True,
    )
    batch.screen_files(request)
    return out.read_bytes().splitlines(keepends=True)


SCHEMA = """`商品ID` string, `标题` binary, `价格（元）` decimal(12, 2), `seller.name` string, `抓取时间` timestamp,
attributes map<string, string>, trade struct<orders_30d: double, conversion_rate: double>"""


def columnar(listings: Sequence[Listing]) -> pa.Table:
    """Listings as a warehouse keeps them; the first has no title, the second a price below nothing."""
    rows = [
        {
            "商品ID": listing.listing_id,
            "标题": listing.title.encode() if at else None,
            "价格（元）": Decimal(-1) if at == 1 else listing.price_cny and Decimal(str(round(listing.price_cny, 2))),
            "seller.name": listing.seller.name,
            "抓取时间": listing.observed_at and listing.observed_at.astimezone(SHANGHAI),
            "attributes": list(listing.attributes.items()) or None,
            "trade": {"orders_30d": listing.trade.orders_30d, "conversion_rate": listing.trade.conversion_rate},
        }
        for at, listing in enumerate(listings)
    ]
    kinds = {
        "商品ID": pa.string(), "标题": pa.binary(), "价格（元）": pa.decimal128(12, 2), "seller.name": pa.string(),
        "抓取时间": pa.timestamp("us", "UTC"), "attributes": pa.map_(pa.string(), pa.string()),
        "trade": pa.struct({"orders_30d": pa.float64(), "conversion_rate": pa.float64()}),
    }  # fmt: skip
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def json_lines(listings: Sequence[Listing]) -> bytes:
    """Listings as machines write them."""
    return b"".join(orjson.dumps(wire.told(listing), option=orjson.OPT_APPEND_NEWLINE) for listing in listings)


def run(spark: "SparkSession", out: Path, *told: Path, replace: bool = False) -> Tally:
    tally = screen_files(
        spark, [f"file://{path}" for path in told], str(out), Parcel.pack(STARTER, NO_REGISTERS),
        names=NAMES, explain="findings", today=DAY, replace=replace,
    ).tally  # fmt: skip
    assert tally.rows == tally.rejected + sum(tally.levels.values())
    return tally


def parts(out: Path) -> list[bytes]:
    """The lines of the parts, in the order of their names."""
    return [line for part in sorted(out.glob("part-*")) for line in part.read_bytes().splitlines(keepends=True)]


def test_json_lines_split_between_executors_are_answered_as_on_one_machine(
    spark: "SparkSession", tmp_path: Path, starter: Screener, listings: list[Listing]
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + json_lines(listings) + b"\n".join(HOSTILE))
    tally = run(spark, out, source)
    answered = one_machine(tmp_path, starter, source)
    assert parts(out) == answered
    assert (tally.rows, tally.rejected) == (len(answered), sum(b'"rejected":[' in line for line in answered))
    assert tally.rejected == len(HOSTILE) - 4  # two are blank, two are listings
    assert tally.levels["high"] > 3
    assert sum(tally.problems.values()) >= 10
    with pytest.raises(AnswersRejected, match="holds files already"):
        run(spark, out, source)
    assert parts(out) == answered


def test_parquet_of_several_files_keeps_their_order_and_row_numbers(
    spark: "SparkSession", tmp_path: Path, starter: Screener, listings: list[Listing]
) -> None:
    folder, out = tmp_path / "in put", tmp_path / "out.jsonl"
    (folder / "deeper").mkdir(parents=True)
    files = [folder / "a.parquet", folder / "b 100%.parquet", folder / "deeper" / "c.parquet"]
    for path, chosen in zip(files, (listings[:20], listings[20:300], listings[300:]), strict=True):
        pq.write_table(columnar(chosen), path, row_group_size=100)
    tally = run(spark, out, folder)
    assert parts(out) == one_machine(tmp_path, starter, folder)
    assert (tally.rows, tally.rejected) == (len(listings), 2 * len(files))


def test_tables_are_read_whole_as_on_one_machine(spark: "SparkSession", tmp_path: Path, starter: Screener) -> None:
    (tmp_path / "in").mkdir()
    table = [
        ["宝贝", "价格", "商品详情", "x"],
        ["顶级版本 CHANE1 香奶奶22bag", "￥1,299.00", "一\n二\r\n三", ""],
        ["=SUM(A1)", "便宜", "", ""],
        ["帆布包", "1.2万", "", ""],
    ]
    files = [tmp_path / "in" / name for name in ("a.csv", "b.csv.gz", "c.tsv")]
    with files[0].open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([*table, ["多", "1", "", "", "一格"]])
    files[1].write_bytes(gzip.compress("宝贝\n帆布包\n".encode() * 3 + b'\xff\n"never closed\n'))
    files[2].write_bytes("宝贝\n".encode("utf-16") + "帆布包\n".encode("utf-16-le") * 9000 + b"\x00")
    tally = run(spark, tmp_path / "out.jsonl", tmp_path / "in" / "*")
    told, expected = parts(tmp_path / "out.jsonl"), one_machine(tmp_path, starter, *files)[:-1]
    assert told[: len(expected)] == expected
    assert b"and all after it are not read: c.tsv cannot be read to its end" in told[-1]
    assert tally.rows == len(told) > 4000


def test_a_dataframe_is_answered_with_the_bytes_of_every_other_door(
    spark: "SparkSession", tmp_path: Path, starter: Screener, listings: list[Listing]
) -> None:
    table, path = columnar(listings[:50]), tmp_path / "same.parquet"
    pq.write_table(table, path)
    told = [row | {"attributes": row["attributes"] and dict(row["attributes"])} for row in table.to_pylist()]
    rows = screen(spark.createDataFrame(told, SCHEMA), bundle=STARTER, today=DAY).collect()
    assert [row["listing_id"] for row in rows] == [listing.listing_id for listing in listings[:50]]
    assert [row["assessment"] for row in rows[:3]] == ["not_screened", "not_screened", "assessed"]
    assert [f"{row['json']}\n".encode() for row in rows[2:]] == one_machine(tmp_path, starter, path)[2:]
    answers = [orjson.loads(row["json"]) for row in rows[2:]]
    assert [row["p_counterfeit"] for row in rows[2:]] == [round(a["heads"]["counterfeit"]["p"], 6) for a in answers]


def test_a_stream_is_answered_by_the_same_function(
    spark: "SparkSession", tmp_path: Path, starter: Screener, listings: list[Listing]
) -> None:
    (tmp_path / "in").mkdir()
    for at in range(2):
        pq.write_table(columnar(listings[at * 30 :][:30]), tmp_path / "in" / f"{at}.parquet")
    source = spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).parquet(f"file://{tmp_path}/in")
    answers = screen(source, bundle=STARTER, today=DAY)
    query = answers.writeStream.format("memory").queryName("answered").trigger(availableNow=True).start()
    query.awaitTermination()
    told = {row["listing_id"]: row for row in spark.table("answered").collect()}
    assert told.keys() == {listing.listing_id for listing in listings[:60]}
    assert [told[listing.listing_id]["rejected"] is None for listing in listings[:3]] == [False, False, True]
    expected = [line for at in range(2) for line in one_machine(tmp_path, starter, tmp_path / "in" / f"{at}.parquet")]
    screened = [line[:-1].decode() for line in expected if b'"rejected":[' not in line]
    assert [told[orjson.loads(line)["listing_id"]]["json"] for line in screened] == screened


def test_what_cannot_be_read_is_said_and_nothing_is_written(spark: "SparkSession", tmp_path: Path) -> None:
    (tmp_path / "no title.csv").write_text("价格\n1\n", "utf-8")
    (tmp_path / "half.xlsx").write_bytes(b"PK")
    pq.write_table(pa.table({"价格": [1]}), tmp_path / "no title.parquet")
    for name, error, told in (
        ("no title.csv", WorkFailed, "no column holds the title among 价格"),
        ("half.xlsx", WorkFailed, "half.xlsx is no whole .xlsx workbook"),
        ("no title.parquet", ColumnsRejected, "no column holds the title among 价格"),
        ("missing.csv", FileRejected, "name files Spark can read"),
    ):
        with pytest.raises(error, match=told):
            run(spark, tmp_path / "out.jsonl", tmp_path / name)
    with pytest.raises(AnswersRejected, match=r"written as \.jsonl"):
        run(spark, tmp_path / "out.xlsx", tmp_path / "half.xlsx")
    with pytest.raises(ColumnsRejected, match="no column holds the listing's id"):
        screen(spark.createDataFrame([("包",)], "`标题` string"), bundle=STARTER)
    assert not list(tmp_path.glob("out*/part-*"))


def test_rows_may_be_counted_in_a_column(spark: "SparkSession") -> None:
    frame = spark.createDataFrame([("包", 7), (None, 8)], "`标题` string, n long")
    rows = screen(frame, bundle=STARTER, number="n").collect()
    assert [(row["row"], row["listing_id"]) for row in rows] == [(7, "7"), (8, "8")]
    assert rows[1]["rejected"] == "/title is required; add it"


def test_the_command_says_what_one_machine_says(spark: "SparkSession", tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('标题\n帆布包\n"\u200b"\n', "utf-8")
    words = ["screen", f"file://{source}", "--engine", "spark", "--master", str(spark.sparkContext.master)]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out.parquet")])
    assert (done.exit_code, "/title shows nothing to a reader" in done.output) == (1, True), done.output
    told = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["row"], row["assessment"]) for row in told] == [(1, "assessed"), (2, "not_screened")]
    refused = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out.parquet")]).exception
    assert "write over it with --force" in str(refused)
    assert CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out.parquet"), "--force"]).exit_code == 1
    assert "choose one of local, spark" in str(
        CliRunner().invoke(app, ["screen", "x", "--out", "y.csv", "--engine", "x"]).exception
    )
