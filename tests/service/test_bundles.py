"""The store keeps what was active, whatever becomes of the folder it came from, and reaches nothing else."""

import json
import shutil
from pathlib import Path

import pytest

from models import STARTER, open_bundle
from models.errors import BundleMissing, BundleTampered
from service.bundles import BundleStore


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Another valid bundle: the one that ships, made at another time."""
    folder = shutil.copytree(STARTER, tmp_path / "trained")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"created": "later"}), "utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> BundleStore:
    return BundleStore(tmp_path / "bundles")


def test_a_kept_bundle_outlives_its_source(store: BundleStore, source: Path) -> None:
    kept = store.keep(source)
    shutil.rmtree(source)
    assert store.open(kept.id).id == kept.id != open_bundle(STARTER).id


def test_keeping_twice_keeps_one_and_repairs_it(store: BundleStore, source: Path) -> None:
    kept = store.keep(source)
    damaged = store.path(kept.id) / "card.md"
    damaged.write_text("another card", "utf-8")
    with pytest.raises(BundleTampered):
        store.open(kept.id)
    assert store.keep(source).id == kept.id
    assert store.open(kept.id).card == open_bundle(source).card


def test_a_broken_bundle_is_not_kept(store: BundleStore, source: Path, tmp_path: Path) -> None:
    (source / "card.md").write_text("x", "utf-8")
    with pytest.raises(BundleTampered):
        store.keep(source)
    assert not (tmp_path / "bundles").exists()


def test_another_bundle_under_an_id_is_refused(store: BundleStore, source: Path) -> None:
    kept = store.keep(source)
    shutil.rmtree(store.path(kept.id))
    shutil.copytree(STARTER, store.path(kept.id))
    with pytest.raises(BundleTampered, match="another bundle"):
        store.open(kept.id)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../../etc", "/etc/passwd", "0123456789abcdef/../x", "0123456789ABCDEF", "0123456789abcdef\n"],
)  # fmt: skip
def test_nothing_outside_the_store_is_reached(store: BundleStore, name: str) -> None:
    with pytest.raises(BundleMissing, match="16 hex digits"):
        store.open(name)


def test_an_id_that_is_not_kept_says_what_to_do(store: BundleStore) -> None:
    with pytest.raises(BundleMissing, match="activate its folder again, or roll back"):
        store.find("0123456789abcdef")
    assert store.find("starter") == STARTER
