"""A Spark to screen with: what must be installed, and what a Spark on one machine needs said."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from features.errors import ZhenweiError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_OLDEST_JAVA = 17
_LOOPBACK = "127.0.0.1"
_OURS = {
    "spark.app.name": "zhenwei",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2048",  # rows of any width, held as Python objects
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
}
_HERE = {"spark.driver.host": _LOOPBACK, "spark.driver.bindAddress": _LOOPBACK, "spark.ui.enabled": "false"}


class SparkUnavailable(ZhenweiError):
    """Spark cannot be used here. The message says what to install or to start."""


def is_local(master: str) -> bool:
    """Whether a master is this machine only: nobody else has to reach it then."""
    return master.split("[", maxsplit=1)[0] in {"local", "local-cluster"}


def need_pyspark() -> None:
    """Make sure PySpark is there. Raises SparkUnavailable."""
    try:
        import pyspark  # noqa: F401, PLC0415 - whether it is there is the question
    except ImportError as error:
        raise SparkUnavailable("PySpark is not installed; install it with: pip install 'zhenwei[spark]'") from error


def need_java() -> None:
    """Make sure there is a Java that Spark runs on. Raises SparkUnavailable."""
    advice = f"install Java {_OLDEST_JAVA} or newer (apt-get install openjdk-17-jre-headless), or set JAVA_HOME to it"
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None:
        raise SparkUnavailable(f"Spark runs on Java, and there is no java here; {advice}")
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr  # noqa: S603 - Java as Spark itself finds it
    except (OSError, subprocess.SubprocessError) as error:
        raise SparkUnavailable(f"{java} does not run ({error}); {advice}") from error
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    if found and int(found[1]) < _OLDEST_JAVA:
        raise SparkUnavailable(f"{java} is Java {found[1]}; {advice}")


def open_session(master: str, settings: Mapping[str, str]) -> "SparkSession":
    """Start Spark, or join the one that spark-submit started; `settings` go before ours.

    A Spark on this machine listens on this machine only, and its workers run this Python. Raises SparkUnavailable.
    """
    need_java()
    from pyspark.sql import SparkSession  # noqa: PLC0415 - heavy

    ours = dict(_OURS)
    if is_local(master):
        os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        ours |= _HERE
    builder = SparkSession.builder.master(master)
    for name, value in (ours | dict(settings)).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # whatever Py4J makes of a Java exception
        told = str(error).strip().splitlines()
        raise SparkUnavailable(
            f"Spark does not start with --master {master} ({told[-1] if told else type(error).__name__}); see that "
            "the master runs and can be reached from here"
        ) from error
    return session


@contextmanager
def opened(master: str, settings: Mapping[str, str]) -> "Iterator[SparkSession]":
    """The same, stopped in the end, unless it ran before. Raises SparkUnavailable."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - heavy

    ran_before = SparkSession.getActiveSession() is not None
    session = open_session(master, settings)
    try:
        yield session
    finally:
        if not ran_before:
            session.stop()
