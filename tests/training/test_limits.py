"""Limits are read strictly: what is misspelt is named, what is left out stays as it was."""

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.limits import read_limits


def test_the_default_limits_hold_for_every_metric() -> None:
    limits = read_limits()
    assert {"pr_auc", "roc_auc", "ece", "recall_at_0.02_fpr"} <= limits.fall.keys()
    assert limits.promise.high == 1.5


def test_a_file_is_laid_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "l.toml").write_text("[data]\nguilty = 5\n[fall.pr_auc]\nmost = 0.5\n[most]\nroc_auc = 0.9\n", "utf-8")
    limits, usual = read_limits(tmp_path / "l.toml"), read_limits()
    assert (limits.data.guilty, limits.data.honest) == (5, usual.data.honest)
    assert (limits.fall["pr_auc"].most, limits.fall["pr_auc"].doubt) == (0.5, usual.fall["pr_auc"].doubt)
    assert limits.most == {"ece": usual.most["ece"], "roc_auc": 0.9}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[fall.auc]\nmost = 0.1\ndoubt = 0.1", "is no metric; choose from pr_auc"),
        ("[least]\nece = 0.1", "put it under \\[most\\]"),
        ("[fall.pr_auc]\nmsot = 0.1", "fall.pr_auc.msot"),
        ("[fall.pr_auc]\nmost = nan", "fall.pr_auc.most"),
        ("[data]\nguilty = 0", "data.guilty"),
        ("data = 3", "data: "),
        ("[data", "is no TOML"),
        ("[promises]\nhigh = 2", "promises"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "l.toml").write_text(text, "utf-8")
    with pytest.raises(TrainingError, match=says):
        read_limits(tmp_path / "l.toml")


def test_bytes_are_no_limits(tmp_path: Path) -> None:
    (tmp_path / "l.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TrainingError, match="is no TOML"):
        read_limits(tmp_path / "l.toml")
