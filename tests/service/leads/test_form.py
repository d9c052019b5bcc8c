"""Leads made while screening are those made by themselves, also after a kill."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from models import Screener
from service.answers import Stopped
from service.batch.channel import Output
from service.batch.forms import outputs
from service.batch.request import Request
from service.batch.run import screen_files
from service.leads.form import LeadsFile
from service.leads.gathering import Wish, gathered
from service.leads.package import verify
from service.leads.writing import write_leads
from service.opening import open_all

TODAY = date(2026, 11, 20)
RISKY = ["顶级版本 CHANE1 香奶奶22bag 芯片版 过验,680,甲店", "🎉🎉,,", "好包,便宜,丙店"] * 300
QUIET = ["纯棉四件套 简约,259,甲店"]
UNREADABLE = ["好包,便宜,丙店"]


def asked(folder: Path, starter: Screener, source: Path, ending: str) -> Request:
    opened = open_all([str(source)], {})
    made = Output(LeadsFile(ending=ending), folder / f"leads{ending}")
    answers = outputs(folder / "a.csv", None, sourced=False, listed=False)
    return Request((opened.mapped[0].source,), opened.names, (*answers, made), lambda: starter, "findings", TODAY)


@pytest.mark.parametrize("ending", [".xlsx", ".zip"])
@pytest.mark.parametrize("rows", [RISKY, QUIET, UNREADABLE], ids=["risky", "quiet", "unreadable"])
def test_two_doors_give_the_same_bytes(tmp_path: Path, starter: Screener, ending: str, rows: list[str]) -> None:
    source = tmp_path / "crawl.csv"
    source.write_text("\n".join(["标题,价格,店铺", *rows]), "utf-8")
    other = tmp_path / f"other{ending}"
    write_leads(*gathered(Wish(open_all([str(source)], {}), lambda: starter, TODAY, {}), other), other, force=False)
    request = asked(tmp_path, starter, source, ending)
    if rows is RISKY:
        with pytest.raises(Stopped):
            screen_files(request, stop=iter([False, False, True, True]).__next__)
        assert not (tmp_path / f"leads{ending}").exists()
    screen_files(request)
    assert (tmp_path / f"leads{ending}").read_bytes() == other.read_bytes()
    if ending == ".zip":
        assert verify(other).fault is None
        with ZipFile(other) as package:
            assert b"crawl.csv" in package.read("manifest.json")
