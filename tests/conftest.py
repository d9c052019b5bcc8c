"""Fixtures for every floor."""

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parents[1]
TOGETHER = ("tests/service/console/", "tests/service/spark/")
"""Folders whose tests share what is dear to set up: a site with a browser, a cluster."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc] # has no types
    """A file goes to one process, as its fixtures are set up once there; so do the folders of TOGETHER."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:  # noqa: ANN401 - has no public type
    """Share the tests between processes; what is long comes neither last nor first, so the order stays as it is."""
    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data sets, kept beside the checkout and never in it. Tests that measure on them skip without it."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return path
