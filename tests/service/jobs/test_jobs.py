"""Jobs over HTTP: a file is sent, followed, taken away; only by whom it belongs to, and within limits."""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from fastapi.testclient import TestClient

from service.jobs import upload
from service.ledger import keys
from service.ledger.erasure import erase_before
from service.ledger.ledger import Ledger
from service.ledger.verification import verify

Running = Callable[..., AbstractContextManager[TestClient]]
NO_HEADERS: Mapping[str, str] = {}


def send(
    door: TestClient, rows: str, name: str = "店铺.csv", headers: Mapping[str, str] = NO_HEADERS, **told: object
) -> Any:  # noqa: ANN401 - JSON
    return door.post("/v1/jobs", files={"file": (name, rows.encode())}, data=dict(told), headers=dict(headers))


def ended(door: TestClient, job_id: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:  # noqa: ANN401 - JSON
    for _ in range(400):
        told = door.get(f"/v1/jobs/{job_id}", headers=dict(headers)).json()
        if told["state"] not in {"queued", "running"}:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_a_file_is_sent_followed_and_taken_away(running: Running, queue: Mapping[str, str], ledger: Ledger) -> None:
    with running(queue, ledger) as door:
        sent = send(door, "0\n甲\nbad\n丙", map=["商品=title", "店=seller.name"])
        assert sent.status_code == 202
        told = sent.json()
        assert (told["state"], told["kind"], told["format"], told["bundle"]) == ("queued", "screen", "jsonl", "starter")
        done = ended(door, told["job_id"])
        assert (done["state"], done["rows"], done["rejected"], done["error"]) == ("done", 3, 1, None)
        assert done["progress"] == {"rows": 3, "total": 3, "rejected": 1, "rows_per_s": 9.0, "seconds_left": 1}
        assert [one["file_name"] for one in done["results"]] == [
            f"店铺.{part}" for part in ("results.jsonl", "rejects.csv", "leads.xlsx", "package.zip", "report.html")
        ]
        taken = door.get(done["results"][0]["path"])
        assert [line["title"] for line in map(orjson.loads, taken.text.splitlines())] == ["甲", "bad", "丙"]
        assert taken.headers["content-disposition"] == f"attachment; filename*=utf-8''{quote('店铺.results.jsonl')}"
        assert taken.headers["x-content-type-options"] == "nosniff"
        assert taken.headers["content-type"].startswith("application/x-ndjson")
        assert door.get(done["results"][1]["path"]).text == "row,reason\n"
        assert door.get(f"/v1/jobs/{told['job_id']}/leads").text == "店铺.csv"
        assert door.get(f"/v1/jobs/{told['job_id']}/report").headers["content-type"] == "text/html; charset=utf-8"
        assert [one["job_id"] for one in door.get("/v1/jobs").json()["jobs"]] == [told["job_id"]]
        assert 'zhenwei_jobs_ended_total{state="done"} 1.0' in door.get("/metrics").text
        assert door.get("/readyz").json()["queue"] == "ok"
    with ledger.reading() as connection:
        assert verify(connection).broken is None


def test_what_cannot_be_screened_says_why_without_our_paths(running: Running) -> None:
    with running() as door:
        failed = ended(door, send(door, "refuse\n", name="清单.xlsx").json()["job_id"])
    assert (failed["state"], failed["results"]) == ("failed", [])
    assert failed["error"] == "清单.xlsx holds no title; name a column 标题"


def test_a_process_that_is_killed_is_tried_again_and_given_up_in_the_end(running: Running) -> None:
    with running() as door:
        failed = ended(door, send(door, "die\n").json()["job_id"])
    assert failed["state"] == "failed"
    assert re.search(r"killed \(signal 9\).*tried 3 times.*memory", failed["error"])


def test_a_job_is_cancelled_while_it_runs_and_its_files_are_gone(running: Running, home: Path) -> None:
    with running() as door:
        job = send(door, "0.05\n" + "甲\n" * 1000).json()["job_id"]
        while door.get(f"/v1/jobs/{job}").json()["state"] != "running":
            time.sleep(0.02)
        assert door.delete(f"/v1/jobs/{job}").json()["state"] == "cancelled"
        while (home / "jobs" / job).exists():
            time.sleep(0.02)
        told = door.get(f"/v1/jobs/{job}").json()
        assert (told["state"], told["kept"]) == ("cancelled", False)


def test_the_files_of_a_finished_job_are_erased_on_demand(running: Running, home: Path) -> None:
    with running() as door:
        job = send(door, "0\n甲").json()["job_id"]
        assert ended(door, job)["kept"]
        assert not door.delete(f"/v1/jobs/{job}").json()["kept"]
        assert not (home / "jobs" / job).exists()
        gone = door.get(f"/v1/jobs/{job}/results")
        assert (gone.status_code, gone.json()["detail"]) == (
            409,
            "The files of this job were erased; send the file again.",
        )


def test_a_service_that_ends_takes_its_jobs_up_again(running: Running, queue: Mapping[str, str]) -> None:
    rows = "0.05\n" + "".join(f"第{n}行\n" for n in range(40))
    with running(queue) as door:
        job = send(door, rows).json()["job_id"]
        while not (door.get(f"/v1/jobs/{job}").json()["progress"] or {}).get("rows"):
            time.sleep(0.02)
    with running(queue) as door:
        done = ended(door, job)
        assert (done["state"], done["rows"]) == ("done", 40)
        titles = [line["title"] for line in map(orjson.loads, door.get(f"/v1/jobs/{job}/results").text.splitlines())]
        assert titles == rows.splitlines()[1:]


def key(ledger: Ledger, *scopes: keys.Scope) -> dict[str, str]:
    with ledger.writing() as page:
        token = keys.create(page, keys.Wanted("x", scopes), who="w", why="y")
    return {"Authorization": f"Bearer {token}"}


def test_a_key_sees_its_own_jobs_and_admin_all(running: Running, book: Ledger) -> None:
    mine, yours, admin, review = (key(book, scope) for scope in ("score", "score", "admin", "review"))
    with running() as door:
        job = send(door, "0\n甲", headers=mine).json()["job_id"]
        assert ended(door, job, admin)["state"] == "done"
        assert door.get(f"/v1/jobs/{job}/results", headers=mine).status_code == 200
        for path in (f"/v1/jobs/{job}", f"/v1/jobs/{job}/results"):
            assert door.get(path, headers=yours).status_code == 404
        assert door.delete(f"/v1/jobs/{job}", headers=yours).status_code == 404
        assert door.get("/v1/jobs", headers=yours).json() == {"jobs": []}
        assert len(door.get("/v1/jobs", headers=admin).json()["jobs"]) == 1
        assert door.get("/v1/jobs", headers=review).status_code == 403
        assert door.get("/v1/jobs").status_code == 401


@pytest.mark.parametrize(
    ("name", "told", "message"),
    [
        ("a.exe", {}, "must end in one of"),
        ("csv", {}, "must end in one of"),
        ("a.csv.zip", {}, "must end in one of"),
        ("a.csv", {"format": "pdf"}, "field format must be one of jsonl"),
        ("a.csv", {"format": ["csv", "jsonl"]}, "once"),
        ("a.csv", {"kind": "train"}, "field kind must be one of screen"),
        ("a.csv", {"map": "title"}, "COLUMN=FIELD"),
        ("a.csv", {"map": "a\x00=title"}, "COLUMN=FIELD"),
        ("a.csv", {"map": "商品=nonsense"}, "nonsense"),
        ("a.csv", {"path": "/etc/passwd"}, "path is no field of this form"),
        ("a.csv", {"map": "x" * 70_000}, "longer than"),
        ("a.csv", {"map": ["x=title"] * 300}, "more than 200 parts"),
    ],
)
def test_a_form_that_cannot_be_used_says_what_to_do(
    running: Running, home: Path, name: str, told: dict[str, Any], message: str
) -> None:
    with running() as door:
        refused = send(door, "0\n", name=name, **told)
        assert refused.status_code == 422
        assert message in refused.json()["detail"]
        assert nothing_left(home)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("../../etc/passwd.csv", "passwd.results.jsonl"),
        ("..\\..\\boot.csv", "boot.results.jsonl"),
        (".csv", "{job}.results.jsonl"),
        ("a%22;evil=b.csv", "a%22;evil=b.results.jsonl"),
        ("a\u202egpj.csv", "a\u202egpj.results.jsonl"),
        ("甲" * 200 + ".csv.gz", "甲" * 100 + ".results.jsonl"),
    ],
)
def test_the_name_of_a_file_is_data(running: Running, home: Path, name: str, offered: str) -> None:
    with running() as door:
        job = send(door, "0\n甲", name=name).json()["job_id"]
        made = ended(door, job)["results"][0]
        assert made["file_name"] == offered.format(job=job)
        shown = door.get(made["path"]).headers["content-disposition"]
        assert '"' not in shown.replace(f'filename="{made["file_name"]}"', "")
        assert re.fullmatch(r"upload\.csv(\.gz)?", next((home / "jobs" / job).glob("upload*")).name)


@pytest.mark.parametrize("path", ["../ledger", "..%2f..%2fledger.sqlite3", "place", "x" * 500, "%00", "leader"])
def test_no_path_leads_outside(running: Running, path: str) -> None:
    with running() as door:
        send(door, "0\n甲")
        for tail in ("", "/results"):
            assert door.get(f"/v1/jobs/{path}{tail}").status_code in {404, 422}


def test_limits_of_a_key(running: Running, book: Ledger, home: Path) -> None:
    mine, yours = key(book, "score"), key(book, "score")
    with running({"max_jobs": "2", "max_job_bytes": "5000", "max_kept_bytes": "20000"}) as door:
        too_large = send(door, "9\n" + "x" * 6000, headers=mine)
        assert (too_large.status_code, nothing_left(home)) == (413, True)
        assert "pack the file" in too_large.json()["detail"]
        assert [send(door, "9\n甲", headers=mine).status_code for _ in range(3)] == [202, 202, 429]
        assert send(door, "9\n甲", headers=yours).status_code == 202
        for asking in (mine, yours):
            for one in door.get("/v1/jobs", headers=asking).json()["jobs"]:
                door.delete(f"/v1/jobs/{one['job_id']}", headers=asking)
        filled = [send(door, "0\n" + "x" * 4500, headers=yours) for _ in range(1)]
        assert ended(door, filled[0].json()["job_id"], yours)["state"] == "done"
        for _ in range(5):
            last = send(door, "0\n" + "x" * 4500, headers=yours)
            if last.status_code != 202:
                break
            ended(door, last.json()["job_id"], yours)
        assert last.status_code == 429
        assert "bytes are kept for this key" in last.json()["detail"]


def test_a_full_disk_is_said_and_leaves_nothing(running: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, path: Path) -> None:
            self.file = path.open("xb")

        def write(self, _data: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            self.file.close()

    with running() as door:
        with monkeypatch.context() as patch:
            patch.setattr(upload, "_create", Full)
            refused = send(door, "0\n甲")
        assert (refused.status_code, nothing_left(home)) == (507, True)
        assert "no room" in refused.json()["detail"]
        monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1000}))
        assert send(door, "0\n甲").status_code == 507
        assert nothing_left(home)


def test_the_name_of_a_file_is_erased_by_age_and_the_chain_holds(running: Running, book: Ledger) -> None:
    with running() as door:
        job = send(door, "0\n甲", name="张三的店.csv").json()["job_id"]
        ended(door, job)
        tomorrow = datetime.now(UTC).date().replace(year=2100)
        assert erase_before(book, tomorrow, who="w", why="y") == 1
        assert door.get(f"/v1/jobs/{job}").json()["file_name"] is None
    with book.reading() as connection:
        assert verify(connection).broken is None


def test_without_a_ledger_there_are_no_jobs(client: TestClient) -> None:
    assert send(client, "0\n").status_code == 503


def nothing_left(home: Path) -> bool:
    return not [found for found in (home / "jobs").rglob("*") if found.name not in {"place", "leader"}]
