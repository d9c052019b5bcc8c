"""What spreadsheets must not run, and how laws are cited."""

from dataclasses import replace

import pytest

from features.tables.formula import unformula
from models.screening import Bilingual, LawOut
from service.answers import cite

LAW = LawOut("x", "商标法", "2019", "57", None, "2019-11-01", Bilingual("", ""), None, "confirmed")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x"]
)
def test_formulas_are_guarded(cell: str) -> None:
    assert unformula(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "高仿", "a=1", "1-2", "'x", "（=1）", "·=1"])
def test_near_misses_stay(cell: str) -> None:
    assert unformula(cell) == cell


@pytest.mark.parametrize(
    ("law", "cited"),
    [
        (LAW, "《商标法》(2019)第57条"),
        (replace(LAW, paragraph="第3项"), "《商标法》(2019)第57条第3项"),
        (replace(LAW, article="全文"), "《商标法》(2019)全文"),
    ],
)
def test_citations(law: LawOut, cited: str) -> None:
    assert cite(law) == cited
