"""A job and everything that may die under it: service, its own process, Redis. It is run once, to the same bytes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from shutil import which
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.jobs.run import ZHENWEI
from service.ledger.ledger import Ledger
from service.ledger.tables import JOBS
from service.ledger.verification import verify

Running = Callable[..., AbstractContextManager[TestClient]]
ROOT = Path(__file__).parents[3]
ROWS = 2000
SERVICE = """
import sys, uvicorn
sys.path.insert(0, "tests/service")
from conftest import new_stand_in
from service.app import create_app
from service.ledger.ledger import Ledger
from service.settings import Settings
app = create_app(new_stand_in(), Settings(), ledger=Ledger(sys.argv[1]))
app.state.background.every = 0.1
uvicorn.run(app, port=int(sys.argv[2]), log_config=None, access_log=False)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return not probe.connect_ex(("127.0.0.1", port))


def until(look: Callable[[], Any], seconds: float = 60) -> Any:  # noqa: ANN401 - whatever is looked at
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("nothing came of it")


class Service:
    """The real service, its real ledger and the real `zhenwei screen`; only what answers live is the stand-in."""

    def __init__(self, url: str, home: Path, queue: Mapping[str, str]) -> None:
        """Prepare."""
        self._port = free_port()
        self._command = [sys.executable, "-c", SERVICE, url, str(self._port)]
        told = {f"ZHENWEI_{name.upper()}": value for name, value in queue.items()}
        self._environment = os.environ | {"ZHENWEI_HOME": str(home)} | told
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=10)

    @contextmanager
    def __call__(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it, and kill it at the end of the block."""
        process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment)  # noqa: S603 - ours
        try:
            until(self._answers)
            yield process
        finally:
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        try:
            return self.client.get("/healthz").is_success
        except httpx2.TransportError:
            return False

    def job(self, job_id: str) -> Any:  # noqa: ANN401 - JSON
        """A job as it stands."""
        return self.client.get(f"/v1/jobs/{job_id}").json()


def group_of(home: Path, job: str) -> int | None:
    """The process group that works on a job."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
            if words[0] == b"/bin/sh" and str(home / "jobs" / job / "screen.exit").encode() in words:
                return int(entry.parent.name)
        except OSError:
            continue
    return None


@pytest.mark.parametrize(
    ("ledger_url", "queue"), [("sqlite", "memory"), ("postgresql", "redis")], indirect=True, ids=["embedded", "real"]
)
def test_kills_of_service_and_job_change_no_byte(
    ledger_url: str, queue: Mapping[str, str], home: Path, tmp_path: Path
) -> None:
    table = "标题,价格\n" + "".join(f"原单尾货 高仿{n}号包包,{n}\n帆布包 日常{n},x\n" for n in range(ROWS // 2))
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "店铺.csv").write_text(table, "utf-8")
    parts = {"results": "jsonl", "rejects": "csv", "package": "zip", "report": "html"}
    made = {part: plain / f"{part}.{ending}" for part, ending in parts.items()}
    options = {"--out": "results", "--rejects": "rejects", "--leads": "package", "--report": "report"}
    words = [*ZHENWEI, "screen", "店铺.csv", *(f"{option}={made[part]}" for option, part in options.items())]
    assert subprocess.run(words, cwd=plain, check=False, capture_output=True).returncode == 1  # noqa: S603 - ours
    service = Service(ledger_url, home, queue)
    with service():
        job = service.client.post("/v1/jobs", files={"file": ("店铺.csv", table.encode())}).json()["job_id"]
        until(lambda: (service.job(job)["progress"] or {}).get("rows"))
    with service():  # the first was killed; its job goes on, or waits for nobody
        if group := group_of(home, job):
            os.killpg(group, signal.SIGKILL)
        told = until(lambda: (told := service.job(job))["ended_at"] and told)
        assert (told["state"], told["rows"], told["rejected"]) == ("done", ROWS, ROWS // 2)
        for part, path in made.items():
            assert service.client.get(f"/v1/jobs/{job}/{part}").content == path.read_bytes(), part
        with ZipFile(made["package"]) as package:
            assert service.client.get(f"/v1/jobs/{job}/leads").content == package.read("leads.xlsx")
    service.client.close()
    ledger = Ledger(ledger_url)
    with ledger.reading() as connection:
        assert verify(connection).broken is None
    ledger.close()


def starts(ledger: Ledger) -> list[str]:
    with ledger.view() as view:
        return [row["job_id"] for row in view.rows(select(JOBS).where(JOBS.c.event == "start"))]


def test_several_workers_run_a_job_once(running: Running, queue: Mapping[str, str], ledger: Ledger) -> None:
    with ExitStack() as stack:
        workers = [stack.enter_context(running(queue, ledger)) for _ in range(3)]
        files = {"file": ("a.csv", b"0.01\nx\ny")}
        sent = [workers[number % 3].post("/v1/jobs", files=files).json()["job_id"] for number in range(6)]
        until(lambda: {one["state"] for one in workers[0].get("/v1/jobs").json()["jobs"]} == {"done"})
    assert sorted(starts(ledger)) == sorted(sent)


@pytest.fixture
def redis_server(tmp_path: Path) -> tuple[str, Callable[[], AbstractContextManager[None]]]:
    """A Redis of its own, to be stopped and started; it keeps nothing."""
    program = which("redis-server")
    if program is None:
        if "ZHENWEI_TEST_ALL" in os.environ:
            pytest.fail("redis-server is missing")
        pytest.skip("there is no redis-server")
    port = free_port()

    @contextmanager
    def run() -> Iterator[None]:
        words = [program, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
        until(lambda: listens(port))
        try:
            yield
        finally:
            process.kill()
            process.wait()

    return f"redis://127.0.0.1:{port}/0", run


def test_redis_stops_loses_everything_and_comes_back(running: Running, redis_server: Any, book: Ledger) -> None:  # noqa: ANN401
    url, redis = redis_server
    with ExitStack() as stack:
        with redis():
            door = stack.enter_context(running({"redis_url": url, "redis_prefix": "test"}))
            first = door.post("/v1/jobs", files={"file": ("a.csv", b"0.05\n" + b"x\n" * 60)}).json()["job_id"]
            until(lambda: door.get(f"/v1/jobs/{first}").json()["state"] == "running")
        until(lambda: "queue" in door.get("/readyz").json()["away"])
        assert door.get("/readyz").status_code == 200
        second = door.post("/v1/jobs", files={"file": ("a.csv", b"0\nx")})
        assert second.status_code == 202
        until(lambda: door.get(f"/v1/jobs/{first}").json()["state"] == "done")
        assert door.get(f"/v1/jobs/{second.json()['job_id']}").json()["state"] == "queued"
        with redis():
            until(lambda: door.get(f"/v1/jobs/{second.json()['job_id']}").json()["state"] == "done")
            until(lambda: door.get("/readyz").json()["queue"] == "ok")
            stack.close()
    assert sorted(starts(book)) == sorted([first, second.json()["job_id"]])
