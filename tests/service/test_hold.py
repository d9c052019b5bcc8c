"""A hold is one process's, and those that inherit it; it ends with the last of them, however that ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.hold import held


def test_one_holds_and_another_sees_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock) as first, held(lock) as second:
        assert (first is not None, second) == (True, None)
    with held(lock) as again, held(tmp_path / "other") as other:
        assert again is not None
        assert other is not None
    assert lock.stat().st_mode & 0o777 == 0o600


def test_an_error_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="on the way"), held(tmp_path / "lock"):
        raise ValueError("on the way")
    with held(tmp_path / "lock") as again:
        assert again is not None


def test_who_inherits_it_holds_it_until_killed(tmp_path: Path) -> None:
    with held(tmp_path / "lock") as mine:
        assert mine is not None
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1, pass_fds=[mine])
    with child, held(tmp_path / "lock") as second:
        assert second is None
        child.kill()
    assert child.returncode == -9
    with held(tmp_path / "lock") as again:
        assert again is not None
