"""Leads a cluster makes are those one machine makes of the same files."""

import csv
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import orjson
import pytest
from typer.testing import CliRunner

from features.columns import ColumnsRejected
from features.intake import Problem
from features.knowledge import load
from features.listing import Listing
from models import STARTER
from service import wire
from service.cli import app
from service.cli.options import OptionRejected
from service.leads import Pile, Weighing, leads_of
from service.leads.package import PackageRejected
from service.rows import Refused
from service.spark.failure import WorkFailed
from service.spark.leads import FactWork, facts, lines
from service.spark.reading import UNREAD
from training.market.market import simulate

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 20)
REPLICA = "顶级版本 CHANE1 香奶奶22bag 芯片版 过验"
COMPANY = "91330106MA2XQ7K31Q"
REFUSED = (b'{"listing_id": "r1", "title": "half', b'{"title": "no price", "price_cny": -1}', b'["no object"]')


def market(listings: int) -> list[Listing]:
    """Sellers of the market; every fifth listing comes from one of three shops of one company."""
    told = [takedown.listing for takedown in simulate(listings, seed=9)]
    for at in range(0, listings, 5):
        seller = replace(told[at].seller, seller_id=f"twin{at % 3}", name=f"双胞胎{at % 3}", uscc=COMPANY)
        told[at] = replace(told[at], seller=seller, platform="甲", title=f"{REPLICA} {at}")
    return told


def written(folder: Path) -> Path:
    """A market in two formats, rejected rows among them."""
    folder.mkdir()
    told = market(360)
    raw = [orjson.dumps(wire.told(listing)) for listing in told[:300]]
    (folder / "a.jsonl").write_bytes(b"\n".join([*raw[:100], *REFUSED, *raw[100:]]))
    rows = [["商品ID", "标题", "价格", "店铺", "销量"]]
    rows += [[one.listing_id, one.title, f"{one.price_cny or 9}", one.seller.name or "", "9"] for one in told[300:]]
    with (folder / "b.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows, ["x", "好包", "便宜", "丙店", ""]])
    return folder


def held(package: Path) -> bytes:
    """The leads of a package as JSON."""
    with zipfile.ZipFile(package) as parts:
        return parts.read("leads.json")


def test_the_package_of_a_cluster_holds_the_leads_of_one_machine(spark: "SparkSession", tmp_path: Path) -> None:
    source = written(tmp_path / "in")
    here, there = tmp_path / "here.zip", tmp_path / "there.zip"
    words = ["--engine", "spark", "--master", str(spark.sparkContext.master), "--out", str(there)]
    one = CliRunner().invoke(app, ["leads", str(source), "--no-guess", "--processes", "1", "--out", str(here)])
    done = CliRunner().invoke(app, ["leads", f"file://{source}", *words])
    assert (one.exit_code, done.exit_code) == (1, 1), done.exception  # rows were rejected
    assert held(there) == held(here)
    found = orjson.loads(held(there))
    account, leads = found["account"], found["leads"]
    assert [(one["rows"], one["rejected"]) for one in account["inputs"]] == [(303, 3), (61, 1)]
    assert account["risky"] == leads["facts"] > 72
    twins = next(lead for lead in leads["leads"] if any(shop["uscc"] == COMPANY for shop in lead["shops"]))
    assert (len(twins["shops"]), leads["linked"] > 0) == (3, True)
    assert CliRunner().invoke(app, ["leads", "verify", str(there)]).exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["here.zip", "in", "there.zip"]
    assert isinstance(CliRunner().invoke(app, ["leads", "x", *words]).exception, PackageRejected)


def test_a_dataframe_becomes_facts_that_account_for_every_row(spark: "SparkSession") -> None:
    rows = [(f"{at}", REPLICA if at % 2 else "帆布包" if at else None, f"店{at % 4}") for at in range(40)]
    frame = spark.createDataFrame(rows, "`商品ID` string, `标题` string, `店铺` string").repartition(3)
    made = facts(frame, bundle=STARTER).cache()
    counts = made.where("fact IS NULL").selectExpr("sum(rows)", "sum(rejected)").first()
    assert counts is not None
    assert tuple(counts) == (40, 1)
    known = load()
    with closing(Pile(Weighing.of_knowledge(known))) as pile:
        pile.add_lines(lines(made))
        found = leads_of(pile, known, DAY)
    assert (found.facts, found.sellers) == (20, 2)
    assert {len(lead.offers) for lead in found.leads} <= {10, 20}
    assert made.is_cached  # the caller's to keep
    made.unpersist()
    with pytest.raises(ColumnsRejected, match="no column holds the listing's id"):
        facts(frame.drop("商品ID"), bundle=STARTER)


def test_a_file_that_breaks_off_is_told_with_its_reason() -> None:
    rejected = Refused(None, (Problem("/price_cny", "is no number"),))
    broken = Refused(None, (Problem("", f"{UNREAD}c.csv is cut off"),))
    chunks = [([(0, 1, rejected)], [rejected]), ([(1, 1, rejected), (1, 2, broken)], [rejected, broken])]
    work = FactWork(cast("Any", SimpleNamespace(chunks=lambda _: chunks)))
    told = [row for batch in work.facts([]) for row in batch.to_pylist()]
    assert [(row["file"], row["rows"], row["rejected"], row["fact"]) for row in told] == [
        (0, 1, 1, None),
        (1, 2, 2, None),
    ]
    assert [row["broken"] for row in told] == [None, f"{UNREAD}c.csv is cut off"]


def test_what_cannot_be_done_is_said_and_no_package_appears(spark: "SparkSession", tmp_path: Path) -> None:
    (tmp_path / "no title.csv").write_text("价格\n1\n", "utf-8")
    words = ["--engine", "spark", "--master", str(spark.sparkContext.master), "--out", str(tmp_path / "l.zip")]
    failed = CliRunner().invoke(app, ["leads", f"file://{tmp_path}/no title.csv", *words]).exception
    assert isinstance(failed, WorkFailed)
    assert "no column holds the title among 价格" in str(failed)
    for option in (["--answers"], ["--processes", "2"]):
        refused = CliRunner().invoke(app, ["leads", "x.csv", *words, *option]).exception
        assert isinstance(refused, OptionRejected)
    assert not (tmp_path / "l.zip").exists()


def test_a_missing_pyspark_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    for name in [name for name in sys.modules if name.startswith("service.spark")]:
        monkeypatch.delitem(sys.modules, name)
    failed = CliRunner().invoke(app, ["leads", "x.csv", "--engine", "spark", "--out", str(tmp_path / "l.zip")])
    assert "pip install 'zhenwei[spark]'" in str(failed.exception)
