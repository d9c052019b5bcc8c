"""What operators may watch: counted by route, level, action and transform, never by anything a listing says."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from features.evasion import TRANSFORMS
from service.metrics import SHARED, Metrics, shared

REPLICA = {"listing_id": "7", "title": "高仿包包 Ｎ.Ｋ", "observed_at": "2026-03-02T00:00:00Z"}
PLAIN = {"listing_id": "8", "title": "帆布包"}
Serve = Callable[..., TestClient]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(client: TestClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"zhenwei_{name}", frozenset(labels.items())


def test_answers_are_counted_by_what_they_say(client: TestClient) -> None:
    client.post("/v1/score", json=REPLICA)
    client.post("/v1/score/batch", json={"listings": [REPLICA, PLAIN, {"listing_id": ""}]})
    found = samples(client)
    assert found[key("levels_total", level="high")] == 2
    assert found[key("levels_total", level="low")] == 1
    assert found[key("levels_total", level="medium")] == 0
    assert found[key("actions_total", action="review")] == 2
    assert found[key("assessments_total", assessment="assessed")] == 3
    assert found[key("assessments_total", assessment="not_assessed")] == 0
    assert found[key("transforms_total", transform="fullwidth")] == 4
    assert found[key("transforms_total", transform="separator")] == 2
    assert found[key("requests_total", method="POST", path="/v1/score", status="200")] == 1
    assert found[key("request_seconds_count", path="/v1/score/batch")] == 1


def test_every_transform_is_there_from_the_start(client: TestClient) -> None:
    found = samples(client)
    assert all(found[key("transforms_total", transform=one.name)] == 0 for one in TRANSFORMS)


@pytest.mark.parametrize("title", ["张三的高仿包", "坏掉的包 张三"])
def test_nothing_a_caller_says_becomes_a_label(client: TestClient, title: str) -> None:
    client.post("/v1/score?explain=张三", json={"listing_id": "张三", "title": title})
    client.post("/v1/score", json={"listing_id": "张三", "title": title})
    client.request("张三".encode().hex().upper(), "/v1/score")
    text = client.get("/metrics").text
    assert "张三" not in text
    assert "高仿" not in text
    assert "E5BCA0" not in text


def test_unknown_paths_share_one_label(client: TestClient) -> None:
    before = len(samples(client))
    for i in range(50):
        client.get(f"/nowhere/{i}")
    found = samples(client)
    assert found[key("requests_total", method="GET", path="(unknown)", status="404")] == 50
    assert len(found) - before < 60  # one route more: its counter and its histogram; nothing per path


def test_two_apps_count_apart(serve: Serve) -> None:
    one, other = serve(), serve()
    one.post("/v1/score", json=PLAIN)
    assert samples(one)[key("levels_total", level="low")] == 1
    assert samples(other)[key("levels_total", level="low")] == 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the collector of processes reads /proc")
def test_the_process_is_watched_too() -> None:
    assert re.search(rb"^process_resident_memory_bytes ", Metrics().text(), re.MULTILINE)


COUNT = """
from service.metrics import SHARED, Metrics, shared
metrics = Metrics()
metrics.request("GET", "/healthz", 200, 0.01)
print(metrics.text().decode())
"""


def test_workers_count_together() -> None:
    with shared():
        told = [
            subprocess.run(  # noqa: S603
                [sys.executable, "-c", COUNT], check=True, capture_output=True, text=True
            ).stdout
            for _ in range(2)
        ]
    counted = 'zhenwei_requests_total{method="GET",path="/healthz",status="200"}'
    assert [f"{counted} {times}.0" in text for times, text in enumerate(told, 1)] == [True, True]
    assert 'zhenwei_transforms_total{transform="homophone"} 0.0' in told[0]
    assert SHARED not in os.environ
