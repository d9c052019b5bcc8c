"""What fails on a cluster, told so that somebody can do something about it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException, PythonException

from features.errors import ZhenweiError

_OURS = re.compile(r"^(?:features|models|service)\.[\w.]+: (?P<told>.+)", re.MULTILINE)


class WorkFailed(ZhenweiError):
    """An executor could not do its part. What it said is passed on."""


@contextmanager
def passed_on() -> Iterator[None]:
    """Raise WorkFailed for what Spark raises, with what went wrong out of the trace it sent."""
    try:
        yield
    except PythonException as error:
        ours = _OURS.findall(str(error))
        raise WorkFailed(ours[-1] if ours else f"an executor failed: {_lines(error)[-1]}") from error
    except PySparkException as error:
        raise WorkFailed(f"Spark could not finish: {_lines(error)[0]}") from error
    except Py4JJavaError as error:
        raise WorkFailed(f"Spark could not finish: {error.java_exception}") from error


def _lines(error: Exception) -> list[str]:
    return str(error).strip().splitlines() or [type(error).__name__]
