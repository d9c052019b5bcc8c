"""A bundle opens only as it was trained; every refusal says what to do."""

import json
import shutil
from pathlib import Path

import pytest

from models.bundle import open_bundle, refuse_stale, write_bundle
from models.errors import BundleError, BundleFromFuture, BundleInvalid, BundleMissing, BundleStale, BundleTampered
from models.manifest import Manifest


@pytest.fixture
def copy(bundle_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(bundle_folder, tmp_path / "copy")


def edit(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def told(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / "manifest.json").read_bytes())


def test_it_opens_and_is_small(copy: Path) -> None:
    bundle = open_bundle(copy)
    assert bundle.manifest.heads == ("counterfeit", "fraud_order")
    assert len(bundle.id) == 16
    assert "simulated" in bundle.card
    assert sum(path.stat().st_size for path in copy.iterdir()) < 8_000_000


def test_every_byte_is_checked(copy: Path) -> None:
    for name in told(copy).sha256:
        path = copy / name
        blob = path.read_bytes()
        path.write_bytes(blob[:-1] + bytes([blob[-1] ^ 1]))
        with pytest.raises(BundleTampered, match=r"copy the bundle again or retrain"):
            open_bundle(copy)
        path.write_bytes(blob)
    open_bundle(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "calibration.json").unlink()
    with pytest.raises(BundleMissing, match=r"calibration\.json"):
        open_bundle(copy)
    with pytest.raises(BundleMissing, match="zhenwei train"):
        open_bundle(copy / "nowhere")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"format": 2}, BundleFromFuture),
        ({"format": 2, "new_field": 1, "heads": 7}, BundleFromFuture),  # nothing else is read first
        ({"format": "1"}, BundleInvalid),
        ({"surprise": 1}, BundleInvalid),
        ({"heads": []}, BundleInvalid),
        ({"sha256": {"../../etc/passwd": "0" * 64}}, BundleInvalid),
        ({"sha256": {"/etc/passwd": "0" * 64}}, BundleInvalid),
        ({"sha256": {"extra.txt": "0" * 64}}, BundleInvalid),
        ({"sha256": {}}, BundleInvalid),
        ({"features": ["seller.shoe_size"]}, BundleStale),
        ({"knowledge": {"slang.toml": "0" * 64}}, BundleStale),
        ({"knowledge": {"gone.toml": "0" * 64}}, BundleStale),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(
    copy: Path, changes: dict[str, object], error: type[BundleError]
) -> None:
    edit(copy, **changes)
    with pytest.raises(error, match=r"retrain|upgrade|copy") as caught:
        open_bundle(copy)
    assert type(caught.value) is error


@pytest.mark.parametrize("raw", ["", "[]", "null", "{", '"x"'])
def test_what_is_no_manifest_is_refused(copy: Path, raw: str) -> None:
    (copy / "manifest.json").write_text(raw, "utf-8")
    with pytest.raises(BundleInvalid):
        open_bundle(copy)


def test_edited_laws_are_welcome_edited_rules_are_not(copy: Path) -> None:
    manifest, names = told(copy), told(copy).features
    refuse_stale(manifest, [*names, "a.new_feature"], {**manifest.knowledge, "categories/new.toml": "1"})
    refuse_stale(manifest, names, {**manifest.knowledge, "laws.toml": "1", "authorities.toml": "1"})
    for name in sorted(manifest.knowledge.keys() - {"laws.toml", "authorities.toml"}):
        with pytest.raises(BundleStale, match="knowledge edited since training"):
            refuse_stale(manifest, names, {**manifest.knowledge, name: "1"})


def test_a_head_that_nobody_knows_is_refused(copy: Path) -> None:
    manifest = told(copy)
    refuse_stale(manifest.model_copy(update={"heads": manifest.heads[:1]}), manifest.features, manifest.knowledge)
    with pytest.raises(BundleStale, match=r"heads\.toml no longer has \['taste'\]; put it back, or retrain"):
        refuse_stale(manifest.model_copy(update={"heads": ("taste",)}), manifest.features, manifest.knowledge)


def test_writing_replaces_a_bundle_but_nothing_else(copy: Path, tmp_path: Path) -> None:
    manifest = told(copy)
    files = {name: (copy / name).read_bytes() for name in manifest.sha256}
    write_bundle(copy, manifest.model_copy(update={"created": "later"}), files)
    assert open_bundle(copy).manifest.created == "later"
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("x")
    with pytest.raises(BundleInvalid, match="not a bundle"):
        write_bundle(precious, manifest, files)
    assert (precious / "thesis.txt").read_text() == "x"
