"""`zhenwei leads`: files in, a package out."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from service.cli import app

SAMPLES = Path(__file__).parents[2] / "data_samples"


def zhenwei(*words: str) -> Result:
    return CliRunner().invoke(app, ["leads", *words])


def test_files_become_a_package_that_verifies(tmp_path: Path) -> None:
    out = tmp_path / "leads.zip"
    done = zhenwei(str(SAMPLES / "listings.csv"), str(SAMPLES / "listings.jsonl"), "--out", str(out))
    assert done.exit_code == 0
    seal = done.output.split("seal ")[1].split(":")[0]
    checked = zhenwei("verify", str(out), "--expect", seal)
    assert (checked.exit_code, checked.output) == (0, f"3 files are as they were sealed; seal {seal}\n")
    assert zhenwei("verify", str(out), "--expect", "0" * 64).exit_code == 1
    again = zhenwei("--out", str(out), str(SAMPLES / "listings.csv"))
    assert "there already" in str(again.exception)


def test_a_workbook_alone_and_rejected_rows(tmp_path: Path) -> None:
    told = tmp_path / "a.csv"
    told.write_text("标题,价格\n顶级版本 CHANE1 香奶奶22bag 芯片版 过验,680\n好包,便宜\n", "utf-8")
    done = zhenwei(str(told), "--out", str(tmp_path / "l.xlsx"))
    assert done.exit_code == 1
    assert "1 leads from 1 risky listings of 2 rows" in done.output
    told_in_method = openpyxl.load_workbook(tmp_path / "l.xlsx")["方法与局限"]
    text = "\n".join(str(cell.value) for row in told_in_method.iter_rows() for cell in row)
    assert "合计 2 行＝通过 0 ＋需复核 1 ＋无法评估 0 ＋被拒绝 1" in text


@pytest.mark.parametrize("words", [["missing.csv", "--out", "x.zip"], ["verify", "missing.zip"]])
def test_what_is_not_there_is_said(words: list[str]) -> None:
    assert "missing" in str(zhenwei(*words).exception)
