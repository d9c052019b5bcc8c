"""The command line: what it prints, and its exit codes."""

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from features.listing import Listing
from models import Screener
from service import cli, serving, wire
from training.takedowns import Takedown

DATED = {"listing_id": "1", "title": "高仿包", "observed_at": "2026-03-02"}


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def zhenwei(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], screener: Screener) -> Run:
    """Run a command with the stand-in instead of a bundle."""
    monkeypatch.setattr("models.open_bundle", lambda _: None)
    monkeypatch.setattr("models.Screener", lambda _, **_registers: screener)

    def run(*words: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["zhenwei", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        out, err = capfd.readouterr()
        return Done(int(stopped.value.code or 0), out, err)

    return run


def test_help_names_every_command(zhenwei: Run) -> None:
    done = zhenwei("--help")
    assert done.code == 0
    assert [c for c in ("score", "screen", "serve", "simulate", "train", "evaluate") if c not in done.out] == []


def test_one_listing_is_explained(zhenwei: Run) -> None:
    done = zhenwei(
        "score", "--title", "高仿包", "--price", "9.9", "--attr", "材质=PE", "--seller-json", '{"rating": 4.8}'
    )
    assert done.code == 0
    assert "高风险" in done.out
    assert "《商标法》" in done.out
    assert "high risk" in zhenwei("score", "--title", "高仿包", "--lang", "en").out


@pytest.mark.parametrize("name", ["-", "one.json"])
def test_a_listing_as_json_gives_the_bytes_of_every_door(
    zhenwei: Run, screener: Screener, tmp_path: Path, name: str
) -> None:
    content = orjson.dumps(DATED)
    (tmp_path / "one.json").write_bytes(content)
    done = zhenwei("score", "--json-out", "--json", name if name == "-" else str(tmp_path / name), stdin=content)
    expected = screener.screen([wire.listing(dict(DATED))], explain="full", today=date(2000, 1, 1))[0].to_json()
    assert (done.code, done.out) == (0, expected.decode() + "\n")


def test_a_file_is_screened_and_summed_up(zhenwei: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("货名,备注\n高仿包,x\n帆布包,y\n", "gbk")
    done = zhenwei("screen", str(source), "--out", str(out), "--map", "货名=title")
    assert done.code == 0
    assert len(out.read_bytes().splitlines()) == 2
    assert [
        w for w in ("GB18030", "columns not used: 备注", "2 rows", "replica.grade", "high") if w not in done.err
    ] == []


def test_rejected_rows_are_exit_code_one(zhenwei: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
    source.write_text('{"listing_id":"1","title":"高仿包"}\n{}\n', "utf-8")
    done = zhenwei("screen", str(source), "--out", str(out))
    assert done.code == 1
    assert "/listing_id" in done.err
    assert out.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["score"], "--title"),
        (["score", "--title", ""], "/title"),
        (["score", "--title", "包", "--attr", "PE"], "NAME=VALUE"),
        (["score", "--title", "包", "--json", "-"], "leave out title"),
        (["score", "--title", "包", "--lang", "fr"], "zh or en"),
        (["score", "--title", "包", "--price", "-1"], "/price_cny"),
        (["score", "--title", "包", "--price", "nan"], "/price_cny"),
        (["score", "--title", "包", "--seller-json", "{"], "not valid JSON"),
        (["score", "--title", "包", "--seller-json", "[]"], "/seller"),
        (["score", "--title", "\udcff"], "/title"),
        (["score", "--json", "-"], "not valid JSON"),
        (["score", "--json", "missing.json"], "missing.json"),
        (["screen", "missing.csv", "--out", "x.csv"], "missing.csv"),
        (["screen", __file__, "--out", "x.csv"], "must end in one of"),
        (["screen", "missing.csv", "--out", "x.csv", "--explain", "all"], "none, findings, full"),
        (["screen", "missing.csv", "--out", "x.csv", "--map", "货名"], "NAME=VALUE"),
        (["serve", "--host", "0.0.0.0"], "no access keys yet"),  # noqa: S104 - what must be refused
        (["serve", "--port", "70000"], "--port=70000"),
        (["simulate", "--listings", "1", "--seed", "1", "--out", "x.jsonl", "--part", "test"], "train or evaluation"),
        (["train", "missing.csv", "--out", "x"], "missing.csv"),
        (["train", "missing.csv", "--out", "x", "--brands", "missing.toml"], "name a TOML file of brands"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_goes_wrong_is_one_line_and_exit_code_two(zhenwei: Run, words: list[str], message: str) -> None:
    done = zhenwei(*words)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("zhenwei: ")
    assert done.err.count("\n") == 1
    assert message in done.err


@pytest.mark.parametrize(
    "words", [["screen", "a.csv"], ["sreen"], ["score", "--titel", "包"], ["simulate", "--listings", "x"]]
)
def test_usage_is_exit_code_two(zhenwei: Run, words: list[str]) -> None:
    done = zhenwei(*words)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_simulated_takedowns_are_written(zhenwei: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def market(listings: int, seed: int, part: str) -> Iterator[Takedown]:
        return (Takedown(Listing(f"{part}-{seed}-{i}", "包"), "rejected") for i in range(listings))

    monkeypatch.setattr("training.market.simulate", market)
    out = tmp_path / "m.jsonl"
    done = zhenwei("simulate", "--listings", "3", "--seed", "5", "--out", str(out), "--part", "evaluation")
    assert (done.code, done.out) == (0, f"3 takedowns → {out}\n")
    assert [orjson.loads(line)["listing_id"] for line in out.read_bytes().splitlines()] == [
        "evaluation-5-0", "evaluation-5-1", "evaluation-5-2",
    ]  # fmt: skip


def test_serve_runs_one_quiet_worker_on_this_machine(zhenwei: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: told.update(app=app, **options))
    monkeypatch.setattr("service.telemetry.log_to_stderr", lambda _: None)
    assert zhenwei("serve", "--port", "0").code == 0
    assert (told["host"], told["port"], told["workers"], told["access_log"]) == ("127.0.0.1", 0, 1, False)
    assert told["app"].state.settings.port == 0


def test_bad_rows_of_a_takedown_file_are_counted_and_written(zhenwei: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "t.csv", tmp_path / "bundle"
    file.write_text(
        '标题,处理结果,违规原因,价格,备注\n高仿包,属实,假货,很贵,x\n女包,误报,,9,y\n鞋,属实,"迟发货\nzhenwei: ok",,\n',
        "gbk",
    )
    done = zhenwei("train", str(file), "--out", str(out))
    assert done.code == 2
    told = (
        "read as GB18030",
        "not used: 备注",
        "2 takedowns teach no head",
        "1 rows cannot be used",
        "/price_cny",
        "迟发货",
    )
    assert [words for words in told if words not in done.err] == []
    _, lacking, *problems = done.err[done.err.index("2 takedowns teach") :].splitlines()
    assert lacking == (
        "  counterfeit: 0 guilty and 1 honest; add guilty ones (outcome confirmed, with a reason of models/heads.toml)"
        " and honest ones (outcome rejected or appeal_reversed)"
    )
    assert all(line.startswith(("  ", "1 rows cannot")) for line in problems)  # a stranger adds none
    lines = (tmp_path / "bundle.rejects.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["line", "2", "4"]
    assert not out.exists()


def test_a_split_by_chance_is_said_to_flatter(zhenwei: Run, tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "data_samples" / "takedowns.csv"
    asked = ("train", str(sample), "--out", str(tmp_path / "b"), "--processes", "1")
    done = zhenwei(*asked, "--split", "random")
    assert done.code == 0
    assert "every figure flatters" in done.err
    assert "every figure flatters" in (tmp_path / "b" / "card.md").read_text("utf-8")
    assert "--split fair: choose one of time, random" in zhenwei(*asked, "--split", "fair").err


def test_several_workers_each_build_their_app_from_what_was_chosen(
    zhenwei: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: told.update(app=app, **options))
    monkeypatch.setattr("service.telemetry.log_to_stderr", lambda _: None)
    for name in ("HOST", "PORT", "WORKERS"):
        monkeypatch.setenv(f"ZHENWEI_{name}", "1" if name != "HOST" else "localhost")  # undone after the test
    assert zhenwei("serve", "--port", "0", "--workers", "2").code == 0
    assert (told["app"], told["factory"], told["workers"]) == ("service.serving:app", True, 2)
    worker = serving.app()
    settings = worker.state.settings
    assert (settings.port, settings.workers, settings.host) == (0, 2, "localhost")
    worker.state.recording.close()


def test_workers_are_not_started_for_what_would_fail_in_each(zhenwei: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.telemetry.log_to_stderr", lambda _: None)
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: pytest.fail("started"))
    done = zhenwei("serve", "--host", "0.0.0.0", "--workers", "2")  # noqa: S104 - what must be refused
    assert (done.code, "no access keys yet" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--unlabelled", "maybe"), "--unlabelled maybe: choose one of ignore, negative, weighted"),
        (("--weight", "complaint=much"), "--weight: write NAME=NUMBER"),
        (("--weight", "complaint"), "write NAME=VALUE"),
    ],
)
def test_a_policy_that_is_none_is_refused(zhenwei: Run, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    sample = Path(__file__).parents[2] / "data_samples" / "takedowns.csv"
    done = zhenwei("train", str(sample), "--out", str(tmp_path / "b"), *words)
    assert (done.code, message in done.err) == (2, True)
    assert not (tmp_path / "b").exists()
