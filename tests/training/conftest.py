"""A small market and the bundle it taught, shared by everything that measures."""

from pathlib import Path

import pytest

from models import Bundle, open_bundle
from training.compare import Comparison, compare
from training.evaluate import Report, evaluate
from training.fit import fit
from training.market import simulate
from training.rehearsal import Rehearsal
from training.takedowns import Takedown


@pytest.fixture(scope="session")
def newest() -> list[Takedown]:
    """Takedowns that no bundle of these tests was trained on."""
    return list(simulate(900, seed=8, part="evaluation"))


@pytest.fixture(scope="session")
def small_training(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rehearsal]:
    """Where a bundle lies that has learned a little, and what its figures are about."""
    folder, heard = tmp_path_factory.mktemp("bundles") / "small", list[Rehearsal]()
    fit(simulate(1600, seed=7), folder, created="2026-11-25", simulated=True, rehearse=heard.append)
    return folder, heard[0]


@pytest.fixture(scope="session")
def small_bundle(small_training: tuple[Path, Rehearsal]) -> Bundle:
    """That bundle, opened."""
    return open_bundle(small_training[0])


@pytest.fixture(scope="session")
def small_report(small_bundle: Bundle, newest: list[Takedown]) -> Report:
    """The small bundle, measured."""
    return evaluate(small_bundle, newest, replicates=60)


@pytest.fixture(scope="session")
def other_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle that has learned something else."""
    folder = tmp_path_factory.mktemp("bundles") / "other"
    fit(simulate(1100, seed=9), folder, created="2026-11-26", simulated=True)
    return open_bundle(folder)


@pytest.fixture(scope="session")
def small_comparison(small_bundle: Bundle, other_bundle: Bundle, newest: list[Takedown]) -> Comparison:
    """The small bundle against the other one."""
    return compare(small_bundle, other_bundle, newest, replicates=60)
