"""Sentences say what the figures say, and no more."""

from dataclasses import replace

import pytest

from models.screening import Bilingual
from training.evaluate import Report
from training.groups import Group
from training.interval import Interval, Share
from training.measure import HeadReport
from training.summary import summary

PROMISED = {"high": 0.005, "medium": 0.05}


@pytest.fixture
def head(small_report: Report) -> HeadReport:
    return replace(small_report.heads["counterfeit"], categories=(), guilty=500)


def english(head: HeadReport) -> str:
    return "\n".join(line.en for line in summary("counterfeit", head, PROMISED, {"masks": Bilingual("口罩", "masks")}))


def test_recall_is_said_in_a_hundred_listings(head: HeadReport) -> None:
    lies = head.intervals | {"recall_at_0.02_fpr": Interval(0.51, 0.74)}
    told = summary("counterfeit", replace(head, recall=head.recall | {"0.02": 0.62}, intervals=lies), PROMISED, {})[0]
    assert "每 100 件“侵权假冒伪劣”商品能找出约 62 件（95% 区间 51–74）" in told.zh
    assert "catches about 62 (95 % interval 51–74)" in told.en


@pytest.mark.parametrize(
    ("rate", "lies", "says"),
    [
        (0.004, Interval(0.001, 0.009), "promise is kept"),
        (0.005, Interval(0.001, 0.01), "promise is kept"),
        (0.004, Interval(0.001, 0.026), "too few honest listings"),
        (0.007, Interval(0.004, 0.03), "chance"),
        (0.02, Interval(0.009, 0.03), "broken"),
    ],
)
def test_a_promise_is_judged_with_its_interval(head: HeadReport, rate: float, lies: Interval, says: str) -> None:
    lies_of = head.intervals | {"fpr_high": lies}
    line = english(replace(head, fpr_high=rate, intervals=lies_of)).splitlines()[1]
    assert says in line


def test_the_weakest_category_is_named_only_when_many_listings_speak(head: HeadReport) -> None:
    def group(name: str, guilty: int, value: float) -> Group:
        return Group(name, guilty, 10, {"0.05": Share(guilty, value, value - 0.1, value + 0.1)}, None)

    many = (group("drugs", 50, 0.9), group("masks", 40, 0.5), group("food", 3, 0.0))
    assert "Weakest category: masks; at 5 % false alarms it catches 50%" in english(replace(head, categories=many))
    assert "Weakest" not in english(replace(head, categories=many[1:]))


def test_little_data_is_said(head: HeadReport) -> None:
    assert "Only 40 guilty listings" in english(replace(head, guilty=40))
    assert "Only" not in english(head)
