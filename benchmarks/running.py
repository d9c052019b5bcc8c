"""The service as it is run for others, in processes of its own, with state of its own."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text

_READY = 120.0
"""Seconds a service may take to be ready."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """`zhenwei serve` with its workers."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Start it and wait until it is ready."""
        self.port = free_port()
        self.variables = os.environ | dict(variables) | {"ZHENWEI_PORT": str(self.port), "ZHENWEI_LOG_LEVEL": "error"}
        self.start()

    def start(self) -> None:
        """Start, or start again; `ready` says how many seconds it took."""
        command = [str(Path(sys.executable).parent / "zhenwei"), "serve"]
        self.process = subprocess.Popen(  # noqa: S603
            command, env=self.variables, stdout=subprocess.DEVNULL, start_new_session=True
        )
        start = time.perf_counter()
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - start > _READY:
                raise SystemExit("the service did not become ready")
            time.sleep(0.02)
        self.ready = time.perf_counter() - start

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """As kill -9 does, every process of it: nothing is finished, nothing is closed."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Let it finish."""
        self.process.terminate()
        self.process.wait(60)

    def megabytes(self) -> list[int]:
        """Resident memory of its processes, the largest first."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                group = int(stat.read_text("utf-8", errors="replace").rpartition(")")[2].split()[2])
                pages = int((stat.parent / "statm").read_text("ascii").split()[1])
            except OSError:
                continue
            if group == self.process.pid:
                found.append(pages * os.sysconf("SC_PAGE_SIZE") >> 20)
        return sorted(found, reverse=True)


@contextmanager
def running(*, ledger: str, redis: str, workers: int, variables: Mapping[str, str]) -> Iterator[Service]:
    """A service with an empty ledger (off, sqlite, or a schema of its own in a database) and keys of its own."""
    name = f"zhenwei_load_{secrets.token_hex(4)}"
    with TemporaryDirectory() as home, _ledger(ledger, name) as url:
        told = {"ZHENWEI_HOME": home, "ZHENWEI_LEDGER_URL": url, "ZHENWEI_WORKERS": str(workers)}
        told |= {"ZHENWEI_REDIS_URL": redis, "ZHENWEI_REDIS_PREFIX": name}
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what is started here ends with us
        service = Service(told | dict(variables))
        try:
            yield service
        finally:
            service.stop()


@contextmanager
def _ledger(url: str, schema: str) -> Iterator[str]:
    if not url.startswith("postgresql"):
        yield url
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
