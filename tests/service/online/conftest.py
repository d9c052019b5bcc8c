"""The same tests over the embedded Redis and, where one may be used, a real server."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis

from service.online.keyspace import KeySpace
from service.online.link import MEMORY, Link


@pytest.fixture(params=["memory", "server"])
def redis_url(request: pytest.FixtureRequest) -> str:
    """Where Redis is: in the process always, a server where ZHENWEI_TEST_REDIS_URL names one."""
    if request.param == "memory":
        return MEMORY
    server = os.environ.get("ZHENWEI_TEST_REDIS_URL")
    if server is None:
        pytest.skip("ZHENWEI_TEST_REDIS_URL names no server")
    return server


@pytest.fixture
def prefix(redis_url: str) -> Iterator[str]:
    """A prefix of its own for every test; nothing under it is left behind."""
    name = f"zhenwei-test-{uuid4().hex}"
    yield name
    if redis_url != MEMORY:
        with redis.Redis.from_url(redis_url) as client:
            if keys := list(client.scan_iter(f"{name}:*", count=5000)):
                client.delete(*keys)


@pytest.fixture
def link(redis_url: str, prefix: str) -> Iterator[Link]:
    """A link that is patient: a busy test machine is not a fault."""
    opened = Link(redis_url, KeySpace(prefix), patience=2.0)
    yield opened
    opened.close()
