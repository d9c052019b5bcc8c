"""zhenwei fold: one answer per line, whatever the bytes."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from features.knowledge import Knowledge
from features.normalize import Folder
from service import cli

Fold = Callable[..., bytes]
FOLDER = Folder.load()


@pytest.fixture
def fold(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Fold:
    """Run the command and take what it prints."""

    def load(_: Knowledge | None = None) -> Folder:
        return FOLDER

    monkeypatch.setattr(Folder, "load", load)

    def run(*words: str, stdin: bytes = b"") -> bytes:
        monkeypatch.setattr(sys, "argv", ["zhenwei", "fold", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        out, err = capfdbinary.readouterr()
        assert (stopped.value.code or 0, err) == (0, b"")
        return out

    return run


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("消/炎\nMEI白霜\n", "消炎\n美白霜\n"),
        ("消/炎", "消炎\n"),
        ("消/炎\r\n\r\n高.仿\r\n", "消炎\n\n高仿\n"),
        ("消炎\x0b\x1c\u2028\u0085高仿\n", "消炎  高仿\n"),
        ("", ""),
    ],
)
def test_lines_in_folded_lines_out(fold: Fold, tmp_path: Path, written: str, printed: str) -> None:
    (tmp_path / "in.txt").write_bytes(written.encode())
    assert fold(str(tmp_path / "in.txt")).decode() == printed
    assert fold(stdin=written.encode()).decode() == printed


def test_align_tells_where_every_character_came_from(fold: Fold) -> None:
    (told,) = map(json.loads, fold("--align", stdin="🔥消/焱 MEI白".encode()).splitlines())
    assert told == {
        "raw": "🔥消/焱 MEI白",
        "folded": "🔥消炎 美白",
        "spans": [[0, 1], [1, 2], [3, 4], [4, 5], [5, 8], [8, 9]],
        "transforms": [
            {"start": 1, "end": 2, "names": ["separator"]},
            {"start": 2, "end": 3, "names": ["lookalike"]},
            {"start": 4, "end": 5, "names": ["pinyin"]},
        ],
    }


@pytest.mark.parametrize("words", [(), ("--align",)])
@pytest.mark.parametrize(
    "line", [b"\xff\xfe\x80", b"\xed\xa0\x80\xed\xb0\x80", b"\x00\x1b[2J", "消".encode()[:2], b"\\ud800\\"]
)
def test_no_bytes_are_too_strange(fold: Fold, words: tuple[str, ...], line: bytes) -> None:
    printed = fold(*words, stdin=line + b"\n" + "高.仿".encode()).decode()
    assert len(printed.splitlines()) == 2
    assert "高仿" in printed
    told: list[Any] = [json.loads(one)["raw"] for one in printed.splitlines()] if words else []
    assert all(a.encode("utf-8", "surrogateescape") == b for a, b in zip(told, (line,), strict=False))


def test_a_line_may_be_long(fold: Fold) -> None:
    assert fold(stdin=("消\u200b" * 100_000).encode()).decode() == "消" * 100_000 + "\n"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["zhenwei", "fold", "nowhere.txt"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert "nowhere.txt" in capfd.readouterr().err
