"""`zhenwei suggest`: a table for people who label."""

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from features.listing import Listing, Seller, Trade
from models.screening import Bilingual
from service import cli
from service.picks import write_picks
from training.suggest import Pick
from training.takedown_files import read_takedowns

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zhenwei", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return int(stopped.value.code or 0), *capfd.readouterr()

    return go


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_no_cell_starts_a_formula_and_nothing_is_lost(tmp_path: Path) -> None:
    listing = Listing(
        "=1+1",
        '=HYPERLINK("http://x","点我")',
        price_cny=9.9,
        attributes={"=cmd": "@SUM(A1)", "材质": "PE"},
        seller=Seller(seller_id="-s", name="+店", authorised_brands=("耐克", "李宁")),
        trade=Trade(orders_30d=3.0),
    )
    pick = Pick(0, "risk", Bilingual("因为", "because"), {"counterfeit": 0.5}, 29.7)
    write_picks(tmp_path / "picks.csv", [pick], [listing])
    (row,) = table(tmp_path / "picks.csv")
    assert not [cell for cell in (*row, *row.values()) if cell.startswith(("=", "+", "-", "@"))]
    assert list(row)[:4] == ["outcome", "reason", "decided_at", "reviewer"]
    assert (row["title"], row["seller.name"], row["why_zh"]) == ("'" + listing.title, "'+店", "因为")
    assert row["seller.authorised_brands"] == "耐克、李宁"
    assert [path.name for path in tmp_path.iterdir()] == ["picks.csv"]


def test_a_labelled_table_can_be_trained_on(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "picks.csv"
    titles = ("帆布包大容量", "纯原 路易威登钱包 过验", "不锈钢保温杯", "儿童雨衣")
    rows = [{"listing_id": str(i), "title": title, "seller": {"name": f"店{i}"}} for i, title in enumerate(titles)]
    source.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    code, told, err = run("suggest", source, "--budget", 9, "--out", out)
    assert (code, "4 of 4" in told, "fewer than 9" in err) == (0, True, False)
    labelled = table(out)
    assert labelled[0]["title"] == titles[1]
    for row in labelled:
        row["outcome"] = "rejected"
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(labelled[0]))
        writer.writeheader()
        writer.writerows(labelled)
    assert {t.listing.title for t in read_takedowns(out)} == set(titles)


def test_bad_options_are_refused(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("标题\n帆布包\n", "utf-8")
    assert run("suggest", source, "--budget", 1, "--out", tmp_path / "x.xlsx")[0] == 2
    assert run("suggest", source, "--budget", 1, "--out", source)[0] == 2
    assert run("suggest", source, "--budget", 0, "--out", tmp_path / "x.csv")[0] == 2
    assert run("suggest", tmp_path / "nothing.csv", "--budget", 1, "--out", tmp_path / "x.csv")[0] == 2
    assert source.read_text("utf-8") == "标题\n帆布包\n"
