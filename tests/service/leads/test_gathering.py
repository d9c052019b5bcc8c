"""Files become leads, and a run that was cut off goes on."""

from datetime import date
from pathlib import Path

import pytest

from models import Screener
from service.answers import Stopped
from service.leads.gathering import Wish, gathered
from service.opening import open_all

TODAY = date(2026, 11, 20)
ROWS = [
    "顶级版本 CHANE1 香奶奶22bag 芯片版 过验,680,甲店",
    "天然A货翡翠手镯 冰种飘花 支持复检,2680,乙店",
    "🎉🎉,,",
    "好包,便宜,丙店",
]


def wish(tmp_path: Path, starter: Screener, times: int = 1) -> Wish:
    told = tmp_path / "a.csv"
    told.write_text("\n".join(["标题,价格,店铺", *(ROWS * times)]), "utf-8")
    return Wish(open_all([str(told)], {}), lambda: starter, TODAY, {})


def test_every_row_is_accounted_for(tmp_path: Path, starter: Screener) -> None:
    found, account = gathered(wish(tmp_path, starter), tmp_path / "l.zip")
    assert (account.rows, account.rejected, account.risky, account.passed) == (4, 1, found.facts, 4 - 1 - found.facts - account.not_assessed)  # fmt: skip  # noqa: E501
    assert [lead.shops[0].name for lead in found.leads] == ["甲店"]
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, starter: Screener) -> None:
    asked = wish(tmp_path, starter, times=300)
    with pytest.raises(Stopped):
        gathered(asked, tmp_path / "l.zip", stop=iter([False, False, True, True]).__next__)
    assert (tmp_path / ".l.zip.facts").is_dir()
    again = gathered(asked, tmp_path / "l.zip")
    assert again == gathered(asked, tmp_path / "other.zip")
    assert again[1].rows == 1200
    assert not (tmp_path / ".l.zip.facts").exists()
