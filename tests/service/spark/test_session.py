"""What Spark needs here, said before anything starts."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("pyspark")

from service.spark.session import SparkUnavailable, is_local, need_java, need_pyspark


def java(folder: Path, told: str) -> Path:
    """A Java that says its version and does nothing else."""
    (folder / "bin").mkdir(parents=True)
    path = folder / "bin" / "java"
    path.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
    path.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ('openjdk version "17.0.15" 2025-04-15', False),
        ('openjdk version "21" 2023-09-19', False),
        ('java version "1.8.0_392"', True),
        ('openjdk version "11.0.21" 2023-10-17', True),
        ("a java nobody knows", False),  # Spark itself finds out
    ],
)
def test_an_old_java_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, refused: bool
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "jdk", told)))
    if refused:
        with pytest.raises(SparkUnavailable, match=r"is Java (8|11); install Java 17 or newer"):
            need_java()
    else:
        need_java()


def test_a_missing_java_or_pyspark_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkUnavailable, match=r"no java here; install Java 17"):
        need_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkUnavailable, match=r"java does not run .*set JAVA_HOME"):
        need_java()
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SparkUnavailable, match=r"pip install 'zhenwei\[spark\]'"):
        need_pyspark()


@pytest.mark.parametrize(
    ("master", "local"),
    [
        ("local", True),
        ("local[*]", True),
        ("local-cluster[2,1,2048]", True),
        ("spark://127.0.0.1:7077", False),
        ("yarn", False),
        ("k8s://https://local:443", False),
    ],
)
def test_only_masters_on_this_machine_are_local(master: str, local: bool) -> None:
    assert is_local(master) == local
