"""A small cluster on this machine: two executors, each a process of its own, and what they screen."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from features.listing import Listing
from service.spark.session import open_session
from training.market.market import simulate

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = importlib.util.find_spec("pyspark") is None or not (shutil.which("java") or os.environ.get("JAVA_HOME"))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """Two executors that learn what answers from the driver alone."""
    if MISSING and not os.environ.get("ZHENWEI_TEST_ALL"):
        pytest.skip("PySpark or Java is not here")
    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.files.maxPartitionBytes": "250000",  # small files are split too
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_WORKER_DIR", str(folder / "work"))
        session = open_session("local-cluster[2,1,2048]", settings)
        yield session
        session.stop()


@pytest.fixture(scope="session")
def listings() -> list[Listing]:
    """Listings of the market, told in every way."""
    return [takedown.listing for takedown in simulate(400, seed=6)]
