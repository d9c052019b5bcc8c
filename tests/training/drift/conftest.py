"""A bundle of a simulated market that remembers it, made once."""

from pathlib import Path

import pytest

from features.reader import Reader
from models import Bundle, open_bundle
from training.drift import Profile, reference_of
from training.fit import fit
from training.market import simulate


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the bundle."""
    folder = tmp_path_factory.mktemp("drift") / "bundle"
    fit(simulate(5000, 1), folder, simulated=True)
    return folder


@pytest.fixture(scope="session")
def knowing(trained: Path) -> Bundle:
    """The bundle, opened."""
    return open_bundle(trained)


@pytest.fixture(scope="session")
def reader(knowing: Bundle) -> Reader:
    """A reader of its knowledge."""
    return Reader(knowing.knowledge)


@pytest.fixture(scope="session")
def profile(knowing: Bundle) -> Profile:
    """What it remembers."""
    return reference_of(knowing)
