"""`zhenwei evaluate`, `compare` and `gate`: what they print, what they write, and their exit codes."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from models import STARTER, open_bundle
from service import cli

SAMPLE = Path(__file__).parents[2] / "data_samples" / "takedowns.csv"


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def zhenwei(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command."""

    def run(*words: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["zhenwei", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        out, err = capfd.readouterr()
        return Done(int(stopped.value.code or 0), out, err)

    return run


@pytest.fixture(scope="module")
def takedowns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file of takedowns."""
    path = tmp_path_factory.mktemp("files") / "下架.csv"
    path.write_text("".join(SAMPLE.read_text("utf-8-sig").splitlines(keepends=True)[:401]), "utf-8")
    return path


def test_a_bundle_is_measured_and_shown(zhenwei: Run, takedowns: Path, tmp_path: Path) -> None:
    done = zhenwei("evaluate", STARTER, takedowns, "--report", tmp_path / "r.html")
    assert done.code == 0
    assert "roc_auc" in done.out
    assert "r.html and " in done.err
    assert "下架.csv" in (tmp_path / "r.html").read_text("utf-8")
    told = orjson.loads((tmp_path / "r.json").read_bytes())
    assert orjson.loads(zhenwei("evaluate", STARTER, takedowns, "--json-out").out) == told


def test_a_bundle_compared_with_itself_has_not_moved(zhenwei: Run, takedowns: Path, tmp_path: Path) -> None:
    done = zhenwei("compare", STARTER, STARTER, takedowns, "--report", tmp_path / "c.html")
    assert done.code == 0
    assert "+0.0000" in done.out
    told = orjson.loads((tmp_path / "c.json").read_bytes())
    assert told["old"] == told["new"]
    assert orjson.loads(zhenwei("compare", STARTER, STARTER, takedowns, "--json-out").out) == told


def test_a_gate_that_cannot_judge_is_shut_and_one_that_can_may_open(
    zhenwei: Run, takedowns: Path, tmp_path: Path
) -> None:
    shut = zhenwei("gate", STARTER, STARTER, takedowns, "--report", tmp_path / "g.html")
    assert shut.code == 3
    assert "too little data" in shut.out
    assert "Not passed" in (tmp_path / "g.html").read_text("utf-8")
    (tmp_path / "l.toml").write_text(
        "[data]\nguilty = 1\nhonest = 1\nguilty_sellers = 1\n[promise]\nhigh = 100\nmedium = 10\n"
        "[least]\nroc_auc = 0\n'recall_at_0.05_fpr' = 0\n[most]\nece = 1\n",
        "utf-8",
    )
    opened = zhenwei("gate", STARTER, STARTER, takedowns, "--limits", tmp_path / "l.toml", "--json-out")
    assert opened.code == 0
    assert orjson.loads(opened.out)["passed"]


def test_a_training_is_shown_with_what_more_labels_would_bring(zhenwei: Run, tmp_path: Path) -> None:
    out, page, some = tmp_path / "b", tmp_path / "t.html", tmp_path / "some.csv"
    some.write_text("".join(SAMPLE.read_text("utf-8-sig").splitlines(keepends=True)[:801]), "utf-8")
    done = zhenwei("train", some, "--out", out, "--report", page, "--curve", "--no-disguise", "--processes", "1")
    assert done.code == 0
    told = orjson.loads((tmp_path / "t.json").read_bytes())
    assert told["bundle"] == open_bundle(out).id
    assert told["takedowns"] < 400
    assert told["learning"]["counterfeit"][-1]["share"] == 1.0
    assert "What would more labels bring?" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evaluate", "missing", SAMPLE], "missing/manifest.json"),
        (["evaluate", STARTER, "missing.csv"], "missing.csv"),
        (["train", SAMPLE, "--out", "never", "--curve"], "name one with --report"),
        (["train", SAMPLE, "--out", "never", "--report", "r.txt"], "ends in .html"),
        (["compare", STARTER, "missing", SAMPLE], "missing/manifest.json"),
        (["gate", STARTER, STARTER, "missing.csv"], "missing.csv"),
        (["gate", STARTER, STARTER, SAMPLE, "--limits", "missing.toml"], "missing.toml"),
        (["evaluate", STARTER, SAMPLE, "--report", "r.pdf"], "ends in .html"),
        (["evaluate", STARTER, SAMPLE, "--report", "no/such/r.html"], "no folder no/such"),
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_code_two(zhenwei: Run, words: list[str | Path], message: str) -> None:
    done = zhenwei(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("zhenwei: ")
    assert message in done.err
